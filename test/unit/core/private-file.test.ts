import { chmodSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { allowExposedVariable, exposedAdvice, readPrivateFile } from '../../../src/core/private-file.js'
import { temporaryFolder } from '../../support/cli.js'

let place: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  place = temporaryFolder()
})
afterEach(() => {
  place.remove()
  vi.unstubAllEnvs()
})

const read = (file: string) => readPrivateFile(file, { what: 'key file', maxBytes: 100 })

function file(text: string, mode = 0o600): string {
  const made = path.join(place.dir, 'secret')
  writeFileSync(made, text)
  chmodSync(made, mode)
  return made
}

test('a private file is read, a byte order mark is read past, and one that is not there is no error', async () => {
  expect(await read(file('text'))).toBe('text')
  expect(await read(file('\ufefftext'))).toBe('text')
  expect(await read(path.join(place.dir, 'nothing'))).toBeUndefined()
})

test.each([
  ['a folder', () => place.dir, 'file_unreadable'],
  ['one that is far too large', () => file('x'.repeat(101)), 'identity_damaged'],
])('%s is said to be that', async (_, make, code) => {
  await expect(read(make())).rejects.toMatchObject({ code })
})

describe.skipIf(process.platform === 'win32')('one that others can read', () => {
  test.each([0o640, 0o604, 0o444, 0o440])('with mode %o is refused, with what to type', async (mode) => {
    const exposed = file('text', mode)
    await expect(read(exposed)).rejects.toMatchObject({
      code: 'identity_exposed',
      message: expect.stringContaining(`type: chmod 600 '${exposed}'`),
    })
  })

  test('is taken when that is allowed', async () => {
    vi.stubEnv(allowExposedVariable, '1')
    expect(await read(file('text', 0o444))).toBe('text')
  })

  test.each([
    ['EROFS', undefined],
    ['EPERM', /belongs to another user \(uid 0\).*--allow-exposed-identity/],
  ])('and that nobody here can change (%s) comes with advice that can be followed', async (code, advice) => {
    const chmod = () => Promise.reject(Object.assign(new Error(code), { code }))
    const text = await exposedAdvice({ chmod }, 0o444, 0, '/run/secrets/user1.json')
    if (advice === undefined) expect(text).toBeUndefined()
    else expect(text).toMatch(advice)
  })
})
