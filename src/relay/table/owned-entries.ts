import { XorDigest } from '../../directory/xor-digest.js'
import type { Entry } from './entry.js'

/**
 * Keeps what one relay owns in one partition, with a digest of `instanceId \0 hostPeerId \0 sequence` of each. Owner and home hold
 * the same when count and digest are the same.
 */
export class OwnedEntries {
  readonly #entries = new Set<Entry>()
  readonly #xor = new XorDigest()

  get size(): number {
    return this.#entries.size
  }

  get digest(): Uint8Array<ArrayBuffer> {
    return this.#xor.bytes
  }

  add(entry: Entry): void {
    this.#entries.add(entry)
    this.#toggle(entry)
  }

  delete(entry: Entry): void {
    if (this.#entries.delete(entry)) this.#toggle(entry)
  }

  values(): Iterable<Entry> {
    return this.#entries
  }

  #toggle({ record }: Entry): void {
    this.#xor.toggle(`${record.instanceId}\0${record.hostPeerId}\0${record.sequence}`)
  }
}
