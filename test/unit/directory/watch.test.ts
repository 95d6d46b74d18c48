import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import type { Row, RowHost } from '../../../src/directory/row.js'
import { encodeRow } from '../../../src/directory/row-codec.js'
import { ServiceWatch } from '../../../src/directory/watch.js'
import { ManualClock, row } from '../../support/directory.js'

const settle = async () => {
  for (let turn = 0; turn < 200; turn++) await Promise.resolve()
}

/** Three relays, the first of which two are watched; \`provable\` are those whom lookups find. */
function stage(names = ['a', 'b', 'c']) {
  const clock = new ManualClock()
  const log: string[] = []
  const heard: string[] = []
  const provable = new Map<string, Row>()
  const proved: string[] = []
  const relays = names.map((peerId) => ({
    peerId,
    state: 'up',
    link: {
      watch: async () => void log.push(`watch ${peerId}`),
      unwatch: () => void log.push(`unwatch ${peerId}`),
    },
  }))
  const pool = Object.assign(new EventEmitter(), { up: () => relays.filter(({ state }) => state === 'up') })
  const directory = {
    provedHosts: async (_: string, instanceId: string) => {
      proved.push(instanceId)
      const known = provable.get(instanceId)
      return new Map<string, RowHost>(known === undefined ? [] : [[known.peerId, known]])
    },
  }
  const watch = new ServiceWatch(pool as never, directory, clock, 'chat', {
    onRow: (instanceId, now) => heard.push(now ? `+${instanceId} ${now.identityName}` : `-${instanceId}`),
    onRefused: (error) => heard.push(String(error)),
  })
  const event = { service: 'chat', goneInstanceId: '', lastSeenMs: 0, current: false }
  const tell = (from: number, told: Row) => pool.emit('watch', { ...event, row: encodeRow(told) }, relays[from])
  const gone = (from: number, goneInstanceId: string) => pool.emit('watch', { ...event, goneInstanceId }, relays[from])
  const current = (from: number) => pool.emit('watch', { ...event, current: true }, relays[from])
  const down = (index: number) => {
    relays[index]!.state = 'down'
    pool.emit('down', relays[index])
  }
  /** Long enough for a dispute to be settled. */
  const wait = async () => {
    for (let turn = 0; turn < 6; turn++) {
      clock.advance(500)
      await settle()
    }
  }
  watch.start()
  return { watch, clock, log, heard, proved, provable, tell, gone, current, down, wait }
}

/** As \`stage\`, with two relays that have told of anna and ben. */
function agreed() {
  const staged = stage()
  for (const from of [0, 1]) {
    for (const name of ['anna', 'ben']) staged.tell(from, row(name))
    staged.current(from)
  }
  for (const name of ['anna', 'ben']) staged.provable.set(name, row(name))
  staged.heard.length = 0
  return staged
}

test('two relays are watched; what both tell is shown at once, and nothing has to be proved', async () => {
  const { heard, log, proved, tell, gone, wait } = stage()
  tell(0, row('anna'))
  expect(heard).toEqual([])
  tell(1, row('anna'))
  expect(heard).toEqual(['+anna anna'])
  gone(1, 'anna')
  gone(0, 'anna')
  expect(heard).toEqual(['+anna anna', '-anna'])
  await wait()
  expect(log).toEqual(['watch a', 'watch b'])
  expect(proved).toEqual([])
})

test.each([0, 1])('a ghost that relay %i alone tells of is not shown', async (evil) => {
  const { heard, proved, tell, wait } = agreed()
  tell(evil, row('ghost'))
  await wait()
  expect(heard).toEqual([])
  expect(proved).toEqual(['ghost'])
})

test.each([0, 1])('who is there is shown, and stays, although relay %i does not say so', async (evil) => {
  const { heard, provable, tell, gone, wait } = agreed()
  provable.set('carl', row('carl'))
  tell(1 - evil, row('carl'))
  gone(evil, 'anna')
  await wait()
  expect(heard).toEqual(['+carl carl'])
})

test.each([0, 1])('who has left is taken away, although relay %i goes on telling of him', async (evil) => {
  const { heard, provable, gone, wait } = agreed()
  provable.delete('anna')
  gone(1 - evil, 'anna')
  await wait()
  expect(heard).toEqual(['-anna'])
})

test.each([0, 1])('a false name that relay %i gives somebody is not shown', async (evil) => {
  const { heard, tell, wait } = agreed()
  tell(evil, row('anna', { identityName: 'admin' }))
  await wait()
  expect(heard).toEqual([])
  tell(evil, row('carl', { identityName: 'admin' }))
  tell(1 - evil, row('carl'))
  await wait()
  expect(heard).toEqual([]) // lookups find no carl
})

test('busy is who is busy by the word of both', () => {
  const { heard, tell } = agreed()
  tell(0, row('anna', { busy: true }))
  expect(heard).toEqual([])
  tell(1, row('anna', { busy: true }))
  expect(heard).toEqual(['+anna anna'])
})

test('a relay that tells of many who cannot be proved is left for another one', async () => {
  const { heard, log, tell, wait } = agreed()
  for (let index = 0; index < 100; index++) tell(0, row(`ghost${index}`))
  await wait()
  expect(heard).toEqual([])
  expect(log).toEqual(['watch a', 'watch b', 'unwatch a', 'watch c'])
})

test('a relay that is silent from the beginning keeps nobody waiting for long', async () => {
  const { heard, proved, provable, tell, wait } = stage()
  for (let index = 0; index < 100; index++) {
    provable.set(`n${index}`, row(`n${index}`))
    tell(0, row(`n${index}`))
  }
  await wait()
  expect(heard).toHaveLength(100)
  expect(proved.length).toBeLessThanOrEqual(100)
})

test('one that is lost gives way to another, and nobody is seen to leave', async () => {
  const { heard, log, tell, current, down, wait } = agreed()
  down(0)
  for (const name of ['anna', 'ben']) tell(2, row(name))
  current(2)
  await wait()
  expect(heard).toEqual([])
  expect(log).toEqual(['watch a', 'watch b', 'watch c'])
  down(1)
  down(2)
  await wait()
  expect(heard).toEqual([])
})

test('of one relay alone every change is shown', () => {
  const { heard, tell, gone } = stage(['a'])
  tell(0, row('anna'))
  gone(0, 'anna')
  expect(heard).toEqual(['+anna anna', '-anna'])
})
