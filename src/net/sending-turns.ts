/** A connection that streams share: its list of streams is the order in which they are asked whenever it has room again. */
export interface SharedConnection<Stream> {
  readonly streams: Stream[]
  readonly maConn: { readonly writableNeedsDrain: boolean }
}

/**
 * Takes turns between the streams of one connection. Those that sent something since it was last full are asked after those
 * that did not, whether they stopped because it was full or because their window was used up.
 */
export class SendingTurns<Stream> {
  readonly #connection: SharedConnection<Stream>
  readonly #sent = new Set<Stream>()
  #isOrdering = false

  constructor(connection: SharedConnection<Stream>) {
    this.#connection = connection
  }

  get isFull(): boolean {
    return this.#connection.maConn.writableNeedsDrain
  }

  /** Takes note that a stream has sent something; the last one to do so is asked last. */
  sent(stream: Stream): void {
    this.#sent.delete(stream)
    this.#sent.add(stream)
    if (!this.isFull || this.#isOrdering) return
    this.#isOrdering = true
    // Later, as the list may be being walked through.
    queueMicrotask(() => this.#order())
  }

  #order(): void {
    const { streams } = this.#connection
    const present = new Set(streams)
    const waiting = streams.filter((stream) => !this.#sent.has(stream))
    const order = [...waiting, ...[...this.#sent].filter((stream) => present.has(stream))]
    for (const [index, stream] of order.entries()) streams[index] = stream
    this.#sent.clear()
    this.#isOrdering = false
  }
}
