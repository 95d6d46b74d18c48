import type { Socket } from 'node:net'
import { connectSocket } from '../core/connect.js'
import { type ProxyAddress, type ProxyRule, proxyRule } from '../core/proxy.js'
import { connectThrough } from './proxied-socket.js'

/** Where a relay is. */
export interface RelayEnd {
  host: string
  port: number
  /** Of a name: 4 or 6 when only addresses of that kind are meant, else 0. */
  family?: number
}

/** Opens what links to relays and paths through them run on: TCP connections, through a proxy where one is to be used. */
export class RelaySockets {
  readonly #rule: ProxyRule

  /** `proxy` as for `--proxy`; without it the environment decides. Throws `bad_argument`. */
  constructor(proxy?: string, env: NodeJS.ProcessEnv = process.env) {
    this.#rule = proxyRule(proxy, env)
  }

  /** The proxy that leads there; undefined for none. Throws `bad_argument` when the environment names one that can't be used. */
  proxyFor(end: RelayEnd): ProxyAddress | undefined {
    return this.#rule(end)
  }

  /** A connection whose bytes go out at once; nothing has been read from it. Rejects with what the system says, `proxy_failed`, or the signal's reason. */
  async open(end: RelayEnd, signal: AbortSignal): Promise<Socket> {
    const proxy = this.proxyFor(end)
    if (proxy !== undefined) return connectThrough(proxy, end, signal)
    return (await connectSocket(end, { signal })).setNoDelay(true).setKeepAlive(true)
  }
}
