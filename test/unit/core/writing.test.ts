import { expect, test } from 'vitest'
import { Writing } from '../../../src/core/writing.js'
import { ManualClock } from '../../support/directory.js'

const minuteMs = 60_000

/** Something that is written while there is room, and what was. */
function stage() {
  const clock = new ManualClock()
  const disk = { hasRoom: true, written: 0, tries: 0 }
  const writing = new Writing(clock, async () => {
    disk.tries++
    if (!disk.hasRoom) throw new Error('ENOSPC')
    disk.written++
  })
  /** Lets what has begun come to its end. */
  const settle = () => new Promise(setImmediate)
  return { clock, disk, writing, settle }
}

test('what could not be written is written later by itself, and then left alone', async () => {
  const { clock, disk, writing, settle } = stage()
  disk.hasRoom = false
  await expect(writing.now()).rejects.toThrow('ENOSPC')
  clock.advance(minuteMs)
  await settle()
  expect(disk).toMatchObject({ tries: 2, written: 0 })
  disk.hasRoom = true
  clock.advance(minuteMs)
  await settle()
  expect(disk).toMatchObject({ tries: 3, written: 1 })
  expect(clock.pending).toBe(0)
})

test('what is written meanwhile is not tried once more', async () => {
  const { clock, disk, writing } = stage()
  disk.hasRoom = false
  await expect(writing.now()).rejects.toThrow()
  disk.hasRoom = true
  await writing.now()
  expect(clock.pending).toBe(0)
})

test('nothing is on the clock afterwards, also when a write was under way', async () => {
  const { clock, disk, writing } = stage()
  disk.hasRoom = false
  const refused = expect(writing.now()).rejects.toThrow()
  writing.stop()
  await refused
  await expect(writing.now()).rejects.toThrow()
  expect(clock.pending).toBe(0)
})
