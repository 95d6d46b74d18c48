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
  const tried = pool.relays().map(({ name, addresses, error }) => {
    const where = `${name} (${addresses.join(', ')})`
    return error === undefined || error.code === 'unreachable'
      ? where
      : `${where}: ${errorText(error).replace(/\.$/, '')}`
  })
  // Who refuses us is running, and was reached.
  const isSilent = pool.relays().some(({ error }) => error?.code !== 'refused')
  const question = isSilent ? ' Is one of them running, and can it be reached from here?' : ''
  const advice = tried.length === 0 ? '.' : `: ${tried.join('; ')}.${question}`
  return new OverlayError('no_relay', `No relay could be reached within ${waitedMs / 1000} s${advice}`)
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
