import { EventEmitter } from 'node:events'
import type { Connection, Stream } from '@libp2p/interface'
import { toHex } from '../../core/bytes.js'
import type { Clock } from '../../core/clock.js'
import { asOverlayError, OverlayError } from '../../core/errors.js'
import { maxClockSkewMs, maxJoinBytes, maxJoinRequestBytes, maxReasonBytes } from '../../core/limits.js'
import { truncateUtf8 } from '../../core/text.js'
import { SharedTurns } from '../../core/turns.js'
import type { RelayPool } from '../../directory/relay-pool.js'
import type { VerifiedCertificate } from '../../identity/certificate.js'
import { fitsPattern, readDelegation, type VerifiedDelegation } from '../../identity/delegation.js'
import { type InvitationReceipt, openRedemption, sealReceipt } from '../../identity/receipt.js'
import { isRevoked } from '../../identity/revocation.js'
import { readWitnessed } from '../../identity/witnessed.js'
import { MessageIo } from '../../net/message-io.js'
import type { Node } from '../../net/node.js'
import type { Trust } from '../../net/trust.js'
import { joinStatus, joinStatusOf } from '../../wire/join-status.js'
import { JoinRequest, JoinResponse, type Redemption } from '../../wire/messages/directory.js'
import { joinProtocol } from '../../wire/protocols.js'
import type { Homes } from '../feeds/homes.js'
import { RedemptionMemory } from './redemption-memory.js'
import { type KnownRedemption, Redemptions } from './redemptions.js'

const passOnMs = 1_500
const tellMs = 1_000
const readMs = 2_000
const sweepEveryMs = 60_000
const maxPerMessage = 256
const maxJoinedAs = 16

type Wish = Omit<InvitationReceipt, 'issuedAtMs'>

interface JoiningEvents {
  /** Called when an invitation was used: name, peer id, and the serial of the delegation. */
  joined: [string, string, string]
  warning: [unknown]
}

/**
 * Gives strangers with an invitation their receipt, and keeps count of them together with the other relays. One relay decides for
 * an invitation, the closest to it that is connected; its word is told to all others before it is given. Relays that could not see
 * each other compare later, and whoever came last is sent away.
 */
export class Joining extends EventEmitter<JoiningEvents> {
  readonly #deps: { node: Node; trust: Trust; homes: Homes; pool: RelayPool; clock: Clock }

  readonly #known = new Redemptions()
  readonly #memory: RedemptionMemory
  /** Allows one decision at a time per invitation. */
  readonly #deciding = new SharedTurns(Number.POSITIVE_INFINITY, 1)
  #cancelSweep: () => void = () => {}

  constructor(deps: { node: Node; trust: Trust; homes: Homes; pool: RelayPool; clock: Clock }) {
    super()
    this.#deps = deps

    this.#memory = new RedemptionMemory(deps.trust.identity, deps.clock)
  }

  async start(): Promise<void> {
    const { node, pool, trust } = this.#deps
    await this.take(await this.#memory.load(), false)
    trust.addDoubt((certificate) => this.#doubt(certificate))
    pool.on('up', ({ link }) => {
      if (link !== undefined) void this.#tell(link, this.#known.all())
    })
    await node.libp2p.handle(joinProtocol, (stream, connection) => this.#serve(stream, connection), {
      maxInboundStreams: 1,
      maxOutboundStreams: 1,
    })
    this.#sweepLater()
  }

  stop(): void {
    this.#cancelSweep()
    this.#memory.stop()
  }

  /** Decides here, for a relay that passed the question on. Never rejects. */
  async redeem(request: JoinRequest): Promise<JoinResponse> {
    try {
      const { delegation, wish } = await this.#check(request)
      const { signed } = await this.#deciding.take(toHex(delegation.serial), () => this.#decide(delegation, wish))
      return { status: joinStatus.ok, reason: '', ...signed, document: nothing }
    } catch (error) {
      return refusal(error)
    }
  }

  /** Takes in the uses that another relay knows of; each is checked. What is damaged or foreign is passed over. */
  async take(redemptions: readonly Redemption[], passOn = true): Promise<void> {
    const news: KnownRedemption[] = []
    for (const redemption of redemptions) {
      const known = await readWitnessed(redemption, this.#deps.trust.own.networkId).catch(() => undefined)
      if (known !== undefined && this.#known.add(known)) news.push(known)
    }
    if (news.length === 0) return
    this.#sendAwayExcess()
    await this.#save()
    // Relays are all connected to each other as a rule; where not, it goes on from here.
    if (passOn) void this.#tellAll(news)
  }

  /** Returns the uses under a name that this relay knows of, the last ones when there are many. */
  joinedAs(name: string): Redemption[] {
    const uses = this.#known.all().filter(({ receipt }) => receipt.name === name)
    return uses.slice(-maxJoinedAs).map(onWire)
  }

  async #serve(stream: Stream, connection: Connection): Promise<void> {
    const io = new MessageIo(stream, maxJoinBytes, maxJoinRequestBytes)
    try {
      const request = JoinRequest.decode(await io.read(AbortSignal.timeout(readMs)))
      await io.write(JoinResponse.encode(await this.#answer(request, connection.remotePeer.toString())))
      await io.close()
    } catch (error) {
      io.abort(asOverlayError(error, 'protocol_error', 'A join could not be read'))
    }
  }

  /** Asks the relay that decides for this invitation, or decides here. Never rejects. */
  async #answer(request: JoinRequest, peerId: string): Promise<JoinResponse> {
    try {
      const { delegation, wish } = await this.#check(request)
      if (wish.peerId !== peerId) throw new OverlayError('certificate_peer', 'A join is for another key than asks.')
      const answer = await this.#ask(request, toHex(delegation.serial))
      // A network document may be a megabyte: only for who is a member by it.
      const document = answer.status === joinStatus.ok ? this.#deps.trust.network.envelope : nothing
      // Known here as well, so that this relay goes by it should the other one be gone.
      await this.take([{ delegation: request.delegation, receipt: answer.receipt, witness: answer.witness }], false)
      return { ...answer, document }
    } catch (error) {
      return refusal(error)
    }
  }

  async #ask(request: JoinRequest, serial: string): Promise<JoinResponse> {
    const { homes, pool, clock } = this.#deps
    for (const home of homes.placement.homes(`invitation/${serial}`, clock.monotonic())) {
      if (home === homes.own) break
      try {
        const signal = AbortSignal.timeout(passOnMs)
        return await (await pool.ensure(home, signal)).redeem(request, signal)
      } catch {
        // gone, or of an older version: the next one decides
      }
    }
    return this.redeem(request)
  }

  /** Checks that whoever asks has the key of an invitation that stands. Throws with the code that says what is wrong. */
  async #check(request: JoinRequest): Promise<{ delegation: VerifiedDelegation; wish: Wish }> {
    const { trust, clock } = this.#deps
    const delegation = await readDelegation(request.delegation, trust.own.networkId)
    const wish = await openRedemption(request.redemption, delegation.peerId)
    const fits = toHex(wish.serial) === toHex(delegation.serial) && wish.networkId === delegation.networkId
    if (delegation.purpose !== 'invite' || !fits) {
      throw new OverlayError('certificate_invalid', 'A join does not fit its invitation.')
    }
    if (isRevoked(trust.network, delegation)) {
      throw new OverlayError('certificate_revoked', 'The authority has taken this invitation back.')
    }
    const nowMs = clock.now()
    if (nowMs > delegation.expiresAtMs + maxClockSkewMs) {
      const when = new Date(delegation.expiresAtMs).toISOString()
      throw new OverlayError('certificate_expired', `The invitation was good until ${when}; ask for another one.`)
    }
    if (nowMs < delegation.issuedAtMs - maxClockSkewMs) {
      const when = new Date(delegation.issuedAtMs).toISOString()
      throw new OverlayError(
        'certificate_expired',
        `The invitation is not good before ${when}; is the relay's clock right?`,
      )
    }
    if (!fitsPattern(delegation.names, wish.name)) {
      throw new OverlayError('bad_name', `The invitation is for ${delegation.names}, not for ${wish.name}.`)
    }
    return { delegation, wish }
  }

  async #decide(delegation: VerifiedDelegation, wish: Wish): Promise<KnownRedemption> {
    const { trust, clock, node } = this.#deps
    const uses = this.#known.uses(toHex(delegation.serial))
    const own = uses.find(({ receipt }) => receipt.peerId === wish.peerId)
    // Asked again, as an answer was lost: the same one.
    if (own?.receipt.name === wish.name) return own
    if (own !== undefined) throw new OverlayError('bad_name', `This key has joined as ${own.receipt.name}.`)
    if (uses.length >= delegation.uses) {
      const [first] = uses
      const when = new Date(first!.receipt.issuedAtMs).toISOString().slice(0, 16).replace('T', ' ')
      const who =
        uses.length === 1 ? `by ${first!.receipt.name} on ${when} UTC` : `${uses.length} times, first on ${when} UTC`
      throw new OverlayError('invitation_used', `The invitation was used already, ${who}.`)
    }
    const same = wish.name.toLowerCase()
    const members = node.gate.members().map(({ certificate }) => certificate)
    const taken = [...members, ...uses.map(({ receipt }) => receipt)].some(
      ({ name, peerId }) => name.toLowerCase() === same && peerId !== wish.peerId,
    )
    if (taken) throw new OverlayError('bad_name', `The name ${wish.name} belongs to somebody else; choose another one.`)
    const receipt = { ...wish, issuedAtMs: clock.now() }
    const signed = { receipt: await sealReceipt(trust.identity.privateKey, receipt), witness: trust.own.envelope }
    const redemption = { delegation, receipt, signed }
    this.#known.add(redemption)
    await this.#save()
    await this.#tellAll([redemption])
    this.emit('joined', wish.name, wish.peerId, toHex(delegation.serial))
    return redemption
  }

  /** Returns why a certificate that checks out is not to be let in all the same; undefined when there is no reason. */
  #doubt({ name, peerId, basis }: VerifiedCertificate): OverlayError | undefined {
    if (basis?.serials.some((serial) => this.#known.isExcess(serial, peerId)) !== true) return undefined
    return new OverlayError(
      'invitation_used',
      `The invitation that ${name} joined with was used by another machine before; ask for another one.`,
    )
  }

  #sendAwayExcess(): void {
    for (const { connection, certificate } of this.#deps.node.gate.members()) {
      const doubt = this.#doubt(certificate)
      if (doubt !== undefined) connection.abort(doubt)
    }
  }

  async #tellAll(redemptions: readonly KnownRedemption[]): Promise<void> {
    await Promise.all(this.#deps.pool.up().map(({ link }) => this.#tell(link, redemptions)))
  }

  /** Tells another relay of these uses. Never rejects: a relay that was not reached hears of them when its link is up again. */
  async #tell(link: Link, redemptions: readonly KnownRedemption[]): Promise<void> {
    const late = AbortSignal.timeout(tellMs)
    for (let at = 0; at < redemptions.length; at += maxPerMessage) {
      await link.redeemed(redemptions.slice(at, at + maxPerMessage).map(onWire), late).catch(() => {})
    }
  }

  async #save(): Promise<void> {
    await this.#memory.save(this.#known.all().map(onWire)).catch((error) => this.emit('warning', error))
  }

  #sweepLater(): void {
    this.#cancelSweep = this.#deps.clock.after(sweepEveryMs, () => {
      if (this.#known.sweep(this.#deps.clock.now())) void this.#save()
      this.#sweepLater()
    })
  }
}

/** Names what is used of a link. */
interface Link {
  redeemed(redemptions: Redemption[], signal?: AbortSignal): Promise<void>
}

const nothing = new Uint8Array(0)

function onWire({ delegation, signed }: KnownRedemption): Redemption {
  return { delegation: delegation.envelope, ...signed }
}

function refusal(error: unknown): JoinResponse {
  const { code, message } = asOverlayError(error, 'internal', 'The invitation could not be looked at')
  const status = joinStatusOf(code)
  return {
    status,
    reason: truncateUtf8(message, maxReasonBytes),
    receipt: nothing,
    witness: nothing,
    document: nothing,
  }
}
