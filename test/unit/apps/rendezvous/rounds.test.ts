import { beforeEach, describe, expect, test } from 'vitest'
import { Rounds } from '../../../../src/apps/rendezvous/rounds.js'
import { ManualClock } from '../chat/fakes.js'

let clock: ManualClock
let begun: number[]
let finish: () => void
let signal: AbortSignal
let rounds: Rounds
let startMs: number

// With this `random` every pause is the longest of its kind.
beforeEach(() => {
  clock = new ManualClock()
  begun = []
  startMs = clock.monotonic()
  rounds = new Rounds({
    minMs: 1_000,
    maxMs: 8_000,
    clock,
    random: () => 1,
    run: (each) => {
      signal = each
      begun.push(clock.monotonic() - startMs)
      return new Promise((resolve) => {
        finish = resolve
      })
    },
  })
})

const done = async () => {
  finish()
  await new Promise((resolve) => setImmediate(resolve))
}

/** Lets seconds pass one by one, finishing each round at once. */
async function pass(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    clock.pass(1_000)
    await done()
  }
}

describe('rounds', () => {
  test('follow each other at growing intervals up to the longest', async () => {
    rounds.start()
    await done()
    await pass(40)
    expect(begun).toEqual([0, 1_000, 3_000, 7_000, 15_000, 23_000, 31_000, 39_000])
  })

  test('do not overlap', async () => {
    rounds.start()
    rounds.start()
    clock.pass(100_000)
    expect(begun).toEqual([0])
    await done()
    clock.pass(1_000)
    expect(begun).toEqual([0, 101_000])
  })

  test('come soon again when something has changed', async () => {
    rounds.start()
    await done()
    await pass(9) // the next one would be at 15 s
    rounds.soon()
    await pass(4)
    expect(begun).toEqual([0, 1_000, 3_000, 7_000, 10_000, 12_000])
  })

  test('come soon after a round during which something has changed', async () => {
    rounds.start()
    await done()
    await pass(6)
    clock.pass(1_000) // at 7 s one begins
    rounds.soon()
    await done()
    await pass(1)
    expect(begun).toEqual([0, 1_000, 3_000, 7_000, 8_000])
  })

  test('are not put off by change upon change', async () => {
    rounds.start()
    await done()
    for (let step = 0; step < 4; step++) {
      rounds.soon()
      clock.pass(250)
    }
    expect(begun).toEqual([0, 1_000])
  })

  test('do not begin before they are started', () => {
    rounds.soon()
    clock.pass(100_000)
    expect(begun).toEqual([])
  })

  test('end when they are stopped, and wait for the one that runs', async () => {
    rounds.start()
    const stopped = rounds.stop()
    expect(signal.aborted).toBe(true)
    let over = false
    void stopped.then(() => {
      over = true
    })
    await Promise.resolve()
    expect(over).toBe(false)
    finish()
    await stopped
    expect(clock.pending).toBe(0)
    rounds.start()
    rounds.soon()
    expect(begun).toEqual([0])
  })
})
