import { expect, test } from 'vitest'
import { Random } from './random.js'
import { Simulation } from './simulation.js'

// SESSION_SEED=n repeats one run; SESSION_SEEDS=n runs that many.
const only = process.env.SESSION_SEED === undefined ? undefined : Number(process.env.SESSION_SEED)
const count = Number(process.env.SESSION_SEEDS ?? 1500)

function simulate(seed: number, aborting: boolean): Simulation {
  const random = new Random(seed)
  const faultsUntilMs = 1000 + random.int(500, 15_000)
  const simulation = new Simulation({
    random,
    bytes: { dialer: random.int(0, 6000), host: random.int(0, 6000) },
    limits: {
      sendBufferBytes: random.int(50, 3000),
      receiveWindowBytes: random.int(20, 1500),
      maxDataFrameBytes: random.int(1, 300),
    },
    faultEveryMs: random.int(20, 800),
    faultsUntilMs,
    ...(aborting ? { abortAtMs: 1000 + random.int(0, 5000) } : {}),
  })
  simulation.open(() => random.int(1, 30))
  simulation.run(180_000)
  return simulation
}

function forSeeds(check: (seed: number) => void): void {
  const seeds = only === undefined ? Array.from({ length: count }, (_, index) => index + 1) : [only]
  for (const seed of seeds) {
    try {
      check(seed)
    } catch (error) {
      throw new Error(`seed ${seed} (repeat with SESSION_SEED=${seed}): ${(error as Error).message}`, { cause: error })
    }
  }
}

test('whatever happens to the paths, the bytes read are the bytes written, and both sides end in order', () => {
  let faults = 0
  let changes = 0
  forSeeds((seed) => {
    const simulation = simulate(seed, false)
    faults += simulation.faults
    for (const side of simulation.both) {
      changes += side.state.stats.pathChanges
      const other = simulation.sides[side.other]
      expect({ read: other.read, over: side.over, error: side.closed?.error }, side.role).toEqual({
        read: side.total,
        over: true,
        error: undefined,
      })
    }
  })
  // The run means nothing unless paths were broken and changed.
  if (only === undefined) {
    expect(faults).toBeGreaterThan(count)
    expect(changes).toBeGreaterThan(count)
  }
})
