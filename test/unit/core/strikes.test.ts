import { expect, test } from 'vitest'
import { Strikes } from '../../../src/core/strikes.js'

test.each([
  ['m', [false]],
  ['mm', [false, true]],
  ['mmm', [false, true, true]],
  ['mhm', [false, false]],
  ['mhmm', [false, false, true]],
  ['mmhm', [false, true, false]],
])('missed (m) and heard (h): %s', (events, silent) => {
  const strikes = new Strikes()
  const results = [...events].map((event) => (event === 'm' ? strikes.missed() : strikes.heard()))
  expect(results.filter((result) => result !== undefined)).toEqual(silent)
})
