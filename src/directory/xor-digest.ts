import { hash } from 'node:crypto'
import { equalBytes } from '../core/bytes.js'

const digestBytes = 8

/**
 * A digest of a set of names that does not depend on their order: the exclusive or of the first 8 bytes of sha256 of each. It
 * is kept up with each change, so that asking for it costs nothing.
 */
export class XorDigest {
  readonly #xor = new Uint8Array(digestBytes)

  /** A copy. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#xor.slice()
  }

  /** Adds a name that is not in it, and removes one that is. */
  toggle(name: string): void {
    this.join(hash('sha256', name, 'buffer'))
  }

  /** Adds a set by its digest, when none of its names is in this one. */
  join(digest: Uint8Array): void {
    for (let index = 0; index < digestBytes; index++) this.#xor[index]! ^= digest[index]!
  }

  equals(bytes: Uint8Array): boolean {
    return equalBytes(this.#xor, bytes)
  }
}
