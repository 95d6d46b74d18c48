import { expect, test } from 'vitest'
import { lookAlikeOf } from '../../../src/core/look-alikes.js'

const known = ['alice', 'user1', 'modern', 'José', 'Paul', 'helpdesk', 'ΑΒΓ']

test.each([
  ['\u0430lice', 'alice'], // Cyrillic а
  ['al\u0456ce', 'alice'], // Cyrillic і
  ['αlice', 'alice'], // Greek
  ['ａｌｉｃｅ', 'alice'], // full width
  ['𝐚lice', 'alice'], // mathematical
  ['userl', 'user1'],
  ['userI', 'user1'],
  ['modem', 'modern'],
  ['Jos\u0435\u0301', 'José'], // Cyrillic е with an accent
  ['РаuІ', 'Paul'],
  ['he\u05dfpdesk', 'helpdesk'], // Hebrew final nun
  ['ABΓ', 'ΑΒΓ'], // Latin for Greek
])('%s can be mistaken for %s', (name, other) => {
  expect(lookAlikeOf(name, known)).toBe(other)
})

test.each(['alice2', 'alicia', 'bob', 'user2', 'José', 'Jose\u0301', 'анна', 'Ωmega'])(
  '%s is a name like no other',
  (name) => {
    expect(lookAlikeOf(name, known)).toBeUndefined()
  },
)
