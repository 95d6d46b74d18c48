import { equalBytes } from '../../core/bytes.js'
import { OverlayError } from '../../core/errors.js'
import { parsePartitionKey, partitionKey } from '../../directory/partition.js'
import { peekTerminator } from '../../identity/terminator.js'
import type { FeedUpdate, FeedPart as WirePart } from '../../wire/messages/directory.js'
import type { Entry } from '../table/entry.js'
import type { FeedMessage, FeedPart } from './outgoing-feed.js'

/** Encodes a message of an owner. Each certificate goes once: a host with hundreds of instances has one for all of them. */
export function encodeFeed({ parts, ...head }: FeedMessage): FeedUpdate {
  const places = new Map<Uint8Array<ArrayBuffer>, number>()
  const placeOf = (certificate: Uint8Array<ArrayBuffer>) => {
    const place = places.get(certificate) ?? places.size
    places.set(certificate, place)
    return place
  }
  return { ...head, parts: parts.map((part) => encodePart(part, placeOf)), certificates: [...places.keys()] }
}

function encodePart(
  { partition, put, removed, ...rest }: FeedPart,
  placeOf: (certificate: Uint8Array<ArrayBuffer>) => number,
): WirePart {
  return {
    ...rest,
    ...parsePartitionKey(partition),
    put: put.map(({ signed, identityName, busy, down, sinceMs }) => ({
      terminator: signed.terminator,
      certificate: placeOf(signed.certificate),
      identityName,
      busy,
      down,
      sinceMs,
    })),
    removed: removed.map(({ instanceId, hostPeerId }) => ({ instanceId, hostPeerId })),
  }
}

/**
 * Reads what an owner feeds its homes. What it says is checked afterwards, by `EntryCheck`. It keeps one copy of each host's
 * certificate.
 */
export class FeedDecoder {
  readonly #ownerPeerId: string

  readonly #certificates = new Map<string, Uint8Array<ArrayBuffer>>()
  #certificateBytes = 0

  constructor(ownerPeerId: string) {
    this.#ownerPeerId = ownerPeerId
  }

  /** Decodes one message. Throws `protocol_error` or `certificate_invalid`. */
  decode({ parts, certificates, ...head }: FeedUpdate): FeedMessage {
    return { ...head, parts: parts.map((part) => this.#part(part, certificates)) }
  }

  #part(
    { service, shard, put, removed, ...rest }: WirePart,
    certificates: readonly Uint8Array<ArrayBuffer>[],
  ): FeedPart {
    return {
      ...rest,
      partition: partitionKey({ service, shard }),
      put: put.map((entry) => this.#entry(entry, certificates)),
      removed: removed.map((key) => ({ ...key, service, relayPeerId: this.#ownerPeerId })),
    }
  }

  #entry(
    { identityName, busy, down, sinceMs, ...sent }: WirePart['put'][number],
    certificates: readonly Uint8Array<ArrayBuffer>[],
  ): Entry {
    const certificate = certificates[sent.certificate]
    if (certificate === undefined) {
      throw new OverlayError('protocol_error', 'The certificate of a fed terminator is missing.')
    }
    // Copies: what was decoded is a window on the whole message, which would stay in memory with it.
    const terminator = sent.terminator.slice()
    const record = peekTerminator(terminator)
    return {
      record: { ...record, relayPeerId: this.#intern(record.relayPeerId), networkId: this.#intern(record.networkId) },
      identityName,
      signed: { terminator, certificate: this.#certificate(record.hostPeerId, certificate) },
      busy,
      down,
      sinceMs,
    }
  }

  #certificate(hostPeerId: string, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const known = this.#certificates.get(hostPeerId)
    if (known !== undefined && equalBytes(known, bytes)) return known
    const copy = bytes.slice()
    if (known !== undefined) this.#forget(hostPeerId, known)
    this.#certificates.set(hostPeerId, copy)
    this.#certificateBytes += copy.byteLength
    for (const [oldest, held] of this.#certificates) {
      if (this.#certificateBytes <= maxCertificateMemoryBytes) break
      this.#forget(oldest, held)
    }
    return copy
  }

  #forget(hostPeerId: string, certificate: Uint8Array): void {
    this.#certificates.delete(hostPeerId)
    this.#certificateBytes -= certificate.byteLength
  }

  readonly #texts = new Map<string, string>()

  /** Returns one copy of a text: the few that every terminator of an owner repeats are kept once each. */
  #intern(text: string): string {
    const known = this.#texts.get(text)
    if (known !== undefined) return known
    if (this.#texts.size < 16) this.#texts.set(text, text)
    return text
  }
}

/** Limits the memory for certificates of one owner's hosts; beyond it, each of their terminators has a copy of its own. */
const maxCertificateMemoryBytes = 8 * 1024 * 1024
