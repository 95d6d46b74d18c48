import fs, { existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { lockFile } from '../../../src/cli/authority-lock.js'
import { temporaryFolder } from '../../support/cli.js'

let place: ReturnType<typeof temporaryFolder>
let file: string
beforeEach(() => {
  place = temporaryFolder()
  file = path.join(place.dir, 'authority.json.lock')
})
afterEach(() => {
  vi.restoreAllMocks()
  syncBuiltinESMExports()
  place.remove()
})

test('a lock that could not be written is not left behind', () => {
  vi.spyOn(fs, 'writeSync').mockImplementation(() => {
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
  })
  syncBuiltinESMExports()
  expect(() => lockFile(file)).toThrow('no space left')
  expect(existsSync(file)).toBe(false)
})

test.each(['', 'abc'])('a lock that says %j was left by a crash, and is taken over', (text) => {
  writeFileSync(file, text)
  utimesSync(file, 1, 1)
  const unlock = lockFile(file)
  expect(readFileSync(file, 'utf8')).toBe(`${process.pid}\n`)
  unlock()
  expect(existsSync(file)).toBe(false)
})

test('a lock that is just being written is not taken over', () => {
  writeFileSync(file, '')
  expect(() => lockFile(file)).toThrow('process unknown')
})

/** No process has this number: it is above what the kernel gives out. */
const gone = 4_999_999

test('a lock whose process is gone is taken over, and nothing of it stays', () => {
  writeFileSync(file, `${gone}\n`)
  const unlock = lockFile(file)
  expect(readFileSync(file, 'utf8')).toBe(`${process.pid}\n`)
  unlock()
  expect(readdirSync(place.dir)).toEqual([])
})

test('a lock that another process took over in the same moment is its own', () => {
  writeFileSync(file, `${gone}\n`)
  const kill = process.kill.bind(process)
  vi.spyOn(process, 'kill').mockImplementation((pid, signal) => {
    // Between the look at the lock and the taking over.
    if (pid === gone) writeFileSync(file, `${process.ppid}\n`)
    return kill(pid, signal)
  })
  expect(() => lockFile(file)).toThrow(`process ${process.ppid}`)
  expect(readFileSync(file, 'utf8')).toBe(`${process.ppid}\n`)
  expect(readdirSync(place.dir)).toEqual(['authority.json.lock'])
})

test('a lock that was given back in the same moment is no obstacle', () => {
  writeFileSync(file, `${gone}\n`)
  const kill = process.kill.bind(process)
  vi.spyOn(process, 'kill').mockImplementation((pid, signal) => {
    if (pid === gone) rmSync(file)
    return kill(pid, signal)
  })
  lockFile(file)()
  expect(readdirSync(place.dir)).toEqual([])
})
