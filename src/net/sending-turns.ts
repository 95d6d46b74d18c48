/** A connection that streams share: its list of streams is the order in which they are asked whenever it has room again. */
export interface SharedConnection<Stream> {
  readonly streams: Stream[]
  readonly maConn: { readonly writableNeedsDrain: boolean }
}

/**
 * Takes turns between the streams of one connection. Whenever it is full, they are put in the order in which they last sent
 * something, whether they stopped because it was full or because their window was used up; who never did comes first.
 */
export class SendingTurns<Stream extends object> {
  readonly #connection: SharedConnection<Stream>
  /** Weak, as a connection that is never full may carry streams without number. */
  readonly #lastSent = new WeakMap<Stream, number>()
  #sends = 0
  #isOrdering = false

  constructor(connection: SharedConnection<Stream>) {
    this.#connection = connection
  }

  get isFull(): boolean {
    return this.#connection.maConn.writableNeedsDrain
  }

  /** Takes note that a stream has sent something; the last one to do so is asked last. */
  sent(stream: Stream): void {
    this.#lastSent.set(stream, ++this.#sends)
    if (!this.isFull || this.#isOrdering) return
    this.#isOrdering = true
    // Later, as the list may be being walked through.
    queueMicrotask(() => {
      this.#isOrdering = false
      this.#connection.streams.sort((one, other) => this.#sentAt(one) - this.#sentAt(other))
    })
  }

  #sentAt(stream: Stream): number {
    return this.#lastSent.get(stream) ?? 0
  }
}
