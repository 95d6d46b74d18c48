import { EventEmitter } from 'node:events'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Stream } from '@libp2p/interface'
import type { Clock } from '../../src/core/clock.js'
import type { VerifiedCertificate } from '../../src/identity/certificate.js'
import { inspectIdentity, loadIdentity, unlockIdentity } from '../../src/identity/identity-file.js'
import type { RenewalKey } from '../../src/identity/renewal-key.js'
import { watchDeadline } from '../../src/net/deadline-watch.js'
import { helloAsInitiator, helloAsResponder } from '../../src/net/hello.js'
import { Trust } from '../../src/net/trust.js'
import { Joining } from '../../src/relay/joining/joining.js'
import { Renewals } from '../../src/relay/renewals.js'
import { Renewing } from '../../src/relay/renewing.js'
import { memoryStreams } from './stream.js'

/** The time of all machines; each may be off by something of its own. Timers that come due in a jump fire once, at its end. */
export class WorldTime {
  readonly #clocks = new Set<MachineClock>()
  nowMs: number

  constructor(nowMs: number) {
    this.nowMs = nowMs
  }

  clock(): MachineClock {
    const clock = new MachineClock(this)
    this.#clocks.add(clock)
    return clock
  }

  go(toMs: number): void {
    this.nowMs = toMs
    for (const clock of this.#clocks) clock.fire()
  }
}

export class MachineClock implements Clock {
  /** How far this machine's clock is ahead. */
  aheadMs = 0
  readonly #time: WorldTime
  #timers: Array<{ atMs: number; run: () => void }> = []

  constructor(time: WorldTime) {
    this.#time = time
  }

  now(): number {
    return this.#time.nowMs + this.aheadMs
  }

  monotonic(): number {
    return this.#time.nowMs
  }

  after(ms: number, run: () => void): () => void {
    const timer = { atMs: this.#time.nowMs + ms, run }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer)
    }
  }

  fire(): void {
    const due = this.#timers.filter(({ atMs }) => atMs <= this.#time.nowMs)
    this.#timers = this.#timers.filter((timer) => !due.includes(timer))
    for (const { run } of due) run()
  }

  stop(): void {
    this.#timers = []
  }
}

/**
 * A machine with an identity in a real file, and what a process of it believes: the real trust, with hellos over streams in memory.
 * Sockets, directories and sessions are not there: this is about who is let in, by what is signed and kept.
 */
export class SimNode {
  readonly #time: WorldTime
  trust!: Trust
  readonly clock: MachineClock
  isOn = false
  /** By the end of a certificate: when that was announced first. */
  readonly announced = new Map<number, number>()
  readonly warnings: string[] = []
  /** Relays that let it in at the last tick. */
  reached = 0
  /** With what words it was refused at the last tick. */
  refusals: string[] = []

  constructor(
    readonly name: string,
    readonly file: string,
    time: WorldTime,
  ) {
    this.#time = time
    this.clock = time.clock()
  }

  /** Starts a process, as a command does: one whose certificate is over asks the relays. */
  async start(): Promise<void> {
    const identity = await loadIdentity(this.file, { nowMs: this.clock.now() }).catch(async () =>
      unlockIdentity(await inspectIdentity(this.file)),
    )
    this.trust = new Trust(identity, this.clock)
    this.trust.on('warning', (error) => this.warnings.push(error instanceof Error ? error.message : String(error)))
    watchDeadline(this.trust, this.clock, () => {
      const endMs = this.trust.own.expiresAtMs
      if (!this.announced.has(endMs)) this.announced.set(endMs, this.#time.nowMs)
    })
    this.isOn = true
  }

  async stop(): Promise<void> {
    this.isOn = false
    this.clock.stop()
  }

  get certificate(): VerifiedCertificate {
    return this.trust.own
  }

  get peerId(): string {
    return this.trust.own.peerId
  }

  /** Takes the disk away, as one that is full can't be written; gives what brings it back. */
  fillDisk(): () => void {
    const folder = path.dirname(this.file)
    renameSync(folder, `${folder}.full`)
    writeFileSync(folder, '')
    return () => {
      rmSync(folder)
      renameSync(`${folder}.full`, folder)
    }
  }
}

export class SimRelay extends SimNode {
  renewals!: Renewals
  joining!: Joining
  /** Who is connected. */
  readonly members = new Map<string, VerifiedCertificate>()
  readonly gate = Object.assign(new EventEmitter(), {
    members: () => [...this.members.values()].map((certificate) => ({ certificate, connection: { abort() {} } })),
  })
  readonly pool = Object.assign(new EventEmitter(), { up: () => this.peers.map((relay) => ({ link: linkTo(relay) })) })
  /** Relays that are connected. */
  peers: SimRelay[] = []
  renewalKey: RenewalKey | undefined
  #renewing: Renewing | undefined

  override async start(): Promise<void> {
    await super.start()
    const { trust, clock, gate, pool } = this
    this.renewals = new Renewals(
      trust.identity,
      trust.own.networkId,
      (error) => this.warnings.push(String(error)),
      clock,
    )
    await this.renewals.load(clock.now())
    trust.offerRenewals((certificate) => this.renewals.newerThan(certificate))
    const homes = { own: this.peerId, placement: { homes: () => [this.peerId] } }
    const node = { gate, libp2p: { handle: async () => {} } }
    this.joining = new Joining({ node, trust, homes, pool, clock } as never)
    await this.joining.start()
    if (this.renewalKey !== undefined) this.renewWith(this.renewalKey)
  }

  renewWith(key: RenewalKey): void {
    this.renewalKey = key
    const { trust, clock, renewals } = this
    this.#renewing = new Renewing({
      key,
      trust,
      renewals,
      clock,
      gate: this.gate as never,
      random: () => 0.5,
      hand: (news) => void this.#keepOwn(news),
      onWarning: ({ message }) => this.warnings.push(message),
    })
    this.#renewing.start()
  }

  /** Takes renewals in, as from the authority or another relay. */
  async takeRenewals(envelopes: readonly Uint8Array[]): Promise<void> {
    await this.#keepOwn(await this.renewals.take(envelopes, this.clock.now()))
  }

  async #keepOwn(news: readonly VerifiedCertificate[]): Promise<void> {
    for (const { peerId, envelope } of news) if (peerId === this.peerId) await this.trust.takeRenewal(envelope)
  }

  override async stop(): Promise<void> {
    this.joining.stop()
    this.#renewing?.stop()
    this.members.clear()
    await super.stop()
  }

  /** What two relays tell each other when their link opens. */
  async tell(other: SimRelay): Promise<void> {
    this.pool.emit('up', { link: linkTo(other) })
    await other.takeRenewals(this.renewals.all().map(({ envelope }) => envelope))
  }
}

function linkTo(relay: SimRelay) {
  return { redeemed: (redemptions: never[]) => relay.joining.take(redemptions, false) }
}

/** One hello between two machines. Gives why it failed, or undefined. */
export async function sayHello(node: SimNode, relay: SimRelay): Promise<string | undefined> {
  const [a, b] = memoryStreams()
  const signal = AbortSignal.timeout(20_000)
  const there = helloAsResponder(b, { remotePeer: node.trust.identity.peerId } as never, self(relay), signal)
  const towards = { remotePeer: relay.trust.identity.peerId, newStream: async () => a }
  const here = helloAsInitiator(towards as never, self(node), signal)
  const hangUp = (stream: Stream) => (error: Error) => {
    stream.abort(error)
    throw error
  }
  const [mine, theirs] = await Promise.allSettled([here.catch(hangUp(a)), there.catch(hangUp(b))])
  if (theirs.status === 'fulfilled' && mine.status === 'fulfilled') {
    relay.members.set(node.peerId, theirs.value.certificate)
    relay.gate.emit('proved', undefined, theirs.value.certificate)
    return undefined
  }
  relay.members.delete(node.peerId)
  const [failed] = [mine, theirs].filter((each) => each.status === 'rejected')
  return String(failed!.reason)
}

const self = ({ trust }: SimNode) => ({ trust, features: 0 })

/** A node connects, and once more when it was refused and got a newer certificate; then it is handed the one that waits. */
export async function connect(node: SimNode, relay: SimRelay): Promise<void> {
  const before = node.certificate
  let why = await sayHello(node, relay)
  if (why !== undefined && node.certificate !== before) why = await sayHello(node, relay)
  if (why !== undefined) {
    node.refusals.push(`${relay.name}: ${why}`)
    return
  }
  node.reached++
  const waiting = relay.renewals.newerThan(node.certificate)
  if (waiting !== undefined) await node.trust.takeRenewal(waiting.envelope)
}
