import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { KnownRelays } from '../../../src/directory/known-relays.js'
import { RelayMemory } from '../../../src/directory/relay-memory.js'
import { seeded } from '../../support/random.js'

const hint = (peerId: string, address = `/ip4/127.0.0.1/tcp/${peerId.length}`) => ({
  name: `name-of-${peerId}`,
  peerId,
  addresses: [address],
})
const none = new Map()

describe('known relays', () => {
  test('what the network document says of a relay goes before what others say', () => {
    const known = new KnownRelays('me')
    known.list([hint('a', '/ip4/10.0.0.1/tcp/1')])
    expect(known.learn(hint('a', '/ip4/6.6.6.6/tcp/1'))).toBe(false)
    expect(known.get('a')?.addresses).toEqual(['/ip4/10.0.0.1/tcp/1'])
    known.learn(hint('b', '/ip4/6.6.6.6/tcp/1'))
    known.list([hint('b', '/ip4/10.0.0.2/tcp/1')])
    expect(known.get('b')?.addresses).toEqual(['/ip4/10.0.0.2/tcp/1'])
  })

  test('a relay taken off the document is forgotten, one learnt from others stays', () => {
    const known = new KnownRelays('me')
    known.list([hint('a'), hint('b')])
    known.learn(hint('c'))
    expect(known.list([hint('b')])).toEqual(['a'])
    expect(
      known
        .all()
        .map(({ peerId }) => peerId)
        .sort(),
    ).toEqual(['b', 'c'])
  })

  test('a flood of hints pushes out learnt relays, never listed ones, nor does it grow for ever', () => {
    const known = new KnownRelays('me')
    known.list([hint('a')])
    for (let index = 0; index < 5_000; index++) known.learn(hint(`x${index}`))
    expect(known.all()).toHaveLength(1_024)
    expect(known.get('a')).toBeDefined()
  })

  test('the next one to try has not failed, or failed longest ago', () => {
    const known = new KnownRelays('me')
    known.list([hint('a'), hint('b'), hint('c')])
    known.failed('a', 5)
    known.failed('b', 3)
    expect(known.next(none, seeded(1))?.peerId).toBe('c')
    known.failed('c', 9)
    expect(known.next(none, seeded(1))?.peerId).toBe('b')
    expect(known.next(new Map([['b', 1]]), seeded(1))?.peerId).toBe('a')
    known.succeeded('c')
    expect(known.next(none, seeded(1))?.peerId).toBe('c')
  })

  test('we are not a relay to ourselves, and a hint without an address is none', () => {
    const known = new KnownRelays('me')
    known.list([hint('me')])
    expect(known.learn(hint('me'))).toBe(false)
    expect(known.learn({ ...hint('a'), addresses: [] })).toBe(false)
    expect(known.all()).toEqual([])
  })
})

describe('the memory of relays', () => {
  let dir: string | undefined
  afterEach(async () => {
    if (dir !== undefined) await rm(dir, { recursive: true })
    dir = undefined
  })
  const open = async (networkId = 'net') => {
    dir ??= await mkdtemp(path.join(tmpdir(), 'chat-p2p-test-'))
    return new RelayMemory({ name: 'user1', path: path.join(dir, 'user1.json') }, networkId)
  }
  const fileIn = (folder: string) => path.join(folder, '.state', 'user1.relays')

  test('outlives the process, readable by its owner only', async () => {
    await (await open()).save([hint('a'), hint('b')])
    expect(await (await open()).load()).toEqual([hint('a'), hint('b')])
    expect((await stat(fileIn(dir!))).mode & 0o777).toBe(0o600)
  })

  test('of another network, damaged, or missing is empty', async () => {
    const memory = await open()
    expect(await memory.load()).toEqual([])
    await memory.save([hint('a')])
    expect(await (await open('other')).load()).toEqual([])
    const text = await readFile(fileIn(dir!), 'utf8')
    for (const damaged of [
      text.slice(0, -5),
      '',
      'null',
      '{"networkId":"net","relays":7}',
      '{"networkId":"net","relays":[7,null]}',
    ]) {
      await writeFile(fileIn(dir!), damaged)
      expect(await (await open()).load()).toEqual([])
    }
  })

  test('of an identity without a file is none', async () => {
    const memory = new RelayMemory({ name: 'user1' }, 'net')
    await memory.save([hint('a')])
    expect(await memory.load()).toEqual([])
  })
})
