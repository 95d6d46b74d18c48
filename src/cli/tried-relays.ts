import type { RelayPool } from '../directory/relay-pool.js'
import { stateChange } from '../sdk/relay-states.js'

/** Says after how long relays that have not answered are shown as `connecting`; ms. */
const allRelaysMs = 3_000

/** Resolves with whether a relay answers, when those that were being tried have had a moment as well. */
export async function someRelay(pool: RelayPool, timeoutMs: number): Promise<boolean> {
  const ready = await pool.ready(AbortSignal.timeout(timeoutMs)).then(
    () => true,
    () => false,
  )
  if (ready) await allTried(pool, Math.min(timeoutMs, allRelaysMs))
  return ready
}

/** Resolves when no relay is being tried for the first time any more, or after `ms`. */
async function allTried(pool: RelayPool, ms: number): Promise<void> {
  const late = AbortSignal.timeout(ms)
  while (!late.aborted && pool.relays().some(({ state }) => state === 'connecting')) await stateChange(pool, late)
}
