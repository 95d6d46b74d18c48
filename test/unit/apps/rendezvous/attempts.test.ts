import { describe, expect, test } from 'vitest'
import { Attempts } from '../../../../src/apps/rendezvous/attempts.js'

// With this `random` every pause is the longest of its kind.
const options = { minMs: 1_000, maxMs: 8_000, random: () => 1 }

describe('a found peer', () => {
  test('is tried at once, by one attempt at a time', () => {
    const attempts = new Attempts(options)
    expect(attempts.begin('a', 0)).toBe('first')
    expect(attempts.begin('a', 0)).toBeUndefined()
    expect(attempts.begin('b', 0)).toBe('first')
    attempts.succeeded('a')
    expect(attempts.begin('a', 0)).toBe('first')
  })

  test('that does not answer is tried at growing intervals, never given up', () => {
    const attempts = new Attempts(options)
    const begun: number[] = []
    for (let nowMs = 0; nowMs <= 40_000; nowMs += 500) {
      if (attempts.begin('a', nowMs) === undefined) continue
      begun.push(nowMs)
      attempts.failed('a', nowMs)
    }
    expect(begun).toEqual([0, 1_000, 3_000, 7_000, 15_000, 23_000, 31_000, 39_000])
    expect(attempts.begin('a', 60_000)).toBe('again')
  })

  test('does not delay another one', () => {
    const attempts = new Attempts(options)
    attempts.begin('dead', 0)
    attempts.failed('dead', 0)
    expect(attempts.begin('alive', 0)).toBe('first')
  })

  test('is told of once, and forgotten by the DHT after every third failure in a row', () => {
    const attempts = new Attempts(options)
    const told = [1, 2, 3, 4, 5, 6].map((round) => {
      attempts.begin('a', round * 10_000)
      return attempts.failed('a', round * 10_000)
    })
    expect(told.map(({ first }) => first)).toEqual([true, false, false, false, false, false])
    expect(told.map(({ forget }) => forget)).toEqual([false, false, true, false, false, true])
  })

  test('starts afresh after a success', () => {
    const attempts = new Attempts(options)
    attempts.begin('a', 0)
    attempts.failed('a', 0)
    attempts.begin('a', 1_000)
    attempts.succeeded('a')
    expect(attempts.begin('a', 1_000)).toBe('first')
    expect(attempts.failed('a', 1_000)).toEqual({ first: true, forget: false })
  })

  test('is one of at most 10 000 that are remembered as failing', () => {
    const attempts = new Attempts(options)
    for (let index = 0; index <= 10_000; index++) {
      attempts.begin(`peer${index}`, 0)
      attempts.failed(`peer${index}`, 0)
    }
    expect(attempts.begin('peer0', 0)).toBe('first')
    expect(attempts.begin('peer1', 0)).toBeUndefined()
  })
})
