import { expect, test } from 'vitest'
import { similarWord } from '../../../src/core/similar.js'

const words = ['connect', 'accept', 'decline', 'list', 'quit', 'identity', 'network']

test.each([
  ['conect', 'connect'],
  ['cnonect', 'connect'],
  ['Connect', 'connect'],
  ['con', 'connect'],
  ['connecting', 'connect'],
  ['lsit', 'list'],
  ['identiy', 'identity'],
  ['netowrk', 'network'],
  ['xyzzy', undefined],
  ['c', undefined],
  ['', undefined],
])('%s is most like %s', (typed, word) => {
  expect(similarWord(typed, words)).toBe(word)
})
