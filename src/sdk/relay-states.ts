import { errorText, OverlayError } from '../core/errors.js'
import { whenAborted } from '../core/waiting.js'
import type { PooledRelay, RelayPool } from '../directory/relay-pool.js'
import type { RelayState } from './types.js'

/** Returns the state of a relay as applications see it. */
export function stateOf({ name, peerId, state, error, link }: PooledRelay): RelayState {
  return { name, peerId, state, error, roundTripMs: link?.roundTripMs }
}

/** Says which relays were tried for so long, and what was wrong with each. */
export function noRelayError(pool: RelayPool, waitedMs: number): OverlayError {
  const tried = pool.relays().map((relay) => {
    const where = `${relay.name} (${relay.addresses.join(', ')})`
    if (relay.error === undefined) return where
    // What could not be reached names its addresses itself.
    return relay.error.code === 'unreachable'
      ? describeTried(relay)
      : `${where}: ${errorText(relay.error).replace(/\.$/, '')}`
  })
  // Who refuses us is running, and was reached.
  const isSilent = pool.relays().some(({ error }) => error?.code !== 'refused')
  const question = isSilent ? ' Is one of them running, and can it be reached from here?' : ''
  const advice = tried.length === 0 ? '.' : `: ${tried.join('; ')}.${question}`
  return new OverlayError('no_relay', `No relay could be reached within ${waitedMs / 1000} s${advice}`)
}

/** Says of a relay that is not up which one it is and what is wrong, as `relay1 at <address>: connect ECONNREFUSED`. */
export function describeTried({ name, error }: { name: string; error?: Error | undefined }): string {
  if (error === undefined) return `${name}: no answer yet`
  const text = errorText(error).replace(/\.$/, '')
  return text.startsWith(`Relay ${name} at `) ? text.slice('Relay '.length) : `${name}: ${text}`
}

/** Waits while no relay is up but some are tried for the first time. Rejects with the signal's reason. */
export async function firstAttempts(pool: RelayPool, signal: AbortSignal): Promise<void> {
  const pending = () => pool.up().length === 0 && pool.relays().some(({ state }) => state === 'connecting')
  while (pending()) {
    signal.throwIfAborted()
    await stateChange(pool, signal)
  }
}

/** Resolves when a relay comes up or goes down, or the signal fires. */
export function stateChange(pool: RelayPool, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    let forget = () => {}
    const onChange = () => {
      pool.off('up', onChange)
      pool.off('down', onChange)
      forget()
      resolve()
    }
    pool.on('up', onChange)
    pool.on('down', onChange)
    forget = whenAborted(signal, onChange)
  })
}
