import { expect, test } from 'vitest'
import { live } from '../../years/life.js'

test('a small network lives through two years with everything that happens in ten, and no promise is broken', async () => {
  const seed = 20_301
  const { broken, kinds } = await live({ years: 2, hosts: 3, people: 2, seed, stepMs: 14 * 24 * 3_600_000 })
  expect(broken, `seed ${seed}`).toEqual([])
  for (const kind of [
    'join',
    'leave',
    'two at once',
    'clock',
    'relay',
    'restored',
    'clone',
    'rotation',
    'disk',
    'renewal key',
  ]) {
    expect(kinds).toContain(kind)
  }
})
