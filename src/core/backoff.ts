/**
 * Returns how many ms to wait before attempt number `attempt` (0 is the first retry): the wait doubles from `minMs` up to `maxMs`,
 * spread evenly over the upper half so that many waiters do not come back together. `random` gives numbers in [0, 1).
 */
export function backoffMs(attempt: number, minMs: number, maxMs: number, random: () => number): number {
  const ceiling = Math.min(maxMs, minMs * 2 ** Math.min(attempt, 30))
  return ceiling / 2 + (random() * ceiling) / 2
}
