import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeFileAtomic } from '../../../src/identity/atomic-file.js'
import { temporaryFolder } from '../../support/cli.js'

let place: ReturnType<typeof temporaryFolder>
const here = process.cwd()
beforeEach(() => {
  place = temporaryFolder()
})
afterEach(() => {
  process.chdir(here)
  place.remove()
})

test('the folders of a file are made with the mode that was asked for', async () => {
  const file = path.join(place.dir, 'a', 'b', 'file')
  await writeFileAtomic(file, 'text', { mode: 0o600, folderMode: 0o700 })
  for (const folder of ['a', 'a/b']) expect(statSync(path.join(place.dir, folder)).mode & 0o777).toBe(0o700)
})

test('of two that make a folder at the same moment both have it', async () => {
  const file = (name: string) => path.join(place.dir, 'a', 'b', name)
  await Promise.all(['1', '2', '3'].map((name) => writeFileAtomic(file(name), name, { mode: 0o600 })))
  expect(['1', '2', '3'].map((name) => existsSync(file(name)))).toEqual([true, true, true])
})

// Node's mkdir with `recursive` never ends there.
test('a file that would be in a folder which is gone, working directory and all, is refused', async () => {
  const folder = path.join(place.dir, 'release-1')
  mkdirSync(folder)
  process.chdir(folder)
  rmSync(folder, { recursive: true })
  const write = writeFileAtomic('identities/.state/relay1.network', 'text', { mode: 0o600 })
  await expect(write).rejects.toMatchObject({ code: 'file_unreadable', message: expect.stringContaining('ENOENT') })
})
