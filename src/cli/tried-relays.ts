import { type Clock, systemClock } from '../core/clock.js'
import { shownName } from '../core/text.js'
import type { RelayPool } from '../directory/relay-pool.js'
import { describeTried, stateChange } from '../sdk/relay-states.js'

/** Says after how long relays that have not answered are shown as `connecting`; ms. */
const allRelaysMs = 3_000

/** Says after how long without a relay a command says what it waits for; ms. */
const saidAfterMs = 2_000

/** Resolves as `ready` does, a wait for the first of `relays`. When that takes long, says on stderr which are tried and what is wrong. */
export async function sayingWhoIsTried<T>(
  ready: Promise<T>,
  relays: () => readonly { name: string; error?: Error | undefined }[],
  clock: Pick<Clock, 'after'> = systemClock,
): Promise<T> {
  const cancel = clock.after(saidAfterMs, () => process.stderr.write(`${describeWait(relays())}\n`))
  try {
    return await ready
  } finally {
    cancel()
  }
}

const describeWait = (relays: readonly { name: string; error?: Error | undefined }[]): string =>
  `No relay answers yet, trying on: ${relays.map((relay) => shownName(describeTried(relay))).join('; ') || 'none is known'}`

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
