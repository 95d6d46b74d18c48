import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { issueCertificate, issueDelegated } from '../../src/identity/certificate.js'
import { writeIdentityFile } from '../../src/identity/identity-file.js'
import { parseInvitation } from '../../src/identity/invitation.js'
import { openNetworkDocument } from '../../src/identity/network-document.js'
import { openReceipt, sealRedemption } from '../../src/identity/receipt.js'
import { readRenewalKey } from '../../src/identity/renewal-key.js'
import { seeded } from '../support/random.js'
import { connect, SimNode, SimRelay, sayHello, WorldTime } from './node.js'
import { Office } from './office.js'

export const dayMs = 24 * 3_600_000
const yearMs = 365 * dayMs
const minuteMs = 60_000

export interface LifeOptions {
  years: number
  hosts: number
  people: number
  seed: number
  /** How often everybody meets; events look again a minute after they are over. */
  stepMs?: number
  say?: (line: string) => void
}

/** What a life came to. */
export interface LifeReport {
  timeline: string[]
  /** Promises that were broken; none is what is hoped for. */
  broken: string[]
  hellos: number
  kinds: string[]
}

/** A network lives for years: who should be let in is kept beside what the real code decides, and both are compared at every step. */
export async function live(options: LifeOptions): Promise<LifeReport> {
  const life = new Life(options)
  try {
    await life.begin()
    await life.run()
    return life.report
  } finally {
    await life.end()
  }
}

class Life {
  readonly report: LifeReport = { timeline: [], broken: [], hellos: 0, kinds: [] }
  readonly #dir = mkdtempSync(path.join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'chat-p2p-years-'))
  readonly #startMs = Date.UTC(2030, 0, 1)
  readonly #time = new WorldTime(this.#startMs)
  readonly #random: () => number
  readonly #office = new Office(path.join(this.#dir, 'office'), () => this.#time.nowMs)
  readonly #stepMs: number
  #relays: SimRelay[] = []
  #members: SimNode[] = []
  /** Who must not get in anywhere, and why: they go on trying. */
  readonly #outsiders = new Map<SimNode, string>()
  /** Whose fault it is now that somebody may be kept out. */
  readonly #excused = new Map<SimNode, string>()
  /** Since when who slept is awake again. */
  readonly #awake = new Map<SimNode, number>()
  #partedRelays = false
  #renewalKeyInUse = false
  #made = 0
  readonly #options: LifeOptions

  constructor(options: LifeOptions) {
    this.#options = options
    this.#random = seeded(options.seed)
    this.#stepMs = options.stepMs ?? 7 * dayMs
  }

  // ---- the world -------------------------------------------------------------------------------------------------

  async begin(): Promise<void> {
    const { hosts, people } = this.#options
    const names = [
      ...Array.from({ length: people }, (_, at) => `person${at + 1}`),
      ...Array.from({ length: hosts }, (_, at) => `host${at + 1}`),
    ]
    await this.#office.do('setup', '--users', names.join(','), '--relays', '3')
    for (const name of ['relay1', 'relay2', 'relay3'])
      this.#relays.push(await this.#settle(new SimRelay(name, this.#machine(name), this.#time)))
    for (const name of names) this.#members.push(await this.#settle(new SimNode(name, this.#machine(name), this.#time)))
    this.#office.members = () => [...this.#members, ...this.#relays].filter(({ isOn }) => isOn)
    this.#tell('network', `3 relays, ${hosts} hosts and ${people} people`)
    await this.#meet()
  }

  async end(): Promise<void> {
    for (const node of [...this.#relays, ...this.#members, ...this.#outsiders.keys()]) if (node.isOn) await node.stop()
    rmSync(this.#dir, { recursive: true, force: true })
  }

  #machine(name: string): string {
    return path.join(this.#dir, 'machines', `${name}-${++this.#made}`, 'identities', `${name}.json`)
  }

  async #settle<N extends SimNode>(node: N): Promise<N> {
    this.#office.move(node.name, node.file)
    await node.start()
    return node
  }

  #tell(kind: string, text: string): void {
    const days = Math.round((this.#time.nowMs - this.#startMs) / dayMs)
    const line = `year ${Math.floor(days / 365) + 1}, day ${String((days % 365) + 1).padStart(3)}  ${kind.padEnd(12)} ${text}`
    this.report.timeline.push(line)
    if (!this.report.kinds.includes(kind)) this.report.kinds.push(kind)
    this.#options.say?.(line)
  }

  #break(text: string): void {
    this.#tell('BROKEN', text)
    this.report.broken.push(this.report.timeline.at(-1)!)
  }

  // ---- meeting and judging ---------------------------------------------------------------------------------------

  /** Time goes on; everybody meets whom they can, and what comes of it is held against what should. */
  async #step(ms: number): Promise<void> {
    for (let leftMs = ms; leftMs > 0; leftMs -= this.#stepMs) {
      this.#time.go(this.#time.nowMs + Math.min(leftMs, this.#stepMs))
      await this.#meet()
    }
  }

  async #meet(): Promise<void> {
    const relays = this.#relays.filter(({ isOn }) => isOn)
    const nodes = [...this.#members, ...this.#outsiders.keys()].filter(({ isOn }) => isOn)
    for (const node of [...relays, ...nodes]) Object.assign(node, { reached: 0, refusals: [] })
    await this.#meetRelays(relays)
    // One relay after the other, so that what one hands over is shown to the next.
    for (const relay of relays) {
      await Promise.all(nodes.map((node) => connect(node, relay)))
      this.report.hellos += nodes.length
    }
    await this.#meetRelays(relays)
    this.#judge(relays)
  }

  async #meetRelays(relays: readonly SimRelay[]): Promise<void> {
    if (this.#partedRelays) return
    for (const relay of relays) relay.peers = []
    for (const a of relays) {
      for (const b of relays) {
        if (a === b) continue
        let why = await sayHello(a, b)
        if (why !== undefined) why = await sayHello(a, b)
        this.report.hellos++
        if (why !== undefined) {
          a.refusals.push(why)
          continue
        }
        a.reached++
        a.peers.push(b)
        await a.tell(b)
        const waiting = b.renewals.newerThan(a.certificate)
        if (waiting !== undefined) await a.trust.takeRenewal(waiting.envelope)
      }
    }
  }

  #judge(relays: readonly SimRelay[]): void {
    for (const node of [...this.#members, ...relays]) {
      if (!node.isOn || this.#excused.has(node)) continue
      if (node.reached === 0) this.#break(`${node.name} is kept out: ${node.refusals[0] ?? 'by nobody'}`)
      this.#judgeNotice(node)
    }
    if (this.#partedRelays) return
    for (const [node, why] of this.#outsiders) {
      if (node.reached > 0) this.#break(`${node.name} got in, though ${why}`)
    }
  }

  /** What ends within a few days was announced when there were 30 left, give or take a step. */
  #judgeNotice(node: SimNode): void {
    const { expiresAtMs, issuedAtMs } = node.certificate
    const leftMs = expiresAtMs - this.#time.nowMs
    const isHeard = expiresAtMs - this.#awakeSinceMs(node) > 31 * dayMs
    if (isHeard && leftMs > 0 && leftMs <= this.#stepMs && expiresAtMs - issuedAtMs > 60 * dayMs) {
      const saidMs = node.announced.get(expiresAtMs) ?? Number.POSITIVE_INFINITY
      if (expiresAtMs - saidMs < 30 * dayMs - this.#stepMs) this.#break(`the end of ${node.name} was not announced`)
    }
  }

  #awakeSinceMs(node: SimNode): number {
    return this.#awake.get(node) ?? this.#startMs
  }

  /** Somebody may be kept out until `over` and a minute more; then not. */
  async #fault(nodes: readonly SimNode[], why: string, ms: number, over: () => Promise<void> | void): Promise<void> {
    for (const node of nodes) this.#excused.set(node, why)
    await this.#step(ms)
    await over()
    this.#time.go(this.#time.nowMs + minuteMs)
    for (const node of nodes) this.#excused.delete(node)
    await this.#meet()
  }

  // ---- the years -------------------------------------------------------------------------------------------------

  async run(): Promise<void> {
    const events = this.#plan()
    const endMs = this.#startMs + this.#options.years * yearMs
    while (this.#time.nowMs < endMs) {
      const next = events[0]
      if (next !== undefined && next.atMs <= this.#time.nowMs) {
        events.shift()
        await next.happen()
        await this.#meet()
      } else await this.#step(Math.min(this.#stepMs, (next?.atMs ?? endMs) - this.#time.nowMs || this.#stepMs))
    }
    this.#tell('end', `${this.report.hellos} hellos, ${this.report.broken.length} promises broken`)
  }

  /** What happens when: some things every year, others once, at a time that the seed decides. */
  #plan(): Array<{ atMs: number; happen: () => Promise<void> }> {
    const { years } = this.#options
    const events: Array<{ atMs: number; happen: () => Promise<void> }> = []
    const plan = (atYears: number, happen: () => Promise<void>) =>
      events.push({ atMs: this.#startMs + Math.round(atYears * yearMs), happen: happen.bind(this) })
    const some = () => 0.02 * this.#random()
    /** A life of another length has everything too, only closer together. */
    const at = (tenths: number) => (tenths / 10) * years + some()
    for (let year = 0; year < years; year++) {
      plan(year + 0.1 + some(), this.#joins)
      plan(year + 0.3 + some(), this.#leaves)
      plan(year + 0.5 + some(), this.#rolesChange)
      plan(year + 0.6 + some(), this.#sleeps)
      plan(year + 0.7 + some(), this.#upgrade)
      plan(year + 0.8, () => this.#renewals(year))
    }
    plan(at(0.6), this.#twoAtOnce)
    plan(at(1.2), this.#clockOfHostOff)
    plan(at(1.9), this.#relayReplaced)
    plan(at(2.4), this.#authorityRestored)
    plan(at(3.1), this.#imageCloned)
    plan(at(3.6), this.#clockOfRelayOff)
    plan(at(4.4), this.#keyRotated)
    plan(at(5.1), this.#diskFull)
    plan(at(5.6), this.#renewalKeyMade)
    plan(at(6.2), this.#authorityRestored)
    plan(at(7.4), this.#clockOfRelayOff)
    return events.sort((a, b) => a.atMs - b.atMs)
  }

  #any<T>(list: readonly T[]): T {
    return list[Math.floor(this.#random() * list.length)]!
  }

  #host(): SimNode {
    return this.#any(this.#members.filter(({ isOn, name }) => isOn && !name.startsWith('person')))
  }

  async #publish(...args: string[]): Promise<void> {
    const { code, stderr } = await this.#office.type(...args)
    if (code !== 0) this.#break(`${args.join(' ')}: ${stderr.trim()}`)
    await this.#office.push(this.#relays.filter(({ isOn }) => isOn))
  }

  async #joins(): Promise<void> {
    const name = `newcomer${++this.#made}`
    const line = await this.#office.do('invite', name, '--role', 'chat', '--offline')
    await this.#office.push(this.#relays)
    const node = await this.#join(line, name, this.#any(this.#relays))
    if (node === undefined) return this.#break(`${name} could not join`)
    this.#members.push(node)
    this.#tell('join', `${name}, with one line`)
    const second = await this.#join(line, name, this.#any(this.#relays))
    if (second !== undefined) this.#break(`a second machine joined as ${name} with the same line`)
  }

  /** What \`join\` does, with the relay's own code at the other end; undefined when the relay says no. */
  async #join(line: string, name: string, relay: SimRelay): Promise<SimNode | undefined> {
    const { delegation, key } = await parseInvitation(line)
    const privateKey = await generateKeyPair('Ed25519')
    const id = peerIdFromPrivateKey(privateKey)
    const peerId = id.toString()
    const { networkId, serial, roles, grants, validityMs } = delegation
    const redemption = await sealRedemption(key, { networkId, serial, peerId, name })
    const answer = await relay.joining.redeem({ delegation: delegation.envelope, redemption })
    if (answer.status !== 0) return undefined
    const { issuedAtMs } = await openReceipt(answer.receipt)
    const certificate = await issueDelegated(
      key,
      { name, peerId, roles, grants, issuedAtMs, expiresAtMs: issuedAtMs + validityMs },
      { delegation, receipt: answer.receipt, witness: answer.witness },
    )
    const network = await openNetworkDocument(relay.trust.network.envelope, { networkId })
    const file = this.#machine(name)
    mkdirSync(path.dirname(file), { recursive: true })
    await writeIdentityFile(file, { name, kind: 'user', privateKey, peerId: id, certificate, network })
    const node = new SimNode(name, file, this.#time)
    await node.start()
    return node
  }

  async #twoAtOnce(): Promise<void> {
    const name = `twin${++this.#made}`
    const line = await this.#office.do('invite', name, '--offline')
    await this.#office.push(this.#relays)
    this.#partedRelays = true
    for (const relay of this.#relays) relay.peers = []
    const first = await this.#join(line, name, this.#relays[0]!)
    this.#time.go(this.#time.nowMs + 1_000)
    const second = await this.#join(line, name, this.#relays[1]!)
    this.#partedRelays = false
    if (first === undefined || second === undefined) return this.#break('relays that were parted did not let both in')
    this.#members.push(first)
    this.#outsiders.set(second, 'another machine had used its invitation before')
    this.#tell('two at once', `with one line, at relays that could not see each other: the earlier one stays`)
    // The relays have to meet once before the later one is known for what it is.
    await this.#meetRelays(this.#relays)
  }

  async #leaves(): Promise<void> {
    const node = this.#host()
    await this.#publish('identity', 'revoke', node.peerId, '--offline')
    this.#dismiss(node, 'it was revoked')
    this.#tell('leave', `${node.name} is revoked, and goes on trying`)
    await this.#meetRelays(this.#relays)
  }

  #dismiss(node: SimNode, why: string): void {
    this.#members = this.#members.filter((each) => each !== node)
    this.#outsiders.set(node, why)
    // Long enough to see that they stay out; not for ever, as they cost time.
    if (this.#outsiders.size > 12) this.#outsiders.delete([...this.#outsiders.keys()][0]!)
  }

  async #rolesChange(): Promise<void> {
    const node = this.#host()
    await this.#publish('identity', 'renew', node.name, '--role', 'chat', '--role', 'ops', '--offline')
    await this.#meet()
    await this.#step(minuteMs)
    const roles = this.#relays.map((relay) => relay.members.get(node.peerId)?.roles.join())
    if (roles.some((each) => each !== 'chat,ops')) this.#break(`${node.name} has the roles ${roles.join(' / ')}`)
    this.#tell('roles', `${node.name} is of the operators now, wherever it shows itself`)
  }

  async #renewals(year: number): Promise<void> {
    if (this.#renewalKeyInUse) return this.#tell('renewals', "none by hand: a relay's renewal key does it")
    if (year === 2) return this.#renewedLate()
    await this.#publish('identity', 'renew', '--all', '--offline')
    this.#tell('renewals', 'everybody, from the office')
  }

  /** Nobody is there until the first ones have ended; they were told for a month. */
  async #renewedLate(): Promise<void> {
    const endMs = () => Math.min(...this.#members.map(({ certificate }) => certificate.expiresAtMs))
    while (this.#time.nowMs < endMs() + 10 * dayMs) {
      for (const node of [...this.#members, ...this.#relays]) {
        if (node.certificate.expiresAtMs < this.#time.nowMs + this.#stepMs) this.#excused.set(node, 'nobody renewed it')
      }
      await this.#step(this.#stepMs)
    }
    const late = [...this.#excused.keys()]
    await this.#publish(
      'identity',
      'renew',
      ...[...this.#members, ...this.#relays].map(({ name }) => name),
      '--offline',
    )
    await this.#meet()
    this.#time.go(this.#time.nowMs + minuteMs)
    for (const node of late) this.#excused.delete(node)
    await this.#meet()
    this.#tell('late', `${late.length} had ended, after a month of warnings; back within a minute of the renewal`)
  }

  async #sleeps(): Promise<void> {
    const node = this.#any(this.#members.filter(({ isOn }) => isOn))
    node.isOn = false
    await this.#step(30 * dayMs)
    node.isOn = true
    this.#awake.set(node, this.#time.nowMs)
    this.#excused.set(node, 'it has just woken up')
    await this.#meet()
    this.#time.go(this.#time.nowMs + minuteMs)
    this.#excused.delete(node)
    await this.#meet()
    this.#tell('sleep', `${node.name} was asleep for a month`)
  }

  async #upgrade(): Promise<void> {
    for (const node of [...this.#relays, ...this.#members]) {
      if (!node.isOn) continue
      await node.stop()
      await node.start()
    }
    this.#tell('upgrade', 'everybody was restarted, one by one')
  }

  async #clockOfHostOff(): Promise<void> {
    for (const [aheadMs, what] of [
      [3_600_000, 'an hour fast'],
      [-3_600_000, 'an hour slow'],
      [yearMs, 'a year fast'],
      [-yearMs, 'a year slow'],
    ] as const) {
      const node = this.#host()
      node.clock.aheadMs = aheadMs
      await this.#fault([node], `its clock is ${what}`, dayMs, () => {
        node.clock.aheadMs = 0
      })
      this.#tell('clock', `of ${node.name} was ${what} for a day`)
    }
  }

  async #clockOfRelayOff(): Promise<void> {
    for (const [aheadMs, what] of [
      [3_600_000, 'an hour fast'],
      [yearMs, 'a year fast'],
      [-yearMs, 'a year slow'],
    ] as const) {
      // One that renews as well: what it signs is of another year.
      const relay = this.#relays.find(({ renewalKey }) => renewalKey !== undefined) ?? this.#any(this.#relays)
      relay.clock.aheadMs = aheadMs
      await this.#fault([relay], `its clock is ${what}`, dayMs, () => {
        relay.clock.aheadMs = 0
      })
      this.#tell('clock', `of ${relay.name} was ${what} for a day; others went on`)
    }
  }

  async #relayReplaced(): Promise<void> {
    const old = this.#any(this.#relays)
    const name = `relay${++this.#made}`
    const relay = new SimRelay(name, this.#machine(name), this.#time)
    await this.#office.make(name, relay.file, '--kind', 'relay')
    await this.#publish('network', 'publish', '--relay', `${name}=/ip4/127.0.0.1/tcp/5000`, '--offline')
    await relay.start()
    this.#relays.push(relay)
    await this.#meet()
    await this.#publish('identity', 'revoke', old.name, '--offline')
    this.#relays = this.#relays.filter((each) => each !== old)
    await old.stop()
    this.#tell('relay', `${old.name} was replaced by ${name}`)
  }

  /** A backup, some months, and the disk of the office is gone. */
  async #authorityRestored(): Promise<void> {
    const backup = this.#office.at('backup.json')
    copyFileSync(this.#office.authorityFile, backup)
    await this.#joins()
    await this.#leaves()
    await this.#step(60 * dayMs)
    copyFileSync(backup, this.#office.authorityFile)
    const refused = await this.#office.type('network', 'publish', '--network-name', 'again', '--offline')
    if (!/knows less/.test(refused.stderr)) this.#break(`an authority from a backup signed: ${refused.stderr}`)
    await this.#publish('network', 'adopt', '--offline')
    await this.#publish('network', 'publish', '--network-name', 'again', '--offline')
    await this.#meet()
    this.#tell('restored', 'the authority, from a backup of two months ago; it took over what it had given out')
  }

  async #imageCloned(): Promise<void> {
    const node = this.#host()
    const file = this.#machine(node.name)
    mkdirSync(path.dirname(file), { recursive: true })
    copyFileSync(node.file, file)
    const clone = new SimNode(node.name, file, this.#time)
    await clone.start()
    this.#members.push(clone)
    await this.#step(14 * dayMs)
    await this.#publish('identity', 'revoke', node.peerId, '--offline')
    this.#dismiss(node, 'its key is on two machines, and was revoked')
    this.#dismiss(clone, 'its key is on two machines, and was revoked')
    await this.#joins()
    await this.#joins()
    this.#tell('clone', `${node.name} ran on two machines for two weeks; both have a key of their own now`)
  }

  async #keyRotated(): Promise<void> {
    const { privateKey } = await this.#office.authority()
    await this.#publish('network', 'rotate-authority', '--prepare', '--offline')
    await this.#meet()
    await this.#step(30 * dayMs)
    await this.#publish('network', 'rotate-authority', '--leaked', '--offline')
    // Somebody has the old key, and certifies a friend.
    const friend = this.#host()
    const file = this.#machine('friend')
    const stolen = await generateKeyPair('Ed25519')
    const peerId = peerIdFromPrivateKey(stolen)
    const certificate = await issueCertificate(privateKey, {
      name: 'friend',
      peerId: peerId.toString(),
      roles: ['chat'],
      issuedAtMs: this.#time.nowMs,
      expiresAtMs: this.#time.nowMs + 5 * yearMs,
    })
    mkdirSync(path.dirname(file), { recursive: true })
    await writeIdentityFile(file, {
      name: 'friend',
      kind: 'user',
      privateKey: stolen,
      peerId,
      certificate,
      network: friend.trust.network,
    })
    const thief = new SimNode('friend', file, this.#time)
    await thief.start()
    this.#outsiders.set(thief, 'a key signed for it that had leaked')
    this.#tell('rotation', 'the key leaked; another one goes on, and everybody has a certificate by it')
  }

  async #diskFull(): Promise<void> {
    const nodes = [this.#host(), this.#any(this.#relays)]
    const mend = nodes.map((node) => node.fillDisk())
    await this.#publish('identity', 'renew', '--all', '--offline')
    await this.#meet()
    await this.#step(dayMs)
    for (const each of mend) each()
    await this.#step(minuteMs)
    this.#tell('disk', `of ${nodes.map(({ name }) => name).join(' and ')} was full for a day, when all were renewed`)
    for (const node of nodes) {
      await node.stop()
      await node.start()
    }
  }

  async #renewalKeyMade(): Promise<void> {
    const file = this.#office.at(`renewal-key-${++this.#made}.json`)
    await this.#office.do('identity', 'renewal-key', file, '--expires', '3650d', '--offline')
    this.#relays[0]!.renewWith(await readRenewalKey(file))
    this.#renewalKeyInUse = true
    this.#tell('renewal key', `${this.#relays[0]!.name} has one; the authority goes into a safe`)
  }
}
