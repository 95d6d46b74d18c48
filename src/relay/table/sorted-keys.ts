/** Keys per chunk at which a chunk is cut in two. */
const maxChunk = 512

/**
 * A set of strings in code-unit order. Adding, removing and reading a page cost the same at a hundred keys and at a million:
 * keys live in chunks of at most 512, found by binary search.
 */
export class SortedKeys {
  #chunks: string[][] = []
  #count = 0

  get size(): number {
    return this.#count
  }

  /** Adds a key; returns false when it was there already. */
  add(key: string): boolean {
    if (this.#chunks.length === 0) {
      this.#chunks.push([key])
      this.#count = 1
      return true
    }
    const at = Math.max(0, this.#chunkOf(key))
    const chunk = this.#chunks[at]!
    const index = lowerBound(chunk, key)
    if (chunk[index] === key) return false
    chunk.splice(index, 0, key)
    this.#count++
    if (chunk.length > maxChunk) this.#chunks.splice(at + 1, 0, chunk.splice(maxChunk >> 1))
    return true
  }

  /** Removes a key; returns false when it was not there. */
  delete(key: string): boolean {
    const at = this.#chunkOf(key)
    if (at < 0) return false
    const chunk = this.#chunks[at]!
    const index = lowerBound(chunk, key)
    if (chunk[index] !== key) return false
    chunk.splice(index, 1)
    this.#count--
    if (chunk.length === 0) this.#chunks.splice(at, 1)
    return true
  }

  /** Returns up to `limit` keys that come after `cursor`; from the start when it is undefined. The cursor need not be a member. */
  after(cursor: string | undefined, limit: number): string[] {
    const page: string[] = []
    let at = cursor === undefined ? 0 : Math.max(0, this.#chunkOf(cursor))
    let index = 0
    if (cursor !== undefined) {
      const chunk = this.#chunks[at]
      if (chunk !== undefined) index = lowerBound(chunk, cursor)
      if (chunk?.[index] === cursor) index++
    }
    while (page.length < limit && at < this.#chunks.length) {
      const chunk = this.#chunks[at]!
      while (index < chunk.length && page.length < limit) page.push(chunk[index++]!)
      at++
      index = 0
    }
    return page
  }

  /** Returns the index of the last chunk whose first key is not after `key`; -1 when there is none. */
  #chunkOf(key: string): number {
    let low = 0
    let high = this.#chunks.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#chunks[middle]![0]! <= key) low = middle + 1
      else high = middle
    }
    return low - 1
  }
}

/** Returns the index of the first element that is not before `key`. */
function lowerBound(sorted: readonly string[], key: string): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! < key) low = middle + 1
    else high = middle
  }
  return low
}
