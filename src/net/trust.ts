import { EventEmitter } from 'node:events'
import { BoundedMap } from '../core/bounded-map.js'
import { equalBytes } from '../core/bytes.js'
import type { Clock } from '../core/clock.js'
import { OverlayError } from '../core/errors.js'
import { Writing } from '../core/writing.js'
import { openCertificate, readCertificate, type VerifiedCertificate } from '../identity/certificate.js'
import { HeldDocuments } from '../identity/held-documents.js'
import { type Identity, saveCertificate, saveDocuments } from '../identity/identity-file.js'
import { type NetworkView, openNetworkDocument } from '../identity/network-document.js'
import { isRevoked } from '../identity/revocation.js'
import { Permissions } from './permissions.js'

interface TrustEvents {
  /** Called when what counts has changed: the view that counts now, and the document that brought the change, to hand on. */
  network: [NetworkView, NetworkView]
  /** Called when the own certificate is another one, and with whether it is in the identity's file as well. */
  renewed: [VerifiedCertificate, boolean]
  /** Called when a document could not be kept on disk, or the authority has signed two that contradict each other. */
  warning: [unknown]
}

/** Returns the newer certificate that waits for the owner of one, or is made for it. */
type NewerThan = (
  certificate: VerifiedCertificate,
) => VerifiedCertificate | undefined | Promise<VerifiedCertificate | undefined>

/**
 * Keeps what this node believes: its own certificate, and the network documents it goes by. These are the newest it has seen, and
 * the revocations of others that its authority signed beside that one.
 */
export class Trust extends EventEmitter<TrustEvents> {
  readonly #clock: Clock

  #own: VerifiedCertificate
  /** Decides who may do what by it. */
  readonly permissions: Permissions
  #documents: HeldDocuments
  /** When the newest certificate was issued that has been put into the file; ms since 1970. */
  #renewedMs = 0
  /** Holds our certificate while it is used but not in the file. */
  #unsaved: VerifiedCertificate | undefined
  readonly #certificateFile: Writing
  readonly #documentFile: Writing
  #newerThan: NewerThan = () => undefined
  /** Remembers documents of which was said that they contradict the authority's line of keys. */
  readonly #refused = new BoundedMap<string, true>(64)
  readonly #doubts: Array<(certificate: VerifiedCertificate) => OverlayError | undefined> = []

  constructor(
    readonly identity: Identity,
    clock: Clock,
  ) {
    super()
    this.#clock = clock

    if (identity.certificate === undefined || identity.network === undefined) {
      throw new OverlayError(
        'identity_kind',
        `The identity '${identity.name}' has no certificate or network document; an authority is no node.`,
      )
    }
    this.#own = identity.certificate
    this.#documents = identity.documents ?? new HeldDocuments(identity.network)
    this.permissions = new Permissions(() => this.network, clock)
    this.#documentFile = new Writing(clock, () => saveDocuments(identity, this.#documents))
    this.#certificateFile = new Writing(clock, async () => {
      // One that somebody has put into the file meanwhile is in use, and newer.
      const unsaved = this.#unsaved
      if (unsaved !== undefined && unsaved.issuedAtMs >= this.own.issuedAtMs) await saveCertificate(identity, unsaved)
      if (this.#unsaved === unsaved) this.#unsaved = undefined
    })
  }

  /** Ends what is tried again: what could not be written until now, is not. */
  stop(): void {
    this.#documentFile.stop()
    this.#certificateFile.stop()
  }

  get own(): VerifiedCertificate {
    return this.#own
  }

  get network(): NetworkView {
    return this.#documents.view
  }

  /** Returns all documents that count, as they were signed: the newest first. */
  get held(): readonly NetworkView[] {
    return [this.#documents.current, ...this.#documents.aside]
  }

  /** Returns the documents beside the newest that others have to hear of as well. */
  get aside(): readonly NetworkView[] {
    return this.#documents.aside
  }

  /** Returns the documents that contradict the newest one; see {@link forkedError}. */
  get forks(): readonly NetworkView[] {
    return this.#documents.forks
  }

  /** Checks a certificate shown on a connection whose authenticated remote peer id is `peerId`. Throws `certificate_*`. */
  async verify(envelope: Uint8Array, peerId: string): Promise<VerifiedCertificate> {
    const certificate = await openCertificate(envelope, {
      networkId: this.own.networkId,
      peerId,
      nowMs: this.#clock.now(),
      revocations: this.network,
    })
    for (const doubt of this.#doubts) {
      const error = doubt(certificate)
      if (error !== undefined) throw error
    }
    return certificate
  }

  /** Sets where newer certificates of others wait; hello hands them to a member that is refused with an older one. */
  offerRenewals(newerThan: NewerThan): void {
    this.#newerThan = newerThan
  }

  /**
   * Returns the certificate that waits for the owner of this one, when it is good; this one need not be. Throws
   * `certificate_invalid`.
   */
  async renewalFor(envelope: Uint8Array): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const renewal = await this.#newerThan(await readCertificate(envelope, this.own.networkId))
    const isGood = renewal && this.permissions.withdrawalOf({ member: renewal }) === undefined
    return isGood ? renewal.envelope : undefined
  }

  /**
   * Does the same as {@link keepRenewal} for a certificate that comes with a refusal: when it is no good, a warning says so, and
   * the refusal counts.
   */
  async takeRenewal(envelope: Uint8Array): Promise<void> {
    try {
      await this.keepRenewal(envelope)
    } catch (error) {
      this.emit('warning', error)
    }
  }

  /** Adds a reason to refuse a certificate that checks out by itself; each is asked at every hello. */
  addDoubt(doubt: (certificate: VerifiedCertificate) => OverlayError | undefined): void {
    this.#doubts.push(doubt)
  }

  /**
   * Takes over a newer certificate of this node's own, as relays hand it on, and keeps it in the identity's file. One that is not
   * newer is passed over. Throws `certificate_*` for one that is not for this node, or not good. One that can't be written is used
   * all the same, and written later.
   */
  async keepRenewal(envelope: Uint8Array): Promise<boolean> {
    const certificate = await this.verify(envelope, this.own.peerId)
    if (certificate.name !== this.own.name) {
      throw new OverlayError('certificate_invalid', `A renewal is for ${certificate.name}, not for ${this.own.name}.`)
    }
    const isNewer = certificate.issuedAtMs > Math.max(this.own.issuedAtMs, this.#renewedMs)
    const isUnsaved = this.#unsaved && equalBytes(this.#unsaved.envelope, certificate.envelope)
    if (!isNewer && !isUnsaved) return false
    this.#renewedMs = Math.max(this.#renewedMs, certificate.issuedAtMs)
    this.#unsaved = certificate
    // A disk that is full today is no reason to be expired tomorrow; relays hand it out again, too.
    await this.#certificateFile.now().catch((error) => this.emit('warning', error))
    return this.renew(certificate, this.#unsaved === undefined)
  }

  /**
   * Takes a newer certificate of its own over, as from an identity file that has changed; what is done with the older one goes on.
   * Returns whether it is newer. Throws `certificate_invalid` for one of another key, name or network.
   */
  renew(certificate: VerifiedCertificate, inFile = true): boolean {
    const { name, peerId, networkId, issuedAtMs } = this.#own
    if (certificate.peerId !== peerId || certificate.name !== name || certificate.networkId !== networkId) {
      throw new OverlayError(
        'certificate_invalid',
        `The certificate for ${certificate.name} is of another key, name or network than that of ${name}, which runs; restart it.`,
      )
    }
    if (certificate.issuedAtMs <= issuedAtMs) return false
    this.#own = certificate
    this.emit('renewed', certificate, inFile)
    this.permissions.learn(certificate)
    return true
  }

  /** Returns the document that revokes this certificate; the newest one when none does. Throws `certificate_invalid`. */
  async proofAgainst(envelope: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    const certificate = await readCertificate(envelope, this.own.networkId)
    const { current, aside } = this.#documents
    return ([current, ...aside].find((document) => isRevoked(document, certificate)) ?? current).envelope
  }

  /**
   * Takes in a network document: it never goes back to an older one, and never forgets a revocation. Returns whether anything
   * changed. Throws `certificate_*` for a forged one.
   */
  async adopt(envelope: Uint8Array): Promise<boolean> {
    const document = await openNetworkDocument(envelope, { networkId: this.own.networkId })
    const before = this.#documents
    const { held, news } = before.join(document)
    if (news === 'refused') this.#sayRefused(document)
    if (news === 'nothing' || news === 'refused') return false
    this.#documents = held
    // Nothing waits for the disk: one that hangs must not keep a revocation from being heeded.
    const saved = this.#documentFile.now().catch((error) => this.emit('warning', error))
    // What is there is brought in line with the document, and passes it on, before what it forbids ends.
    this.emit('network', held.view, document)
    this.permissions.recheck()
    const known = new Set(before.forks.map(({ digest }) => digest))
    for (const other of held.forks) {
      if (!known.has(other.digest)) this.emit('warning', forkedError(held.current, other))
    }
    await saved
    return true
  }

  #sayRefused({ digest, revision }: NetworkView): void {
    if (this.#refused.get(digest)) return
    this.#refused.set(digest, true)
    this.emit(
      'warning',
      new OverlayError(
        'network_forked',
        `Network document ${revision} (${digest.slice(0, 8)}) is signed by, or names, another key of the authority than the one ` +
          'that was named to follow; it is not gone by. Has a key leaked? See docs/operate.md.',
      ),
    )
  }
}

/**
 * Returns what a person has to know and do when the authority signed `other` as if there were no `current`, or the other way round.
 */
export function forkedError(
  current: Pick<NetworkView, 'revision' | 'digest'>,
  other: Pick<NetworkView, 'revision' | 'digest'>,
): OverlayError {
  const name = ({ revision, digest }: Pick<NetworkView, 'revision' | 'digest'>) => `${revision} (${digest.slice(0, 8)})`
  return new OverlayError(
    'network_forked',
    `The authority signed two network documents that know nothing of each other, revisions ${name(other)} and ${name(current)}, ` +
      'perhaps as it was restored from a backup: the second counts, and all revocations of both; type ' +
      '`chat-p2p network adopt` where the authority is.',
  )
}
