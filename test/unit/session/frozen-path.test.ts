import { expect, test } from 'vitest'
import type { SessionRole } from '../../../src/session/types.js'
import { rounds } from '../../support/budget.js'
import { Random } from './random.js'
import { Simulation } from './simulation.js'

const delayMs = 5
const messageEveryMs = 40
/** `minAckOverdueMs`, one tick to notice, and a round trip to tell the other side; messages go on meanwhile. */
const patienceMs = 200
const allowedMs = patienceMs + 8 * delayMs + messageEveryMs

type Ways = 'both ways' | SessionRole

/** Two sides chat over two paths; the one that carries them freezes at the given time, both ways or towards one side. */
function freeze(ways: Ways, atMs: number): Simulation {
  const random = new Random(atMs)
  const simulation = new Simulation({
    random,
    bytes: { dialer: 100_000, host: 100_000 },
    faultEveryMs: 0,
    faultsUntilMs: 0,
    messageEveryMs,
  })
  for (const side of simulation.both) side.writesAt = simulation.now + random.int(0, messageEveryMs)
  const link = simulation.open(() => delayMs)
  simulation.open(() => delayMs)
  simulation.run(atMs, () => false)
  for (const pipe of Object.values(link.towards)) {
    if (ways === 'both ways' || ways === pipe.to.role) pipe.frozenUntil = Number.POSITIVE_INFINITY
  }
  for (const side of simulation.both) side.longestGapMs = 0
  simulation.run(6_000, () => false)
  return simulation
}

test.each<Ways>(['both ways', 'dialer', 'host'])(
  'a path that freezes under traffic (%s) costs one patience, not one after the other',
  (ways) => {
    let longest = 0
    for (let atMs = 1_000; atMs < 1_060; atMs += rounds(1, 5)) {
      const { sides } = freeze(ways, atMs)
      longest = Math.max(longest, sides.dialer.longestGapMs, sides.host.longestGapMs)
    }
    expect(longest).toBeGreaterThanOrEqual(patienceMs)
    expect(longest).toBeLessThanOrEqual(allowedMs)
  },
)
