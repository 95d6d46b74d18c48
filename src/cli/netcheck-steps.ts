import { createSocket } from 'node:dgram'
import { errorText, OverlayError } from '../core/errors.js'
import { shownProxy } from '../core/proxy.js'
import { ignoreErrors } from '../core/socket-errors.js'
import { shownJson, shownName } from '../core/text.js'
import type { PooledRelay } from '../directory/relay-pool.js'
import { dialable } from '../net/dialable.js'
import { interfaceAddresses } from '../net/punch.js'
import { openOwn, whyNotDirect } from '../sdk/direct.js'
import type { Member } from '../sdk/member.js'
import { openMember } from './member.js'
import {
  addressFinding,
  directFinding,
  ipv6Finding,
  type NetFinding,
  port443Finding,
  proxyFinding,
  relayFinding,
  routerFinding,
  type TriedAddress,
  type TriedRelay,
  upnpFinding,
} from './netcheck-findings.js'
import { someRelay } from './tried-relays.js'

export interface NetcheckFlags {
  identity: string
  json?: boolean
  timeout: string
}

type Examined = Pick<Member, 'trust' | 'pool' | 'node' | 'direct'>

/** Says how many questions a relay is asked; the shortest answer counts. */
const questions = 3
/** Say how long devices may take to answer, ms, and where they are asked (UPnP Device Architecture). */
const upnpMs = 1_000
const upnpPlace = { address: '239.255.255.250', port: 1900 }
const upnpQuestion = [
  'M-SEARCH * HTTP/1.1',
  `HOST: ${upnpPlace.address}:${upnpPlace.port}`,
  'MAN: "ssdp:discover"',
  `MX: ${upnpMs / 1_000}`,
  'ST: urn:schemas-upnp-org:device:InternetGatewayDevice:1',
  '',
  '',
].join('\r\n')

/** Prints what is found, as it is found. Rejects with `no_relay` when none is reached. */
export async function runNetcheck(flags: NetcheckFlags): Promise<void> {
  const timeoutMs = Number(flags.timeout) * 1000
  if (!(timeoutMs > 0)) throw new OverlayError('bad_argument', `--timeout takes seconds, not '${flags.timeout}'.`)
  const member = await openMember(flags.identity)
  const findings: NetFinding[] = []
  try {
    for await (const finding of examineNetwork(member, timeoutMs)) {
      findings.push(finding)
      if (!flags.json) console.log(describeFinding(finding))
    }
  } finally {
    await member.close()
  }
  if (flags.json) console.log(shownJson(findings, 2))
  if (!findings.some(({ check, holds }) => check === 'relay' && holds === true)) {
    throw new OverlayError('no_relay', 'No relay is reached from this network.')
  }
}

/** Looks at what the network allows; each question waits for at most `timeoutMs`. */
export async function* examineNetwork(member: Examined, timeoutMs: number): AsyncGenerator<NetFinding> {
  const { pool, trust, node } = member
  pool.want(trust.network.relays.length)
  const upnp = askUpnp()
  await someRelay(pool, timeoutMs)
  const relays = await Promise.all(pool.relays().map((relay) => tryRelay(member, relay, timeoutMs)))
  for (const relay of relays.sort((a, b) => (a.name < b.name ? -1 : 1))) yield relayFinding(relay)

  const addresses = relays.flatMap((relay) => relay.addresses)
  const proxies = addresses.flatMap(({ address }) => {
    const end = dialable(address)
    const proxy = end && node.relaySockets.proxyFor(end)
    return proxy === undefined ? [] : shownProxy(proxy)
  })
  yield proxyFinding(proxies, addresses.length)

  const interfaces = interfaceAddresses()
  const up = pool.up().length > 0
  const never = whyNotDirect(member)
  const own =
    up && never === undefined && member.direct !== undefined
      ? await openOwn(member, member.direct, AbortSignal.timeout(timeoutMs))
      : undefined
  own?.close()
  const seen = own?.place.seen ?? []
  if (own !== undefined) {
    yield addressFinding(seen, interfaces)
    yield routerFinding(own.candidates.router)
  }
  if (up) yield directFinding(never)
  yield ipv6Finding(interfaces, seen)
  yield upnpFinding(await upnp)
  yield port443Finding(addresses.filter(({ address }) => dialable(address)?.port === 443))
}

async function tryRelay(member: Examined, relay: PooledRelay, timeoutMs: number): Promise<TriedRelay> {
  const { name, link, error } = relay
  const addresses = await Promise.all(relay.addresses.map((address) => tryAddress(member, address, timeoutMs)))
  const times: number[] = []
  let failure: unknown = error
  try {
    for (let n = 0; link !== undefined && n < questions; n++) {
      const startMs = performance.now()
      await link.relays(member.trust.own.peerId, AbortSignal.timeout(timeoutMs))
      times.push(sinceMs(startMs))
    }
  } catch (cause) {
    failure = cause
  }
  return {
    name,
    addresses,
    roundTripMs: times.length === 0 ? undefined : Math.min(...times),
    error: failure === undefined ? undefined : errorText(failure),
  }
}

/** Opens what a link would run on, and drops it. */
async function tryAddress({ node }: Examined, address: string, timeoutMs: number): Promise<TriedAddress> {
  const end = dialable(address)
  if (end === undefined) return { address, error: 'cannot be dialled by this version' }
  const signal = AbortSignal.timeout(timeoutMs)
  const startMs = performance.now()
  try {
    const socket = await node.relaySockets.open(end, signal)
    const ms = sinceMs(startMs)
    ignoreErrors(socket).destroy()
    return { address, ms }
  } catch (error) {
    return { address, error: signal.aborted ? 'no answer' : errorText(error) }
  }
}

/** Returns the time since `startMs`, to a tenth of a millisecond. */
function sinceMs(startMs: number): number {
  return Math.round((performance.now() - startMs) * 10) / 10
}

/** Asks the local network for a router that maps ports; resolves with what each one that answers calls itself. Never rejects. */
function askUpnp(): Promise<string[]> {
  return new Promise((resolve) => {
    const answers = new Set<string>()
    const socket = createSocket('udp4')
    const end = () => {
      clearTimeout(timer)
      socket.close(() => resolve([...answers]))
    }
    const timer = setTimeout(end, upnpMs)
    socket.once('error', end) // no network at all, for example
    socket.on('message', (bytes) => {
      const server = /^server:\s*(.+?)\s*$/im.exec(bytes.toString('latin1'))?.[1]
      if (answers.size < 4) answers.add((server ?? 'a router').slice(0, 100))
    })
    socket.send(upnpQuestion, upnpPlace.port, upnpPlace.address, (error) => error && socket.emit('error', error))
  })
}

export function describeFinding({ check, holds, found }: NetFinding): string {
  const mark = holds === undefined ? '-   ' : holds ? 'ok  ' : 'no  '
  return `${mark}  ${check.padEnd(7)}  ${shownName(found)}`
}
