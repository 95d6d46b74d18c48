import type { Socket } from 'node:net'
import { maxIdleSpliceMs } from '../../core/limits.js'

/**
 * Joins two paused sockets byte for byte, both ways, with backpressure and half close. When one breaks or has been silent for too long both
 * end. Resolves when both are gone, with the bytes that went through.
 */
export function joinSockets(a: Socket, b: Socket): Promise<number> {
  const ends = [a, b].map(
    (socket) =>
      new Promise<void>((resolve) => {
        if (socket.closed) resolve()
        else socket.once('close', () => resolve())
      }),
  )
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    // libp2p's server makes them without: the end of one half would end the other.
    from.allowHalfOpen = true
    from.setNoDelay(true)
    // Both ends ping each other every few seconds.
    from.setTimeout(maxIdleSpliceMs, () => from.destroy())
    from.once('close', () => {
      if (!(from.readableEnded && from.writableFinished)) to.destroy()
    })
    from.pipe(to)
  }
  if (a.destroyed) b.destroy()
  if (b.destroyed) a.destroy()
  return Promise.all(ends).then(() => a.bytesRead + b.bytesRead)
}
