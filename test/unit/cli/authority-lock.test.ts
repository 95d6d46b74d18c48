import fs, { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
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
