import { afterEach, beforeEach, expect, test } from 'vitest'
import { temporaryFolder } from '../../support/cli.js'
import { cli } from './in-process.js'

let place: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  place = temporaryFolder()
})
afterEach(() => place.remove())

test.each([
  ['127.0.0.1', true],
  ['::1', true],
  ['localhost', true],
  ['192.0.2.1', false],
  ['127.0.0.1,192.0.2.1', false],
])('a line for relays at %s is good on this machine only: %s', async (hosts, isLocal) => {
  const relays = String(hosts.split(',').length)
  await cli(['setup', '--users', 'ann', '--relays', relays, '--relay-host', hosts], place.dir)
  const { code, stdout, stderr } = await cli(['invite', 'bob', '--offline'], place.dir)
  expect(code, stderr).toBe(0)
  expect(stdout).toMatch(/^chat-p2p-join-1-\S+\n$/)
  expect(stderr.includes('It is good on this machine only')).toBe(isLocal)
})
