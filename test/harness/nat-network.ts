import { execFileSync } from 'node:child_process'
import type { Children } from './children.js'
import type { SideKind } from './nat-kinds.js'

const relayPort = 4001
/** What a router forwards to the one behind it, where it does. */
export const forwardedPort = 4002

/**
 * A small internet of network namespaces: a bridge that stands for it, with relays, and sides behind what `nat-kinds.ts` says.
 * Addresses are those for documentation (RFC 5737, 3849), which count as public. Needs root, iproute2 and nftables. The run's children
 * take it away.
 */
export class NatNetwork {
  readonly #children: Children
  readonly #prefix = `nat${process.pid}`
  readonly #internet: string
  #ports = 0
  #hosts = 20

  constructor(children: Children) {
    this.#children = children
    this.#internet = this.#namespace('internet')
    ip('-n', this.#internet, 'link', 'add', 'name', 'bridge', 'type', 'bridge', 'forward_delay', '0')
    ip('-n', this.#internet, 'link', 'set', 'bridge', 'up')
  }

  /** Both its addresses, as multiaddrs. */
  relay(name: string, index: number): { namespace: string; multiaddrs: string[] } {
    const namespace = this.#namespace(name)
    const [four, six] = [`203.0.113.${10 + index}`, `2001:db8::${10 + index}`]
    this.#join(namespace, 'eth0', [`${four}/24`, `${six}/64`])
    return { namespace, multiaddrs: [`/ip4/${four}/tcp/${relayPort}`, `/ip6/${six}/tcp/${relayPort}`] }
  }

  /** A dialer or host behind something. `behind` is a router that is shared with another side. */
  side(name: string, kind: SideKind, behind?: Router): Side {
    const namespace = this.#namespace(name)
    if (behind !== undefined) {
      behind.take(namespace)
      return { namespace, router: behind }
    }
    switch (kind) {
      case 'open':
        this.#join(namespace, 'eth0', [this.#four()])
        return { namespace }
      case 'firewall':
        this.#join(namespace, 'eth0', [this.#four()])
        firewall(namespace)
        return { namespace }
      case 'ipv6':
        this.#join(namespace, 'eth0', [this.#six()])
        firewall(namespace)
        return { namespace }
      case 'dual': {
        const router = this.router(name, {})
        router.take(namespace)
        this.#join(namespace, 'eth1', [this.#six()])
        firewall(namespace)
        return { namespace, router }
      }
      case 'double': {
        const carrier = this.router(`${name}c`, { inside: '100.64.0' })
        const router = this.router(name, { behind: carrier })
        router.take(namespace)
        return { namespace, router }
      }
      default: {
        const router = this.router(name, { random: kind === 'symmetric', forwards: kind === 'forward' })
        router.take(namespace)
        return { namespace, router }
      }
    }
  }

  /** One that changes addresses and lets in only answers. `random`: with another port for every destination. */
  router(name: string, options: RouterOptions & { behind?: Router }): Router {
    const namespace = this.#namespace(`${name}r`)
    if (options.behind !== undefined) options.behind.take(namespace, 'wan')
    else this.#join(namespace, 'wan', [this.#four()])
    return new Router(namespace, options)
  }

  #four(): string {
    return `203.0.113.${this.#hosts++}/24`
  }

  #six(): string {
    return `2001:db8::${this.#hosts++}/64`
  }

  /** A cable to the bridge. */
  #join(namespace: string, device: string, addresses: readonly string[]): void {
    const port = `port${this.#ports++}`
    ip('-n', this.#internet, 'link', 'add', 'name', port, 'type', 'veth', 'peer', 'name', device, 'netns', namespace)
    ip('-n', this.#internet, 'link', 'set', port, 'master', 'bridge', 'up')
    for (const address of addresses) {
      const once = address.includes(':') ? ['nodad'] : []
      ip('-n', namespace, 'address', 'add', address, 'dev', device, ...once)
    }
    ip('-n', namespace, 'link', 'set', device, 'up')
  }

  #namespace(name: string): string {
    const namespace = `${this.#prefix}-${name}`
    this.#children.add({ namespace })
    ip('netns', 'add', namespace)
    ip('-n', namespace, 'link', 'set', 'lo', 'up')
    return namespace
  }
}

/** Where one process is, and what is between it and the others. */
export interface Side {
  namespace: string
  router?: Router
}

interface RouterOptions {
  random?: boolean
  forwards?: boolean
  /** The first three numbers of the network behind it; homes mostly have the same one. */
  inside?: string
}

export class Router {
  readonly #namespace: string
  readonly #inside: string
  #taken = 0

  constructor(namespace: string, { random = false, forwards = false, inside = '192.168.1' }: RouterOptions) {
    this.#namespace = namespace
    this.#inside = inside
    sysctl(namespace, 'net.ipv4.ip_forward=1')
    ip('-n', namespace, 'link', 'add', 'name', 'lan', 'type', 'bridge', 'forward_delay', '0')
    ip('-n', namespace, 'address', 'add', `${inside}.1/24`, 'dev', 'lan')
    ip('-n', namespace, 'link', 'set', 'lan', 'up')
    nft(
      namespace,
      `table ip nat {
        chain out { type nat hook postrouting priority srcnat; oifname "wan" masquerade${random ? ' fully-random' : ''}; }
        ${forwards ? `chain in { type nat hook prerouting priority dstnat; iifname "wan" tcp dport ${forwardedPort} dnat to ${inside}.10:${forwardedPort}; }` : ''}
      }
      table ip filter {
        chain in { type filter hook input priority 0; iifname "wan" ct state established,related accept; iifname "wan" drop; }
        chain through { type filter hook forward priority 0; iifname "wan" ct state established,related accept; iifname "wan" ct status dnat accept; iifname "wan" drop; }
      }`,
    )
  }

  /** A cable to a machine, or to another router, behind this one. */
  take(namespace: string, device = 'eth0'): void {
    const index = this.#taken++
    const port = `port${index}`
    ip('-n', this.#namespace, 'link', 'add', 'name', port, 'type', 'veth', 'peer', 'name', device, 'netns', namespace)
    ip('-n', this.#namespace, 'link', 'set', port, 'master', 'lan', 'up')
    ip('-n', namespace, 'address', 'add', `${this.#inside}.${10 + index}/24`, 'dev', device)
    ip('-n', namespace, 'link', 'set', device, 'up')
    ip('-n', namespace, 'route', 'add', 'default', 'via', `${this.#inside}.1`)
  }

  /** Gives the first machine behind it another address, as after a pause in another network; whatever it had open leads nowhere. */
  readdress({ namespace }: Side): void {
    ip('-n', namespace, 'address', 'flush', 'dev', 'eth0')
    ip('-n', namespace, 'address', 'add', `${this.#inside}.77/24`, 'dev', 'eth0')
    ip('-n', namespace, 'route', 'add', 'default', 'via', `${this.#inside}.1`)
  }

  /** Forgets everything about connections, as one that is switched off and on: masquerading does when its interface goes down. */
  forget(): void {
    const routes = execFileSync('ip', ['-n', this.#namespace, 'route', 'show', 'default'], { encoding: 'utf8' }).trim()
    ip('-n', this.#namespace, 'link', 'set', 'wan', 'down')
    ip('-n', this.#namespace, 'link', 'set', 'wan', 'up')
    if (routes !== '') ip('-n', this.#namespace, 'route', 'replace', ...routes.split(/\s+/))
  }
}

/** Packets to this address vanish; the returned function ends that. */
export function blackhole(namespace: string, address: string): () => void {
  const family = address.includes(':') ? '-6' : '-4'
  const route = ['blackhole', `${address}/${family === '-6' ? 128 : 32}`]
  ip(family, '-n', namespace, 'route', 'add', ...route)
  return () => ip(family, '-n', namespace, 'route', 'delete', ...route)
}

/** Lets in what answers, and what IPv6 itself needs. */
function firewall(namespace: string): void {
  nft(
    namespace,
    `table inet firewall {
      chain in { type filter hook input priority 0; policy drop; iifname "lo" accept; ct state established,related accept; meta l4proto ipv6-icmp accept; }
    }`,
  )
}

/** Why this machine can't do it; undefined when it can. */
export function whyNoNats(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'network namespaces need root on Linux'
  const namespace = `nat${process.pid}-try`
  try {
    ip('netns', 'add', namespace)
  } catch {
    return 'network namespaces need iproute2 and CAP_NET_ADMIN'
  }
  try {
    nft(
      namespace,
      'table ip nat { chain out { type nat hook postrouting priority srcnat; masquerade fully-random; }; }',
    )
    return undefined
  } catch {
    return 'NATs need nftables, and masquerading in the kernel'
  } finally {
    ip('netns', 'delete', namespace)
  }
}

const ip = (...args: string[]) => run('ip', args)
const sysctl = (namespace: string, setting: string) => run('ip', ['netns', 'exec', namespace, 'sysctl', '-qw', setting])
const nft = (namespace: string, rules: string) => run('ip', ['netns', 'exec', namespace, 'nft', '-f', '-'], rules)

function run(command: string, args: string[], input?: string): void {
  execFileSync(command, args, { stdio: [input === undefined ? 'ignore' : 'pipe', 'ignore', 'pipe'], input })
}
