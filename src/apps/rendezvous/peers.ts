/**
 * Keeps who is in the chat, and over which of a peer's streams we speak. Two nodes that find each other at the same moment hold two
 * streams. Everybody reads both, so a line that was sent on both would be shown twice: we speak on the oldest one that lives, and
 * change only when it ends. That is all the de-duplication there is; comparing texts would swallow what somebody says twice, and
 * go's program does send its lines over one stream or the other by turns.
 */
export class Peers<Stream extends { readonly peerId: string }> {
  readonly #streams = new Map<string, Stream[]>()

  /** Adds a stream; returns true when this makes the peer a new one in the chat. */
  add(stream: Stream): boolean {
    const streams = this.#streams.get(stream.peerId)
    if (streams === undefined) this.#streams.set(stream.peerId, [stream])
    else streams.push(stream)
    return streams === undefined
  }

  /** Removes a stream; returns true when that was the peer's last stream. Removing it again does nothing. */
  remove(stream: Stream): boolean {
    const streams = this.#streams.get(stream.peerId)
    const index = streams?.indexOf(stream) ?? -1
    if (streams === undefined || index < 0) return false
    streams.splice(index, 1)
    return streams.length === 0 && this.#streams.delete(stream.peerId)
  }

  has(peerId: string): boolean {
    return this.#streams.has(peerId)
  }

  /** Returns the peer ids, in the order in which they came. */
  ids(): string[] {
    return [...this.#streams.keys()]
  }

  /** Returns one stream per peer: what is said goes there. */
  voices(): Stream[] {
    return [...this.#streams.values()].flatMap((streams) => streams.slice(0, 1))
  }

  all(): Stream[] {
    return [...this.#streams.values()].flat()
  }
}
