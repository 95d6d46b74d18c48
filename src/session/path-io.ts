import type { Clock } from '../core/clock.js'
import { OverlayError } from '../core/errors.js'
import { pathAttemptTimeoutMs } from '../core/limits.js'
import { FrameBatch } from '../wire/frame-batch.js'
import type { Frame } from '../wire/frames.js'
import type { FrameChannel } from './frame-channel.js'

/** A batch is sent when it has this many bytes; one DATA frame and the small ones before it still fit one noise message. */
const batchBytes = 4 * 1024

/** Made once: most paths end so, and where that happened says nothing. */
const notNeeded = new OverlayError('closed', 'The session does not need this path any more.')

/** The session's end of one path: what comes goes to its functions as it is. */
export interface PathEnd {
  readonly heard: () => void
  /** What carries the path is alive, though nothing came on the path itself. */
  readonly alive?: () => void
  readonly frame: (frame: Frame) => void
  readonly settled: () => void
  /** What goes on the path next. */
  readonly next: () => Frame | undefined
  readonly closed: (error?: OverlayError, inOrder?: boolean) => void
}

/**
 * Joins a channel to a session: reads at once, always, whatever the session does with it, and puts on the path what the
 * session has for it while the stream takes it.
 */
export class PathIo {
  readonly #channel: FrameChannel
  readonly #end: PathEnd
  readonly #batch = new FrameBatch()

  constructor(channel: FrameChannel, end: PathEnd) {
    this.#channel = channel
    this.#end = end
  }

  start(): void {
    const { heard, alive, frame, settled, closed } = this.#end
    this.#channel.open({ heard, alive, frame, settled, closed, drained: () => this.flush() })
  }

  /** Sends what there is. Small frames go out together, a big one at once. */
  flush(): void {
    const batch = this.#batch
    while (this.#channel.writable) {
      const frame = this.#end.next()
      if (frame !== undefined) batch.add(frame)
      if (batch.byteLength === 0) return
      if (frame === undefined || batch.byteLength >= batchBytes) this.#channel.send(batch.take())
    }
  }

  /** Gives the channel away; the session hears no more of it. */
  release(): FrameChannel {
    this.#channel.release()
    return this.#channel
  }

  /** Closes the stream in good order; the session hears no more of it. */
  end(clock: Clock): void {
    this.#channel.end(clock, pathAttemptTimeoutMs)
  }

  /** Resets the stream; the session hears no more of it. */
  stop(): void {
    this.#channel.abort(notNeeded)
  }
}
