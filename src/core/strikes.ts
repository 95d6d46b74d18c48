/**
 * Counts how often in a row somebody who should have been heard was not. The second time counts: the first may fall into a moment in
 * which this process stood still, and what waits to be read is read before the second.
 */
export class Strikes {
  #inARow = 0

  /** Forgets the strikes: a sign of life came. */
  heard(): void {
    this.#inARow = 0
  }

  /** Adds a strike; returns true from the second one in a row on. */
  missed(): boolean {
    return ++this.#inARow >= 2
  }
}
