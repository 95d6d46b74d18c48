import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Children } from './children.js'
import type { NatPair, SideKind } from './nat-kinds.js'
import { blackhole, forwardedPort, NatNetwork, type Side } from './nat-network.js'
import type { NatMethods, WayFound } from './nat-worker.js'
import { makeNetwork, service } from './network.js'
import { RelayProcess } from './relay-process.js'
import { Caller, type Params } from './rpc.js'
import { type Spread, spread } from './statistics.js'
import { until } from './waiting.js'

export interface NatOptions {
  pairs: readonly NatPair[]
  /** Of each pair, for the times. */
  calls: number
  onPair?: (result: PairResult) => void
  signal?: AbortSignal
}

export interface PairResult {
  pair: string
  dialer: SideKind
  host: SideKind
  expected: 'direct' | 'relayed'
  found: 'direct' | 'relayed'
  why?: string
  /** From accepted until the session had moved, or it was known that it would not. */
  ms: Spread
  addresses?: { local: string; remote: string }
  bytes: number
  /** What was done to the session then, and what carried it after that. */
  afterwards: string[]
  failures: string[]
}

/** A session that is in trouble has this long to go on. */
const goesOnMs = 30_000
const goesOnBytes = 64 * 1024

class NatMember {
  readonly #caller: Caller<NatMethods, never>

  constructor(
    readonly name: string,
    readonly side: Side,
    children: Children,
  ) {
    this.#caller = new Caller(name, children.start(name, 'nat-worker.js', { namespace: side.namespace }))
  }

  call<K extends keyof NatMethods & string>(method: K, ...params: Params<NatMethods, K>) {
    return this.#caller.call(method, ...params)
  }
}

/** Tries each pair in namespaces of its own, one after the other. */
export async function runNats(options: NatOptions): Promise<PairResult[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'chat-p2p-nat-'))
  const children = new Children(folder)
  children.add({ folder })
  try {
    const internet = new NatNetwork(children)
    const places = [1, 2].map((index) => ({ name: `relay${index}`, ...internet.relay(`relay${index}`, index) }))
    const members = options.pairs.flatMap((_, index) => [`dialer${index}`, `host${index}`])
    await makeNetwork(
      folder,
      places.map(({ name, multiaddrs }) => ({ name, multiaddr: multiaddrs[0]!, further: multiaddrs.slice(1) })),
      members,
      places.length,
    )
    const relays = places.map(({ name, namespace }) => new RelayProcess(name, folder, children, namespace))
    await Promise.all(relays.map((relay) => relay.start()))
    const results: PairResult[] = []
    for (const [index, pair] of options.pairs.entries()) {
      options.signal?.throwIfAborted()
      const result = await new PairRun({ pair, index, internet, children, folder, relays }).run(options.calls)
      results.push(result)
      options.onPair?.(result)
    }
    return results
  } finally {
    await children.close()
  }
}

interface PairPlace {
  pair: NatPair
  index: number
  internet: NatNetwork
  children: Children
  folder: string
  relays: readonly RelayProcess[]
}

class PairRun {
  readonly #place: PairPlace
  readonly #failures: string[] = []
  readonly #afterwards: string[] = []

  constructor(place: PairPlace) {
    this.#place = place
  }

  async run(calls: number): Promise<PairResult> {
    const { pair, index } = this.#place
    const expected = pair.expected === 'direct' ? 'direct' : 'relayed'
    const ways: WayFound[] = []
    let bytes = 0
    const [dialer, host] = this.#members()
    try {
      await Promise.all([this.#open(dialer, pair.dialer), this.#open(host, pair.host)])
      await host.call('listen', { service, terminators: this.#place.relays.length })
      const again = expected === 'direct' ? calls : 1
      for (let call = 0; call < again; call++) {
        if (call > 0) bytes += await dialer.call('finish')
        ways.push(await dialer.call('call', { service, instanceId: `host${index}` }))
      }
      this.#judge(ways)
      await this.#trouble(dialer, host)
      bytes += await dialer.call('finish')
    } catch (error) {
      this.#failures.push(String(error))
    } finally {
      await Promise.all([dialer, host].map((member) => member.call('leave').catch(() => {}))) // it ends by that
    }
    const last = ways.at(-1)
    return {
      pair: pair.name,
      dialer: pair.dialer,
      host: pair.host,
      expected,
      found: last?.state ?? 'relayed',
      ...(last?.why === undefined ? {} : { why: last.why }),
      ms: spread(ways.map(({ ms }) => ms)),
      ...(last?.addresses === undefined ? {} : { addresses: last.addresses }),
      bytes,
      afterwards: this.#afterwards,
      failures: this.#failures,
    }
  }

  #members(): [NatMember, NatMember] {
    const { pair, index, internet, children } = this.#place
    const [dialer, host] = [`dialer${index}`, `host${index}`]
    const member = (name: string, side: Side) => new NatMember(name, side, children)
    if (pair.shared === 'router') {
      const router = internet.router(`shared${index}`, {})
      return [
        member(dialer, internet.side(dialer, pair.dialer, router)),
        member(host, internet.side(host, pair.host, router)),
      ]
    }
    if (pair.shared === 'carrier') {
      const carrier = internet.router(`shared${index}`, { inside: '100.64.0' })
      const home = (name: string) => internet.side(name, 'restricted', internet.router(name, { behind: carrier }))
      return [member(dialer, home(dialer)), member(host, home(host))]
    }
    return [member(dialer, internet.side(dialer, pair.dialer)), member(host, internet.side(host, pair.host))]
  }

  #open(member: NatMember, kind: SideKind): Promise<void> {
    const identity = path.join(this.#place.folder, `${member.name}.json`)
    const options = kind === 'forward' ? { directListen: [`/ip4/0.0.0.0/tcp/${forwardedPort}`] } : {}
    return member.call('open', { identity, options })
  }

  #judge(ways: readonly WayFound[]): void {
    const { expected } = this.#place.pair
    for (const { state, why } of ways) {
      if (expected === 'direct' && state !== 'direct') this.#failures.push(`stayed on relays: ${why}`)
      if (expected === 'direct') continue
      if (state === 'direct') this.#failures.push('became direct, which nobody expected')
      else if (!expected.test(why ?? '')) this.#failures.push(`stayed on relays for another reason: ${why}`)
    }
  }

  /** Everything that carries it fails, one after the other, and the session goes on. */
  async #trouble(dialer: NatMember, host: NatMember): Promise<void> {
    for (const { side } of [dialer, host]) {
      if (side.router === undefined) continue
      side.router.forget()
      await this.#goesOn(
        dialer,
        `the NAT of ${side === dialer.side ? 'the dialer' : 'the host'} forgot its connections`,
      )
    }
    const direct = (await dialer.call('paths')).find(({ kind }) => kind === 'direct')
    const remote = direct?.addresses?.remote.replace(/:\d+$/, '').replace(/[[\]]/g, '')
    if (remote !== undefined) {
      const undo = blackhole(dialer.side.namespace, remote)
      await this.#goesOn(dialer, 'the direct path led nowhere')
      undo()
    }
    const carrier = this.#place.relays.find(({ name }) => name === this.#afterwards.at(-1)?.split(': ').at(-1))
    if (carrier !== undefined) {
      await carrier.kill()
      await this.#goesOn(dialer, 'the relay was killed')
      await carrier.start()
    }
    if (this.#place.pair.moves) await this.#move(dialer)
  }

  /** A path that was there before is no proof: it is another port that it leads from. */
  async #move(dialer: NatMember): Promise<void> {
    const directFrom = async () => (await dialer.call('paths')).find(({ kind }) => kind === 'direct')?.addresses?.local
    const before = await directFrom()
    dialer.side.router?.readdress(dialer.side)
    await this.#goesOn(dialer, 'the dialer got another address')
    const late = await until(goesOnMs, async () => {
      const local = await directFrom()
      return local === undefined || local === before ? 'no direct path from there' : undefined
    })
    if (typeof late === 'string') this.#failures.push(`the dialer got another address: ${late}`)
    else this.#afterwards.push(`direct from there after ${(late / 1000).toFixed(1)} s`)
  }

  async #goesOn(dialer: NatMember, what: string): Promise<void> {
    const { bytes: before } = await dialer.call('carried')
    let carrier = ''
    const late = await until(goesOnMs, async () => {
      const { bytes, error } = await dialer.call('carried')
      if (error !== undefined) throw new Error(`${what}: ${error}`)
      const paths = await dialer.call('paths')
      carrier = paths.find(({ role }) => role === 'active')?.relay ?? 'none'
      if (bytes - before < goesOnBytes) return 'nothing arrives any more'
      return undefined
    })
    if (typeof late === 'string') this.#failures.push(`${what}: ${late}`)
    this.#afterwards.push(`${what}: ${carrier}`)
  }
}
