import type { Clock } from '../core/clock.js'
import { OverlayError } from '../core/errors.js'
import { pathAttemptTimeoutMs } from '../core/limits.js'
import type { FrameChannel } from './frame-channel.js'

/** Takes a path whose session is over for both sides, on which another may be asked for. It is the taker's to end. */
export type OnAgain = (channel: FrameChannel) => void

/** Made once: where that happened says nothing. */
const late = new OverlayError('timed_out', 'The other side did not let go of the path in time.')

/**
 * Asks the other side, as dialer, to take a path whose session is over as a fresh one. What still comes of the session is dropped; `onAgain` is
 * called when nothing of it can come any more, and not at all when the path is gone before, or takes longer than 2 s.
 */
export function askAgain(channel: FrameChannel, clock: Clock, onAgain: OnAgain): void {
  const cancel = clock.after(pathAttemptTimeoutMs, () => channel.abort(late))
  channel.open({
    frame(frame) {
      if (frame.type !== 'again') return
      cancel()
      channel.release()
      onAgain(channel)
    },
    closed: cancel,
  })
  channel.sendFrame({ type: 'again' })
}

/** Lets go of a path, as host, whose dialer asks for it: nothing of the session follows. The session has released it. */
export function letGo(channel: FrameChannel, onAgain: OnAgain): void {
  channel.sendFrame({ type: 'again' })
  onAgain(channel)
}
