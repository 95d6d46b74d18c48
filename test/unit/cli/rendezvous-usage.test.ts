import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { temporaryFolder } from '../../support/cli.js'
import { cli } from './in-process.js'

let place: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  place = temporaryFolder()
})
afterEach(() => place.remove())

// All of these end before a node is started.
test.each<[string, string[], number, RegExp]>([
  ['no multiaddr', ['-listen', '127.0.0.1:6666'], 2, /'127\.0\.0\.1:6666' is not a multiaddr/],
  ['no TCP', ['-listen', '/ip4/127.0.0.1/udp/6666/quic-v1'], 2, /TCP only/],
  ['a port that is none', ['-listen=/ip4/127.0.0.1/tcp/70000'], 2, /not a multiaddr/],
  ['a malformed peer', ['-peer', 'x'], 2, /'x' is not a multiaddr/],
  ['a peer without its id', ['-peer', '/ip4/127.0.0.1/tcp/6666'], 2, /must end in \/p2p\/<peer id>/],
  ['a peer with half an id', ['-peer', '/ip4/127.0.0.1/tcp/6666/p2p/12D3'], 2, /no valid peer id/],
  ['an empty protocol id', ['-pid', ''], 2, /protocol id '' is empty/],
  ['a protocol id of libp2p', ['-pid', '/ipfs/kad/1.0.0'], 2, /taken by libp2p/],
  ['an unknown flag', ['-lisen', '/ip4/127.0.0.1/tcp/0'], 2, /unknown option/],
  ['a flag without its value', ['-listen'], 2, /argument missing/],
  ['a word too many', ['hello'], 2, /too many arguments/],
  ['a key file without a name', ['-identity-key', ''], 2, /name of the key file is empty/],
  ['a key file in a file', ['-identity-key', '/dev/null/key'], 1, /\/dev\/null\/key/],
])('%s is one clear line', async (_, args, code, why) => {
  const { code: actual, stderr, stdout } = await cli(['rendezvous', ...args], place.dir)
  expect(stderr).toMatch(why)
  expect(stderr).toMatch(/^chat-p2p: [^\n]+\n$/)
  expect([stdout, actual]).toEqual(['', code])
})

test('a key file that others can read is refused with what to type', async () => {
  const file = path.join(place.dir, 'node.key')
  writeFileSync(file, 'x', { mode: 0o644 })
  const { code, stderr } = await cli(['rendezvous', '-identity-key', file], place.dir)
  expect(stderr).toMatch(/^chat-p2p: The key file .* can be read by other users .*chmod 600 [^\n]*\n$/)
  expect(code).toBe(1)
})
