import type { Stream } from '@libp2p/interface'

/**
 * One end of a stream in memory: what hellos need of a libp2p stream, and delivery in microtasks. libp2p's own pair takes ten
 * milliseconds of timers for a hello, and a life is a hundred thousand of them.
 */
class MemoryStream extends EventTarget {
  peer!: MemoryStream
  status = 'open'
  readStatus = 'readable'
  writeStatus = 'writable'
  readableEnded = false
  readonly readBufferLength = 0

  send(data: { subarray(): Uint8Array }): boolean {
    const bytes = data.subarray().slice()
    queueMicrotask(() => this.peer.dispatchEvent(Object.assign(new Event('message'), { data: bytes })))
    return true
  }

  async close(): Promise<void> {
    this.#end('closed')
  }

  abort(): void {
    this.#end('aborted')
  }

  #end(status: string): void {
    if (this.status !== 'open') return
    this.status = status
    this.writeStatus = 'closed'
    queueMicrotask(() => {
      this.peer.readableEnded = true
      this.peer.dispatchEvent(new Event('end'))
    })
  }
}

/** Two ends that are connected. */
export function memoryStreams(): [Stream, Stream] {
  const [a, b] = [new MemoryStream(), new MemoryStream()]
  a.peer = b
  b.peer = a
  return [a as unknown as Stream, b as unknown as Stream]
}
