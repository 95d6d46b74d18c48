import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { identityFolders } from '../../../src/identity/identity-lookup.js'
import { temporaryFolder } from '../../support/cli.js'

let place: ReturnType<typeof temporaryFolder>
const before = process.cwd()
beforeEach(() => {
  place = temporaryFolder()
  process.chdir(place.dir)
  vi.stubEnv('XDG_CONFIG_HOME', path.join(place.dir, 'config'))
  vi.stubEnv('CHAT_P2P_DIR', '')
})
afterEach(() => {
  process.chdir(before)
  vi.unstubAllEnvs()
  place.remove()
})

const make = (...folders: string[]) => {
  for (const folder of folders) mkdirSync(path.join(place.dir, folder), { recursive: true })
}
const found = (asked?: string) => identityFolders(asked).map((folder) => path.relative(place.dir, path.resolve(folder)))

test('without any other, names are looked up here', () => {
  expect(found()).toEqual(['identities'])
})

test('here comes before the own configuration', () => {
  make('config/chat-p2p/identities', 'identities')
  expect(found()).toEqual(['identities', 'config/chat-p2p/identities', 'config/chat-p2p'])
})

test('what CHAT_P2P_DIR says comes first', () => {
  make('config/chat-p2p', 'identities', 'net/identities')
  vi.stubEnv('CHAT_P2P_DIR', path.join(place.dir, 'net'))
  expect(found()).toEqual(['net/identities', 'net', 'identities', 'config/chat-p2p'])
})

test('a folder that was asked for is the only one', () => {
  make('config/chat-p2p', 'identities')
  expect(found('other')).toEqual(['other'])
})
