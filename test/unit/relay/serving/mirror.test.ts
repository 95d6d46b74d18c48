import { EventEmitter } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { partitionKey } from '../../../../src/directory/partition.js'
import type { Row, RowHost } from '../../../../src/directory/row.js'
import { encodeRow } from '../../../../src/directory/row-codec.js'
import { Mirror } from '../../../../src/relay/serving/mirror.js'
import { DirectoryStore } from '../../../../src/relay/table/store.js'
import { ManualClock, row } from '../../../support/directory.js'

const service = 'chat'
const partition = partitionKey({ service, shard: 0 })
const closing: Array<() => void> = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

const settle = async () => {
  for (let turn = 0; turn < 200; turn++) await Promise.resolve()
}

/** A relay that is no home of the service, of which somebody watches it, and three homes; `bound` are those whom lookups find. */
async function stage(names = ['a', 'b', 'c']) {
  const clock = new ManualClock()
  const heard: string[] = []
  const watched: string[] = []
  const bound = new Map<string, Row>()
  const homes = names.map((peerId) => ({
    peerId,
    link: {
      watch: async () => void watched.push(peerId),
      unwatch: () => void watched.push(`-${peerId}`),
    },
  }))
  const live = new Set(names)
  const liars = new Set<string>()
  const placement = Object.assign(new EventEmitter(), {
    partitions: () => [partition],
    isSettledHome: () => false,
    preferred: () => [...live],
  })
  const pool = Object.assign(new EventEmitter(), {
    ensure: async (peerId: string) => homes.find((home) => home.peerId === peerId)!.link,
    get: (peerId: string) => homes.find((home) => home.peerId === peerId),
  })
  const mirror = new Mirror(
    {
      pool,
      homes: placement,
      store: new DirectoryStore(),
      clock,
      liars,
      prove: async (_service: string, instanceId: string) => {
        const known = bound.get(instanceId)
        return new Map<string, RowHost>(known === undefined ? [] : [[known.peerId, known]])
      },
    } as never,
    (_service, instanceId) => heard.push(`${mirror.row(service, instanceId) === undefined ? '-' : '+'}${instanceId}`),
    () => {},
  )
  mirror.start()
  closing.push(() => mirror.stop())
  mirror.follow(service)
  await settle()
  const event = { service, goneInstanceId: '', lastSeenMs: 0, current: false }
  const from = (home: string) => homes.find(({ peerId }) => peerId === home)
  const tell = (home: string, name: string) => pool.emit('watch', { ...event, row: encodeRow(row(name)) }, from(home))
  const gone = (home: string, goneInstanceId: string) => pool.emit('watch', { ...event, goneInstanceId }, from(home))
  const current = (home: string) => pool.emit('watch', { ...event, current: true }, from(home))
  /** The link to a home closes, and it is no home until it is seen again. */
  const down = async (home: string) => {
    pool.emit('down', from(home))
    live.delete(home)
    placement.emit('changed')
    await settle()
  }
  const caught = async (home: string) => {
    liars.add(home)
    placement.emit('changed')
    await settle()
  }
  const up = async (home: string) => {
    live.add(home)
    placement.emit('changed')
    await settle()
  }
  const shown = () => mirror.instanceIds(service).sort()
  /** A second: in that time what homes differ in is settled. */
  const second = async () => {
    for (let turn = 0; turn < 4; turn++) {
      clock.advance(250)
      await settle()
    }
  }
  const bind = (...who: string[]) => {
    for (const name of who) bound.set(name, row(name))
  }
  return { mirror, clock, heard, watched, bound, bind, tell, gone, current, down, up, caught, shown, second }
}

/** As `stage`, when the homes that are followed have told of anna and ben, who are bound. */
async function agreed(names?: string[]) {
  const staged = await stage(names)
  staged.bind('anna', 'ben')
  for (const home of ['a', 'b']) {
    for (const name of ['anna', 'ben']) staged.tell(home, name)
    staged.current(home)
  }
  staged.heard.length = 0
  return staged
}

test('two homes are followed; what both tell is shown at once', async () => {
  const { watched, tell, gone, shown, heard, mirror } = await agreed()
  expect(watched).toEqual(['a', 'b'])
  expect([mirror.current(service), shown()]).toEqual([true, ['anna', 'ben']])
  for (const home of ['a', 'b']) {
    tell(home, 'carol')
    gone(home, 'ben')
  }
  expect(shown()).toEqual(['anna', 'carol'])
  expect(heard).toEqual(['+carol', '-ben'])
})

test.each(['a', 'b'])(
  'while home %s is frozen, who comes and goes is shown within a second by the word of the other',
  async (frozen) => {
    const { tell, gone, bind, bound, shown, second } = await agreed()
    const other = frozen === 'a' ? 'b' : 'a'
    bind('carol')
    bound.delete('ben')
    tell(other, 'carol')
    gone(other, 'ben')
    await second()
    expect(shown()).toEqual(['anna', 'carol'])
  },
)

test.each(['a', 'b'])('nobody is seen to leave when home %s loses its rows', async (poor) => {
  const { gone, shown, heard, second } = await agreed()
  gone(poor, 'anna')
  gone(poor, 'ben')
  await second()
  expect(shown()).toEqual(['anna', 'ben'])
  expect(heard).toEqual([])
})

test.each(['a', 'b'])('a ghost that home %s alone tells of is not shown', async (evil) => {
  const { tell, shown, heard, second } = await agreed()
  tell(evil, 'ghost')
  await second()
  expect([shown(), heard]).toEqual([['anna', 'ben'], []])
})

test('a home that tells of many who are not there is left for another one', async () => {
  const { tell, watched, shown, second } = await agreed()
  for (let n = 0; n < 20; n++) tell('a', `ghost${n}`)
  await second()
  await settle()
  expect(watched).toEqual(['a', 'b', '-a', 'c'])
  expect(shown()).toEqual(['anna', 'ben'])
})

test('a home that was caught lying is left for another one', async () => {
  const { caught, watched, shown, heard } = await agreed()
  await caught('a')
  expect(watched).toEqual(['a', 'b', '-a', 'c'])
  expect([shown(), heard]).toEqual([['anna', 'ben'], []])
})

test('a home that is gone gives way to another one, and nobody is seen to leave', async () => {
  const { down, watched, tell, current, shown, heard, second } = await agreed()
  await down('a')
  expect(watched.at(-1)).toBe('c')
  await second()
  expect([shown(), heard]).toEqual([['anna', 'ben'], []])
  for (const name of ['anna', 'ben']) tell('c', name)
  current('c')
  await second()
  expect([shown(), heard]).toEqual([['anna', 'ben'], []])
})

test('when all homes are gone, what was shown stays until one has told everything', async () => {
  const { down, up, bound, tell, current, shown, heard, mirror, second } = await agreed(['a', 'b'])
  await down('a')
  await down('b')
  await second()
  expect([shown(), heard]).toEqual([['anna', 'ben'], []])
  bound.delete('ben')
  await up('b')
  tell('b', 'anna')
  expect([shown(), mirror.current(service)]).toEqual([['anna', 'ben'], false])
  current('b')
  expect([shown(), mirror.current(service)]).toEqual([['anna'], true])
})

test('a home that comes back with an older table brings nobody back', async () => {
  const { down, up, bound, gone, tell, current, shown, heard, second } = await agreed(['a', 'b'])
  await down('a')
  bound.delete('ben')
  gone('b', 'ben')
  expect(shown()).toEqual(['anna'])
  heard.length = 0
  await up('a')
  for (const name of ['anna', 'ben']) tell('a', name)
  expect(shown()).toEqual(['anna'])
  current('a')
  await second()
  expect([shown(), heard]).toEqual([['anna'], []])
})

test('a home that is silent from the beginning keeps nobody waiting for what the other one has told', async () => {
  const { bind, tell, current, shown, mirror } = await stage()
  bind('anna')
  tell('b', 'anna')
  current('b')
  expect([mirror.current(service), shown()]).toEqual([true, ['anna']])
})

test('where there is one home, it is believed', async () => {
  const { tell, gone, current, shown, second } = await stage(['a'])
  tell('a', 'anna')
  tell('a', 'ben')
  current('a')
  gone('a', 'ben')
  await second()
  expect(shown()).toEqual(['anna'])
})
