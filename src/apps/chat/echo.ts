import { setMaxListeners } from 'node:events'
import { FairShares } from '../../core/fair-shares.js'
import { maxWaitingCallers } from '../../core/limits.js'
import { whenAborted } from '../../core/waiting.js'
import type { Context, IncomingDial, OverlayError } from '../../sdk/index.js'
import { Call } from './call.js'

/** Limits the calls at the same time, of which one caller gets a share; more are told that the echo is busy. */
const maxCalls = 20 * maxWaitingCallers

export interface EchoOptions {
  /** Ends the echo when it fires. */
  signal: AbortSignal
  /** Called when the first terminator stands: the echo can be called. */
  onReady?: () => void
  /** Called with the reason when the echo can't be called for the time being; with undefined when it can be again. */
  onSuspended?: (reason: OverlayError | undefined) => void
  /** Called when somebody came or left, for a log; names are not escaped. */
  onCall?: (event: { name: string; happened: 'came' | 'left' }) => void
}

/**
 * Gives people somebody to talk to: it accepts every caller on `service`, several at once, and answers each text with the same
 * text. Resolves after the signal fired and all calls ended; rejects when the service can't be offered. What keeps it from being
 * offered later on may heal: then it waits. The context stays the caller's.
 */
export async function runEcho(context: Context, service: string, options: EchoOptions): Promise<void> {
  const { signal, onReady, onCall, onSuspended } = options
  if (signal.aborted) return
  const listener = await context.listen(service, { bindUsingIdentity: true })
  const stopping = new AbortController()
  setMaxListeners(0, stopping.signal) // one for each call
  const places = new FairShares(maxCalls)
  const calls = new Map<IncomingDial, Promise<void>>()
  try {
    await new Promise<void>((resolve) => {
      whenAborted(signal, resolve)
      if (onSuspended !== undefined) listener.on('suspended', onSuspended).on('resumed', () => onSuspended(undefined))
      listener.on('dial', (dial) => {
        const { peerId } = dial.caller
        const refusal = places.refusal(peerId)
        if (stopping.signal.aborted || refusal === 'all') dial.busy()
        else if (refusal === 'share') {
          dial.busy(`you have ${places.held(peerId)} calls here, and the others are kept for other callers`)
        } else {
          const leave = places.take(peerId)
          const over = () => {
            leave()
            calls.delete(dial)
          }
          calls.set(dial, serve(dial, stopping.signal, onCall).finally(over))
        }
      })
      if (listener.terminators().length > 0) onReady?.()
      else if (onReady !== undefined) listener.once('terminator:established', onReady)
    })
  } finally {
    stopping.abort()
    await Promise.all(calls.values())
    await listener.close()
  }
}

async function serve(dial: IncomingDial, signal: AbortSignal, onCall: EchoOptions['onCall']): Promise<void> {
  const connection = await dial.accept().catch(() => undefined) // gave up in the same moment
  if (connection === undefined) return
  const { name } = connection.remote
  // Nothing more is read while an answer waits for room: a caller that sends without reading slows down only itself.
  const call: Call = new Call(connection, { onText: (text) => call.send(text) })
  const hangUp = () => void call.hangUp()
  const forget = whenAborted(signal, hangUp)
  onCall?.({ name, happened: 'came' })
  await call.ended
  forget()
  onCall?.({ name, happened: 'left' })
}
