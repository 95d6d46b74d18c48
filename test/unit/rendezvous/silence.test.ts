import { expect, test } from 'vitest'
import { Silence } from '../../../src/rendezvous/silence.js'

const look = (silence: Silence, heard: Record<string, boolean>) => silence.look(new Map(Object.entries(heard)))
const nothing = { silent: [], back: [] }

test('who is silent twice in a row has gone, once, and comes back when it is heard', () => {
  const silence = new Silence()
  expect(look(silence, { a: false, b: true })).toEqual(nothing)
  expect(look(silence, { a: false, b: true })).toEqual({ silent: ['a'], back: [] })
  expect(look(silence, { a: false, b: false })).toEqual(nothing)
  expect(look(silence, { a: true, b: true })).toEqual({ silent: [], back: ['a'] })
  expect(look(silence, { a: false, b: false })).toEqual(nothing)
})

test('who has disconnected is forgotten', () => {
  const silence = new Silence()
  look(silence, { a: false })
  look(silence, { a: false })
  expect(look(silence, {})).toEqual(nothing)
  expect(look(silence, { a: true })).toEqual(nothing)
})
