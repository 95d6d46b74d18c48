import { expect, test } from 'vitest'
import { Simulation } from '../../../bench/directory-simulation.js'

test.each([1, 2, 3])(
  'twenty relays under churn, some killed: no lookup of a bound instance fails, and all agree afterwards (seed %i)',
  async (seed) => {
    const result = await new Simulation({
      relays: 20,
      instances: 1_000,
      terminatorsEach: 3,
      shards: 8,
      churnSeconds: 45,
      churnPerSecond: 20,
      relaysKilled: 3,
      seed,
    }).run()
    expect(result.errors).toEqual([])
    expect(result.terminators).toBe(3_000)
    expect(result.lookups).toBeGreaterThan(5_000)
    expect(result.wrongLookups).toBe(0)
    expect(result.agreedAfterSeconds).toBeLessThan(30)
  },
)
