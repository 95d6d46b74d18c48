import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bin, chatP2p, temporaryFolder } from '../support/cli.js'

let place: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  place = temporaryFolder()
})
afterEach(() => place.remove())

test('the passphrase comes as a credential of systemd through a descriptor, or through a pipe', async () => {
  await chatP2p(['setup', '--users', 'user1', '--relays', '1'], { cwd: place.dir })
  const credentials = path.join(place.dir, 'credentials')
  mkdirSync(credentials)
  writeFileSync(path.join(credentials, 'passphrase'), 'hush') // without a line feed, as secrets often are
  const sh = (script: string) =>
    execFileSync('/bin/sh', ['-c', script], {
      cwd: place.dir,
      encoding: 'utf8',
      env: { ...process.env, CREDENTIALS_DIRECTORY: credentials },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  const program = `'${process.execPath}' '${bin}'`
  sh(`exec ${program} identity passphrase user1 --new-passphrase-fd 3 3<"$CREDENTIALS_DIRECTORY/passphrase"`)
  const out = sh(`exec ${program} identity request user1 --passphrase-fd 3 3<"$CREDENTIALS_DIRECTORY/passphrase"`)
  expect(out).toBe('user1.request.json\n')
  expect(sh(`echo hush | ${program} identity request user1 --out b.json --passphrase-fd 0`)).toBe('b.json\n')
})
