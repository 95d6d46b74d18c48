import type { Readable, Writable } from 'node:stream'
import { type Clock, systemClock } from '../../core/clock.js'
import { asOverlayError, OverlayError } from '../../core/errors.js'
import { whenAborted } from '../../core/waiting.js'
import type { Connection, Context } from '../../sdk/index.js'
import { describeFailure } from './carried.js'
import { forwardGrace } from './grace.js'
import { flushed, join, NearError } from './join.js'
import { untilServiceKnown } from './known-service.js'

/** Says how long the input must be quiet, after the other side's end, to count as ended; ms, the default of socat's -t. */
const quietMs = 500
/** Says how long a connection that was asked to leave waits for the end of the other side; ms. */
const leaveMs = 2_000

export interface StdioOptions {
  input: Readable
  output: Writable
  /** Asks to end in order: what the input holds is still sent. */
  leave: AbortSignal
  onConnected?: (connection: Connection) => void
  /** How long the connection outlives the loss of all its paths, ms; default: the service's, else 5 minutes. */
  sessionGrace?: number
  /** Default: the machine's. */
  clock?: Clock
}

/**
 * Joins input and output, as they come from pipes or a terminal, to one connection. Resolves when both directions have ended and
 * the output has everything; rejects with what `Context.dial` rejects with, or with what broke the session. A reader of our output
 * may stop early: that counts as an end in order. Input and output are no longer used afterwards; the context stays the caller's.
 */
export async function runStdio(
  context: Context,
  service: string,
  instanceId: string,
  { input, output, leave, onConnected, sessionGrace, clock = systemClock }: StdioOptions,
): Promise<void> {
  await untilServiceKnown(context, service, leave)
  const grace = forwardGrace(context, service, sessionGrace)
  const connection = await context.dial(service, { instanceId, signal: leave, sessionGrace: grace })
  onConnected?.(connection)
  const enough = new AbortController()
  let cancelQuiet: (() => void) | undefined
  let cancelLeave = () => {}
  const waitForQuiet = () => {
    cancelQuiet?.()
    cancelQuiet = clock.after(quietMs, () => enough.abort())
  }
  const untilQuiet = () => {
    if (cancelQuiet === undefined) input.on('data', waitForQuiet)
    waitForQuiet()
  }
  const onLeave = () => {
    untilQuiet()
    cancelLeave = clock.after(leaveMs, () => connection.abort('told to leave'))
  }
  const forget = whenAborted(leave, onLeave)
  const near = { input, output, finish: () => flushed(output), reset: () => void input.destroy() }
  const error = await join(connection, near, { enough: enough.signal, onFarEnd: untilQuiet })
  forget()
  input.off('data', waitForQuiet)
  cancelQuiet?.()
  cancelLeave()
  // Else a terminal, or a pipe that stays open, would keep the process.
  input.destroy()
  if (error === undefined || leave.aborted || (error instanceof NearError && error.code === 'EPIPE')) return
  const { code } = asOverlayError(error, 'aborted', 'local')
  throw new OverlayError(code, `The connection to '${instanceId}' broke off: ${describeFailure(error)}`, {
    cause: error,
  })
}
