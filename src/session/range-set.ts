/** Half open: `from` belongs to it, `to` does not. */
export interface Range {
  from: number
  to: number
}

/** A set of offsets kept as few, sorted, separate ranges. Every operation is linear in their number, which stays small. */
export class RangeSet {
  #ranges: Range[] = []

  get isEmpty(): boolean {
    return this.#ranges.length === 0
  }

  get first(): Range | undefined {
    return this.#ranges[0]
  }

  /** Offsets in the set. */
  get size(): number {
    return this.#ranges.reduce((sum, { from, to }) => sum + to - from, 0)
  }

  [Symbol.iterator](): Iterator<Range> {
    return this.#ranges.values()
  }

  has(offset: number): boolean {
    return this.#ranges.some(({ from, to }) => from <= offset && offset < to)
  }

  add(from: number, to: number): void {
    if (from >= to) return
    const last = this.#ranges.at(-1)
    if (last === undefined || last.to < from) {
      this.#ranges.push({ from, to })
      return
    }
    if (last.from <= from) {
      last.to = Math.max(last.to, to)
      return
    }
    const kept: Range[] = []
    for (const range of this.#ranges) {
      if (range.to < from || to < range.from) kept.push(range)
      else {
        from = Math.min(from, range.from)
        to = Math.max(to, range.to)
      }
    }
    kept.push({ from, to })
    this.#ranges = kept.sort((a, b) => a.from - b.from)
  }

  remove(from: number, to: number): void {
    if (from >= to || this.#ranges.length === 0) return
    const kept: Range[] = []
    for (const range of this.#ranges) {
      if (range.from < from) kept.push({ from: range.from, to: Math.min(range.to, from) })
      if (to < range.to) kept.push({ from: Math.max(range.from, to), to: range.to })
    }
    this.#ranges = kept
  }

  removeBelow(offset: number): void {
    const first = this.#ranges[0]
    if (first === undefined || first.from >= offset) return
    if (first.to > offset) first.from = offset
    else this.remove(0, offset)
  }

  clear(): void {
    this.#ranges = []
  }
}
