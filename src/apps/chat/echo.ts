import { maxWaitingCallers } from '../../core/limits.js'
import type { Context, IncomingDial } from '../../sdk/index.js'
import { Call } from './call.js'

/** Callers served at the same time; more are told that the echo is busy. */
const maxCalls = 20 * maxWaitingCallers

export interface EchoOptions {
  /** Ends it. */
  signal: AbortSignal
  /** Who came and went, for a log; names are not escaped. */
  onCall?: (event: { name: string; happened: 'came' | 'left' }) => void
}

/**
 * Somebody to talk to: accepts every caller on `service`, several at once, and answers each text with the same text.
 * Resolves after the signal fired and all calls ended; rejects when the service can't be offered, at once or later.
 * The context stays the caller's.
 */
export async function runEcho(context: Context, service: string, options: EchoOptions): Promise<void> {
  const { signal } = options
  if (signal.aborted) return
  const listener = await context.listen(service, { bindUsingIdentity: true })
  const calls = new Set<Call>()
  const serve = async (dial: IncomingDial): Promise<void> => {
    const connection = await dial.accept().catch(() => undefined) // gave up in the same moment
    if (connection === undefined) return
    const { name } = connection.remote
    const call: Call = new Call(connection, { onText: (text) => call.send(text) })
    calls.add(call)
    options.onCall?.({ name, happened: 'came' })
    await call.ended
    calls.delete(call)
    options.onCall?.({ name, happened: 'left' })
  }
  try {
    await new Promise<void>((resolve, reject) => {
      signal.addEventListener('abort', () => resolve(), { once: true })
      listener.on('error', reject)
      listener.on('dial', (dial) => {
        if (calls.size >= maxCalls || signal.aborted) dial.busy()
        else void serve(dial)
      })
    })
  } finally {
    await Promise.all([...calls].map((call) => call.hangUp()))
    await listener.close()
  }
}
