import { EventEmitter } from 'node:events'
import type { Connection } from '@libp2p/interface'
import type { Clock } from '../../core/clock.js'
import { isOverlayError, OverlayError } from '../../core/errors.js'
import { bindingName } from '../../directory/standing.js'
import type { XorDigest } from '../../directory/xor-digest.js'
import type { VerifiedCertificate } from '../../identity/certificate.js'
import type { Withdrawal } from '../../identity/permission.js'
import { openTerminator } from '../../identity/terminator.js'
import type { MessageIo } from '../../net/message-io.js'
import type { Trust } from '../../net/trust.js'
import { Remembered } from '../../session/remembered.js'
import { directoryStatusOf } from '../../wire/directory-status.js'
import { type BindRequest, type ClaimStatus, RelayMessage } from '../../wire/messages/directory.js'
import type { Entry } from '../table/entry.js'
import type { DirectoryStore } from '../table/store.js'

/** Limits the bindings one link may hold; a host process that multiplexes thousands of instances is welcome. */
const maxBindingsPerLink = 100_000

/**
 * Limits how often a place may go to another process: after that, whoever has it keeps it. The count is forgotten when nobody tried
 * for `memoryMs`.
 */
const maxTakeovers = 3
const takeoverMemory = { memoryMs: 10 * 60_000, maxEntries: 10_000, maxPerOwner: 256 }

/** Names the parts of a link that matter for binding. */
export interface BindingLink {
  connection: Connection
  /** Names the process at its other end, once it has bound something. */
  processId: number | undefined
  certificate: VerifiedCertificate
  io: MessageIo
  /** By service and instance id. */
  bindings: Map<string, Entry>
  /** Counts the terminators that the node believes to stand here. */
  claimed: number
  /** Says whether its process answers splice offers. */
  splices: boolean
  /** Digests all that stands on the link; the node keeps the same digest. */
  standing: XorDigest
}

interface BindingsParts {
  trust: Trust
  store: DirectoryStore
  clock: Clock
  /** Throws when the member behind a link may bind nothing further. */
  admit?(link: BindingLink): void
}

interface BindingsEvents {
  bound: [Entry]
  left: [Entry, string]
  warning: [unknown]
}

/** Keeps the terminators that stand on links to this relay: each on one link, and gone with it. */
export class Bindings extends EventEmitter<BindingsEvents> {
  /** By binding and host. */
  readonly #holders = new Map<string, BindingLink>()
  /** End what is held with the permissions for each. */
  readonly #releases = new WeakMap<Entry, () => void>()
  /** Counts how often places went from one process of a host to another lately. */
  readonly #takeovers = new Remembered<number>(takeoverMemory)
  readonly #trust: Trust
  readonly #store: DirectoryStore
  readonly #clock: Clock
  readonly #admit: (link: BindingLink) => void

  constructor({ trust, store, clock, admit = () => {} }: BindingsParts) {
    super()
    this.#admit = admit
    this.#trust = trust
    this.#store = store
    this.#clock = clock
  }

  /**
   * Takes a terminator in, or what a host newly says of one. Resolves with how often its place went from one process of the host to
   * another lately, when it did so this time. Throws `protocol_error`, `not_permitted`, `unknown_service`, `certificate_*`, and
   * `replaced` to a process that is one too many.
   */
  async bind(link: BindingLink, request: BindRequest): Promise<number | undefined> {
    if (request.terminator === undefined) throw new OverlayError('protocol_error', 'The terminator is missing.')
    const { networkId } = this.#trust.network
    const record = await openTerminator(request.terminator.terminator, { networkId })
    if (record.hostPeerId !== link.certificate.peerId || record.relayPeerId !== this.#trust.own.peerId) {
      throw new OverlayError('protocol_error', 'The terminator was signed for another host or relay.')
    }
    const { service, instanceId } = record
    const use = { service, instanceId, host: link.certificate }
    this.#trust.permissions.check(use)
    const key = bindingName(record)
    const held = link.bindings.get(key)
    if (held === undefined && link.bindings.size >= maxBindingsPerLink) {
      throw new OverlayError('not_permitted', `More than ${maxBindingsPerLink} bindings on one link.`)
    }
    if (held === undefined) this.#admit(link)
    link.processId = record.processId
    const takeovers = held === undefined ? this.#replaceElsewhere(link, record) : undefined
    const entry: Entry = {
      record,
      identityName: link.certificate.name,
      signed: { terminator: request.terminator.terminator, certificate: link.certificate.envelope },
      busy: request.busy,
      down: request.down,
      sinceMs: this.#clock.now(),
    }
    if (!this.#store.put(entry)) throw new OverlayError('protocol_error', 'A newer terminator is held already.')
    const release = held && this.#releases.get(held)
    this.#releases.set(entry, release ?? this.#trust.permissions.hold(use, (why) => this.#onPermission(link, key, why)))
    link.bindings.set(key, entry)
    link.splices = request.splices
    if (held === undefined) link.standing.toggle(key)
    this.#holders.set(holderKey(record), link)
    if (held === undefined) this.emit('bound', entry)
    return takeovers
  }

  /** Returns the link on which a host holds an instance; undefined when it does not, or only another of its processes does. */
  holder(binding: {
    service: string
    instanceId: string
    hostPeerId: string
    processId: number
  }): BindingLink | undefined {
    const link = this.#holders.get(holderKey(binding))
    const processId = link?.bindings.get(bindingName(binding))?.record.processId
    return binding.processId === 0 || binding.processId === processId ? link : undefined
  }

  /** Removes the binding that the host names; does nothing when it is not there. */
  unbind(link: BindingLink, binding: { service: string; instanceId: string }): void {
    const entry = link.bindings.get(bindingName(binding))
    if (entry !== undefined) this.#drop(link, entry, 'unbound')
  }

  /** Removes all that stands on a link that is over. */
  dropAll(link: BindingLink, reason: string): void {
    for (const entry of link.bindings.values()) this.#drop(link, entry, reason)
  }

  #onPermission(link: BindingLink, key: string, withdrawal: Withdrawal | undefined): void {
    const entry = link.bindings.get(key)
    if (entry !== undefined && withdrawal !== undefined) this.#takeAway(link, entry, withdrawal)
  }

  /**
   * Gives the place to the newest process of an identity, so that a host that lost its network comes back without waiting.
   * Processes that keep throwing each other out are machines with a copy of one identity: then whoever has the place keeps it.
   */
  #replaceElsewhere(link: BindingLink, record: Entry['record']): number | undefined {
    const other = this.#holders.get(holderKey(record))
    const entry = other?.bindings.get(bindingName(record))
    if (other === undefined || other === link || entry === undefined) return undefined
    const isRival = entry.record.processId !== record.processId
    const takeovers = isRival ? this.#countTakeover(record) : undefined
    const { service, instanceId } = record
    this.#drop(other, entry, 'replaced by another process of the same identity')
    this.#tell(other, { requestId: 0, replaced: { service, instanceId, ...(takeovers ? { takeovers } : {}) } })
    return takeovers
  }

  #countTakeover(record: Entry['record']): number {
    const nowMs = this.#clock.monotonic()
    const place = bindingName(record)
    const before = this.#takeovers.get(record.hostPeerId, place, nowMs) ?? 0
    this.#takeovers.set(record.hostPeerId, place, Math.min(before + 1, maxTakeovers), nowMs)
    if (before < maxTakeovers) return before + 1
    throw new OverlayError(
      'replaced',
      `Another process of this identity holds '${record.instanceId}' on '${record.service}', after ${before} changes to and fro.`,
      { takeovers: before },
    )
  }

  /** Removes what stands on a link that stays up, and says so: the host has no other way to know. */
  #takeAway(link: BindingLink, entry: Entry, { code, text }: Withdrawal): void {
    this.#drop(link, entry, text)
    const { service, instanceId } = entry.record
    const dropped = { service, instanceId, status: directoryStatusOf(code), reason: `The relay dropped it: ${text}` }
    this.#tell(link, { requestId: 0, dropped })
  }

  #tell(link: BindingLink, message: RelayMessage): void {
    link.io
      .write(RelayMessage.encode(message))
      .catch((error) => isOverlayError(error, 'closed') || this.emit('warning', error))
  }

  #drop(link: BindingLink, entry: Entry, reason: string): void {
    this.#releases.get(entry)?.()
    const key = bindingName(entry.record)
    if (link.bindings.delete(key)) link.standing.toggle(key)
    if (this.#holders.get(holderKey(entry.record)) === link) this.#holders.delete(holderKey(entry.record))
    this.#store.remove(entry.record, this.#clock.now())
    this.emit('left', entry, reason)
  }
}

/** Returns the hosts that claim more or fewer terminators than stand on their link. */
export function claimsOf(links: Iterable<BindingLink>): ClaimStatus[] {
  const claims: ClaimStatus[] = []
  for (const { claimed, bindings, certificate } of links) {
    if (claimed === bindings.size) continue
    claims.push({ name: certificate.name, peerId: certificate.peerId, claimed, held: bindings.size })
  }
  return claims
}

const holderKey = (record: { service: string; instanceId: string; hostPeerId: string }) =>
  `${record.service}\0${record.instanceId}\0${record.hostPeerId}`
