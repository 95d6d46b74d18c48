import { BlockList, isIP } from 'node:net'
import { OverlayError } from './errors.js'

/** A proxy that opens TCP connections for others. */
export interface ProxyAddress {
  /** `http` and `https` take CONNECT, the second one inside TLS. */
  kind: 'http' | 'https' | 'socks5'
  host: string
  port: number
  credentials?: { username: string; password: string }
}

interface Target {
  host: string
  port: number
}

/** The proxy that leads to a target; undefined where none is to be used. Throws `bad_argument` when what it goes by can't be read. */
export type ProxyRule = (target: Target) => ProxyAddress | undefined

/** In the environment, it means what `--proxy` means. */
export const proxyVariable = 'CHAT_P2P_PROXY'
/** The value that means: no proxy, whatever the environment says. */
export const noProxy = 'none'

const kinds: Readonly<Record<string, readonly [ProxyAddress['kind'], port: number]>> = {
  'http:': ['http', 80],
  'https:': ['https', 443],
  'socks:': ['socks5', 1080],
  'socks5:': ['socks5', 1080],
  'socks5h:': ['socks5', 1080],
}

/**
 * Tells which proxy leads where: `chosen` for every target, `none` for none; without it, as the environment says in `HTTPS_PROXY`, else
 * `ALL_PROXY`, and in `NO_PROXY` for what they are not used (each also in small letters, which go first). What is on this machine is
 * reached without those of the environment: from the proxy it would be another machine. Throws `bad_argument` for a `chosen` that is none.
 */
export function proxyRule(chosen: string | undefined, env: NodeJS.ProcessEnv): ProxyRule {
  const asked = chosen || env[proxyVariable]
  if (asked === noProxy) return () => undefined
  if (asked) {
    const proxy = parseProxy(asked, chosen ? '--proxy' : proxyVariable)
    return () => proxy
  }
  const name = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'].find((each) => env[each])
  if (name === undefined) return () => undefined
  const except = exceptions(env.no_proxy || env.NO_PROXY || '')
  // Read when it is needed: a variable that this version can't use is no matter to those who are in one house.
  return (target) => (isOwn(target.host) || except(target) ? undefined : parseProxy(env[name]!, name))
}

/** Reads `[http://|https://|socks5://][user:password@]host[:port]`. Throws `bad_argument`, which never says the password. */
export function parseProxy(text: string, source: string): ProxyAddress {
  const wrong = () =>
    new OverlayError(
      'bad_argument',
      `${source} takes http://, https:// or socks5://[user:password@]host:port, or ${noProxy}; it is something else.`,
    )
  try {
    const url = new URL(text.includes('://') ? text : `http://${text}`)
    const [kind, defaultPort] = kinds[url.protocol] ?? []
    if (kind === undefined || url.hostname === '' || url.pathname.length > 1 || url.search !== '') throw wrong()
    const credentials =
      url.username === '' && url.password === ''
        ? {}
        : {
            credentials: {
              username: decodeURIComponent(url.username),
              password: decodeURIComponent(url.password),
            },
          }
    return { kind, host: plainHost(url.hostname), port: Number(url.port) || defaultPort!, ...credentials }
  } catch {
    throw wrong()
  }
}

/** The proxy as a person may see it: without name and password. */
export function shownProxy({ kind, host, port }: ProxyAddress): string {
  return `${kind}://${isIP(host) === 6 ? `[${host}]` : host}:${port}`
}

/**
 * Reads `NO_PROXY` as curl and Go do: names with everything below them (a dot or `*.` in front changes nothing), IP addresses, ranges
 * such as 10.0.0.0/8, each perhaps with a port behind it, or `*` for everything.
 */
function exceptions(text: string): (target: Target) => boolean {
  const rules = text
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((word) => word !== '')
    .map(exception)
  return ({ host, port }) => rules.some((rule) => rule(host.toLowerCase().replace(/\.$/, ''), port))
}

function exception(word: string): (host: string, port: number) => boolean {
  if (word === '*') return () => true
  const [, bracketed, plain, digits] = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(word) ?? []
  const name = (bracketed ?? plain ?? word).replace(/^\*?\./, '')
  const fits = nameRule(name)
  return (host, port) => (digits === undefined || Number(digits) === port) && fits(host)
}

function nameRule(name: string): (host: string) => boolean {
  const [base, bits, ...rest] = name.split('/')
  const family = isIP(base!)
  if (family === 0) return (host) => host === name || host.endsWith(`.${name}`)
  const list = new BlockList()
  try {
    list.addSubnet(base!, rest.length > 0 ? -1 : Number(bits ?? (family === 4 ? 32 : 128)), `ipv${family as 4 | 6}`)
  } catch {
    return () => false // a range that is none
  }
  return (host) => isIP(host) !== 0 && list.check(host, `ipv${isIP(host) as 4 | 6}`)
}

function isOwn(host: string): boolean {
  return host.toLowerCase() === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

function plainHost(host: string): string {
  return host.replace(/^\[|\]$/g, '')
}
