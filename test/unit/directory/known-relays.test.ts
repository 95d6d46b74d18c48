import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { KnownRelays } from '../../../src/directory/known-relays.js'
import { RelayMemory } from '../../../src/directory/relay-memory.js'
import { WorkedAddresses } from '../../../src/net/worked-addresses.js'
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
    expect(known.learn(hint('a', '/ip4/6.6.6.6/tcp/1'), 0)).toBe(false)
    expect(known.get('a')?.addresses).toEqual(['/ip4/10.0.0.1/tcp/1'])
    known.learn(hint('b', '/ip4/6.6.6.6/tcp/1'), 0)
    known.list([hint('b', '/ip4/10.0.0.2/tcp/1')])
    expect(known.get('b')?.addresses).toEqual(['/ip4/10.0.0.2/tcp/1'])
  })

  test('a relay taken off the document is forgotten, one learnt from others stays', () => {
    const known = new KnownRelays('me')
    known.list([hint('a'), hint('b')])
    known.learn(hint('c'), 0)
    expect(known.list([hint('b')])).toEqual(['a'])
    expect(
      known
        .all()
        .map(({ peerId }) => peerId)
        .sort(),
    ).toEqual(['b', 'c'])
  })

  test('a flood of hints pushes out hearsay, never listed relays or those seen, nor does it grow for ever', () => {
    const known = new KnownRelays('me')
    known.list([hint('a')])
    known.learn(hint('b'), 0)
    known.succeeded('b', 0)
    for (let index = 0; index < 5_000; index++) known.learn(hint(`x${index}`), 0)
    expect(known.all()).toHaveLength(1_024)
    expect(known.get('a')).toBeDefined()
    expect(known.get('b')).toBeDefined()
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
    known.succeeded('c', 0)
    expect(known.next(none, seeded(1))?.peerId).toBe('c')
  })

  const names = (relays: Array<{ peerId: string }>) => relays.map(({ peerId }) => peerId)
  const hour = 3_600_000

  test('others are told of those in the document and those seen lately, not of hearsay', () => {
    const known = new KnownRelays('me')
    known.list([hint('listed')])
    for (const name of ['seen', 'long-ago', 'failed', 'hearsay']) known.learn(hint(name), 9 * hour)
    known.succeeded('long-ago', 8 * hour)
    known.succeeded('seen', 9 * hour)
    known.succeeded('failed', 9 * hour)
    known.failed('failed', 5)
    expect(names(known.seen(9.5 * hour))).toEqual(['listed', 'seen'])
    known.proved('failed', 9.5 * hour)
    expect(known.next(new Map([['listed', 1]]), () => 0.99)?.peerId).not.toBe('failed') // it came to us
    expect(names(known.seen(9.5 * hour))).toEqual(['listed', 'seen', 'failed'])
  })

  test('a learnt relay is forgotten when it fails for an hour, or nobody tells of it for a day, while others are seen', () => {
    const known = new KnownRelays('me')
    known.list([hint('listed')])
    for (const name of ['alive', 'failing', 'silent', 'heard']) known.learn(hint(name), 0)
    for (const name of ['listed', 'failing', 'failing']) known.failed(name, 1)
    expect(known.sweep(none)).toBe(false) // nobody has been seen: it may be us who are offline
    known.succeeded('alive', hour)
    expect(known.sweep(none)).toBe(false)
    known.succeeded('alive', hour + 1)
    expect(known.sweep(new Map([['failing', 1]]))).toBe(false) // being tried at the moment
    expect(known.sweep(none)).toBe(true)
    expect(names(known.all())).toEqual(['listed', 'alive', 'silent', 'heard'])
    known.learn(hint('heard'), 20 * hour)
    known.succeeded('alive', 24 * hour + 1)
    expect(known.sweep(none)).toBe(true)
    expect(names(known.all())).toEqual(['listed', 'alive', 'heard'])
  })

  test('those seen last are remembered first', () => {
    const known = new KnownRelays('me')
    known.list([hint('listed')])
    for (const name of ['never', 'first', 'last']) known.learn(hint(name), 5)
    known.succeeded('listed', 7)
    known.succeeded('first', 8)
    known.succeeded('last', 9)
    expect(known.learnt().map(({ peerId, provedMs }) => [peerId, provedMs])).toEqual([
      ['last', 9],
      ['first', 8],
      ['never', undefined],
    ])
  })

  test('we are not a relay to ourselves, and a hint without an address is none', () => {
    const known = new KnownRelays('me')
    known.list([hint('me')])
    expect(known.learn(hint('me'), 0)).toBe(false)
    expect(known.learn({ ...hint('a'), addresses: [] }, 0)).toBe(false)
    expect(known.all()).toEqual([])
  })
})

describe('the memory of relays', () => {
  let dir: string | undefined
  afterEach(async () => {
    if (dir !== undefined) await rm(dir, { recursive: true })
    dir = undefined
  })
  const open = async (networkId = 'net', worked?: WorkedAddresses) => {
    dir ??= await mkdtemp(path.join(tmpdir(), 'chat-p2p-test-'))
    return new RelayMemory({ name: 'user1', path: path.join(dir, 'user1.json') }, networkId, worked)
  }
  const proved = (peerId: string, provedMs: number, address?: string) => ({ ...hint(peerId, address), provedMs })
  const fileIn = (folder: string) => path.join(folder, '.state', 'user1.relays')

  test('outlives the process, readable by its owner only', async () => {
    await (await open()).save([hint('a'), hint('b')], 0)
    expect(await (await open()).load()).toEqual([hint('a'), hint('b')])
    expect((await stat(fileIn(dir!))).mode & 0o777).toBe(0o600)
  })

  test('of another network, damaged, or missing is empty', async () => {
    const memory = await open()
    expect(await memory.load()).toEqual([])
    await memory.save([hint('a')], 0)
    expect(await (await open('other')).load()).toEqual([])
    const text = await readFile(fileIn(dir!), 'utf8')
    for (const damaged of [
      text.slice(0, -5),
      '',
      'null',
      '{"networkId":"net","relays":7}',
      '{"networkId":"net","relays":[7,null]}',
      '{"networkId":"net","relays":[],"worked":7}',
      '{"networkId":"net","relays":[],"worked":[null,7,{"peerId":"a"}]}',
    ]) {
      await writeFile(fileIn(dir!), damaged)
      expect(await (await open()).load()).toEqual([])
    }
  })

  const ways = ['/ip4/192.0.2.1/tcp/1', '/ip4/192.0.2.1/tcp/2/ws']
  const reached = (peerId: string) => {
    const worked = new WorkedAddresses()
    worked.worked(peerId, ways, ways[1]!, 5)
    return worked
  }

  test('has which address of a relay worked, where that is not the first one', async () => {
    await (await open('net', reached('a'))).save([], 5)
    const [next, other] = [new WorkedAddresses(), new WorkedAddresses()]
    await (await open('net', next)).load()
    await (await open('other', other)).load()
    expect(next.first('a', ways, 6)).toBe(ways[1])
    expect(other.first('a', ways, 6)).toBeUndefined()
    next.failed('a')
    await (await open('net', next)).save([], 6)
    const last = new WorkedAddresses()
    await (await open('net', last)).load()
    expect(last.first('a', ways, 6)).toBeUndefined()
  })

  test('of two processes has the addresses that either found out, and files of before have none', async () => {
    await (await open()).save([hint('a')], 5)
    expect(await readFile(fileIn(dir!), 'utf8')).not.toContain('worked')
    await (await open('net', reached('a'))).save([hint('a')], 5)
    await (await open('net', reached('b'))).save([hint('a')], 5)
    const worked = new WorkedAddresses()
    expect(await (await open('net', worked)).load()).toEqual([hint('a')])
    expect(['a', 'b'].map((peerId) => worked.first(peerId, ways, 6))).toEqual([ways[1], ways[1]])
  })

  test('of an identity without a file is none', async () => {
    const memory = new RelayMemory({ name: 'user1' }, 'net')
    await memory.save([hint('a')], 0)
    expect(await memory.load()).toEqual([])
  })

  test('of two processes of one identity has what either learnt', async () => {
    const [host, chat] = [await open(), await open()]
    await Promise.all([host.load(), chat.load()])
    await host.save([proved('a', 1)], 9)
    await chat.save([proved('b', 2)], 9)
    await host.save([proved('a', 3)], 9)
    expect(await (await open()).load()).toEqual([proved('a', 3), proved('b', 2)])
  })

  test('has what was written last back when another process that began before wrote without it', async () => {
    const host = await open()
    await host.save([proved('a', 1)], 9)
    await rm(fileIn(dir!))
    await (await open()).save([proved('b', 2)], 9)
    await host.save([proved('a', 1)], 9)
    expect(await (await open()).load()).toEqual([proved('b', 2), proved('a', 1)])
  })

  test('drops what this process has forgotten, and keeps what only the other one knows', async () => {
    await (await open()).save([proved('a', 1), proved('b', 1)], 9)
    const [host, chat] = [await open(), await open()]
    await Promise.all([host.load(), chat.load()])
    await chat.save([proved('c', 1), proved('a', 1), proved('b', 1)], 9)
    await host.save([proved('b', 2)], 9)
    await host.save([proved('b', 3)], 9)
    expect(await (await open()).load()).toEqual([proved('b', 3), proved('c', 1)])
  })

  test('believes of one relay whoever saw it last, and nobody who saw it in the future', async () => {
    const [host, chat] = [await open(), await open()]
    await chat.save([proved('a', 5, 'new'), proved('b', 99, 'tomorrow')], 100)
    await host.save([proved('a', 2, 'old'), proved('b', 9, 'today')], 9)
    expect(await (await open()).load()).toEqual([proved('b', 9, 'today'), proved('a', 5, 'new')])
  })

  test('is bounded, however many processes write: those seen last stay', async () => {
    const many = (from: number) => Array.from({ length: 64 }, (_, at) => proved(`r${from + at}`, from + at))
    await (await open()).save(many(0), 999)
    await (await open()).save(many(32), 999)
    const peerIds = (await (await open()).load()).map(({ peerId }) => peerId)
    expect(peerIds).toHaveLength(64)
    expect(new Set(peerIds)).toEqual(new Set(many(32).map(({ peerId }) => peerId)))
  })
})
