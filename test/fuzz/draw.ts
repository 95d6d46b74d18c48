import fc from 'fast-check'

/** Numbers from one seed: a few nanoseconds each, where fast-check's own take a hundred times that (mulberry32). */
export class Dice {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 0
  }

  /** A whole number from 0, below `end`. */
  below(end: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % end
  }

  /** True once in so many times. */
  once(times: number): boolean {
    return this.below(times) === 0
  }

  of<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!
  }
}

/**
 * An arbitrary that costs fast-check one number: `make` draws the rest with dice. What failed is made smaller by `smaller`, so
 * seeds and paths are as good as those of any other.
 */
export class Drawn<T> extends fc.Arbitrary<T> {
  readonly #make: (dice: Dice) => T
  readonly #smaller: (value: T) => Iterable<T>

  constructor(make: (dice: Dice) => T, smaller: (value: T) => Iterable<T>) {
    super()
    this.#make = make
    this.#smaller = smaller
  }

  generate(random: fc.Random): fc.Value<T> {
    return new fc.Value(this.#make(new Dice(random.nextInt())), undefined)
  }

  canShrinkWithoutContext(_: unknown): _ is T {
    return false
  }

  shrink(value: T): fc.Stream<fc.Value<T>> {
    const values = function* (smaller: Iterable<T>) {
      for (const each of smaller) yield new fc.Value(each, undefined)
    }
    return fc.stream(values(this.#smaller(value)))
  }
}

/** Without one part, from halves down to single elements. */
export function* without<T>(length: number, part: (from: number, to: number) => T): Iterable<T> {
  for (let size = Math.ceil(length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < length; from += size) yield part(from, Math.min(length, from + size))
  }
}
