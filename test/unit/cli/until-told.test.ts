import { expect, test } from 'vitest'
import { exitCodeOf } from '../../../src/cli/exit.js'
import { runUntilTold, type Told, throwIfInterrupted } from '../../../src/cli/until-told.js'
import { OverlayError } from '../../../src/core/errors.js'
import { whenAborted } from '../../../src/core/waiting.js'

const codeOf = (running: Promise<void>) => running.then(() => 0, exitCodeOf)

test.each<[Told, number]>([
  ['SIGINT', 130],
  ['SIGTERM', 0],
  ['SIGHUP', 0],
  ['disconnect', 0],
])('what runs until it is told ends in order on %s, with exit code %d', async (by, code) => {
  const said: string[] = []
  let ended = false
  const running = runUntilTold(
    async (over) => {
      await new Promise<void>((resolve) => whenAborted(over, resolve))
      ended = true
    },
    { log: (level, text) => said.push(`${level} ${text}`), told: Promise.resolve(by) },
  )
  expect(await codeOf(running)).toBe(code)
  expect({ ended, said }).toEqual({ ended: true, said: [`INFO stopping (${by})`] })
})

test('what ends by itself is done, and what fails has failed, also when it was interrupted', async () => {
  const never = new Promise<Told>(() => {})
  expect(await codeOf(runUntilTold(async () => {}, { told: never }))).toBe(0)
  const failing = async () => {
    throw new OverlayError('offline', 'No.')
  }
  expect(await codeOf(runUntilTold(failing, { told: never }))).toBe(1)
  expect(await codeOf(runUntilTold(failing, { told: Promise.resolve('SIGINT' as const) }))).toBe(1)
})

test('what a signal ended before it had begun is ended in order, too', async () => {
  const running = (told: Told) =>
    runUntilTold(
      async (over) => {
        await new Promise<void>((resolve) => whenAborted(over, resolve))
        throw new OverlayError('canceled', 'Listening was given up.')
      },
      { told: Promise.resolve(told) },
    )
  expect(await codeOf(running('SIGTERM'))).toBe(0)
  expect(await codeOf(running('SIGINT'))).toBe(130)
})

test('nothing told it: nothing is thrown', () => expect(throwIfInterrupted(undefined)).toBeUndefined())
