import { hash } from 'node:crypto'
import type { Entry } from './entry.js'

const digestBytes = 8

/**
 * What one relay owns in one partition, with a digest that does not depend on the order: the exclusive or of the first 8 bytes
 * of sha256(`instanceId \0 hostPeerId \0 sequence`). It is kept up with each change, so that asking for it costs nothing.
 * Owner and home agree when it and the count do.
 */
export class OwnedEntries {
  private readonly entries = new Set<Entry>()
  private readonly xor = new Uint8Array(digestBytes)

  get size(): number {
    return this.entries.size
  }

  /** A copy. */
  get digest(): Uint8Array<ArrayBuffer> {
    return this.xor.slice()
  }

  add(entry: Entry): void {
    this.entries.add(entry)
    this.toggle(entry)
  }

  delete(entry: Entry): void {
    if (this.entries.delete(entry)) this.toggle(entry)
  }

  values(): Iterable<Entry> {
    return this.entries
  }

  private toggle({ record }: Entry): void {
    const digest = hash('sha256', `${record.instanceId}\0${record.hostPeerId}\0${record.sequence}`, 'buffer')
    for (let index = 0; index < digestBytes; index++) this.xor[index]! ^= digest[index]!
  }
}
