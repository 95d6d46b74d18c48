export interface RememberedOptions {
  /** Entries are forgotten after this long, ms. */
  memoryMs: number
  /** Entries of all owners together; the oldest goes first. */
  maxEntries: number
  /** Entries of one owner, so that nobody can make the others' be forgotten. */
  maxPerOwner: number
}

/** A bounded memory of who had what, for a time. */
export class Remembered<T> {
  readonly #options: RememberedOptions
  /** By owner and key, oldest first. */
  readonly #entries = new Map<string, { owner: string; value: T; at: number }>()
  readonly #keys = new Map<string, Set<string>>()

  constructor(options: RememberedOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#entries.size
  }

  get(owner: string, key: string, now: number): T | undefined {
    this.#expire(now)
    return this.#entries.get(idOf(owner, key))?.value
  }

  set(owner: string, key: string, value: T, now: number): void {
    this.#expire(now)
    const id = idOf(owner, key)
    this.#delete(id)
    const keys = this.#keys.get(owner) ?? new Set()
    if (keys.size >= this.#options.maxPerOwner) this.#delete(first(keys))
    if (this.#entries.size >= this.#options.maxEntries) this.#delete(first(this.#entries.keys()))
    this.#entries.set(id, { owner, value, at: now })
    this.#keys.set(owner, keys.add(id))
  }

  #expire(now: number): void {
    for (const [id, { at }] of this.#entries) {
      if (now - at < this.#options.memoryMs) return
      this.#delete(id)
    }
  }

  #delete(id: string | undefined): void {
    const entry = id === undefined ? undefined : this.#entries.get(id)
    if (id === undefined || entry === undefined) return
    this.#entries.delete(id)
    const keys = this.#keys.get(entry.owner)
    keys?.delete(id)
    if (keys?.size === 0) this.#keys.delete(entry.owner)
  }
}

function idOf(owner: string, key: string): string {
  return `${owner} ${key}`
}

function first(items: Iterable<string>): string | undefined {
  for (const item of items) return item
  return undefined
}
