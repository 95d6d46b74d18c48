import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { OverlayError } from '../../../src/core/errors.js'
import type { Row } from '../../../src/directory/row.js'
import { encodeRow } from '../../../src/directory/row-codec.js'
import type { Change } from '../../../src/directory/untold.js'
import type { NetworkView } from '../../../src/identity/network-document.js'
import { Permissions } from '../../../src/net/permissions.js'
import { Watches } from '../../../src/sdk/watches.js'
import { ManualClock, row as rowOf } from '../../support/directory.js'
import { chatService } from '../../support/network.js'

const row = (instanceId: string, terminators = 1) => rowOf(instanceId, { terminators })
const shown = (change: Change) =>
  change.type === 'left'
    ? `left ${change.instanceId}, last seen ${change.lastSeenMs}`
    : `${change.type} ${change.row.instanceId} ${change.row.terminators}`
const settle = async () => {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve()
}

/** Relays that answer `watch` as they are told, and the watches of a member that is linked to them. */
function stage(names: string[]) {
  const clock = new ManualClock()
  const log: string[] = []
  const refusals = new Map<string, OverlayError>()
  const relays = names.map((peerId) => ({
    peerId,
    state: 'up',
    link: {
      watch: async (service: string) => {
        log.push(`${peerId} watch ${service}`)
        const refusal = refusals.get(peerId)
        if (refusal !== undefined) throw refusal
      },
      unwatch: (service: string) => void log.push(`${peerId} unwatch ${service}`),
    },
  }))
  const pool = Object.assign(new EventEmitter(), { up: () => relays.filter(({ state }) => state === 'up') })
  const services = new Map([['chat-p2p', chatService]])
  const document = { services, revokedSerials: new Set<string>() } as unknown as NetworkView
  const own = {
    name: 'user1',
    roles: ['chat'],
    grants: [],
    serial: new Uint8Array(16),
    issuedAtMs: 1,
    expiresAtMs: 1e12,
  }
  const trust = { own, permissions: new Permissions(() => document, clock) }
  const watches = new Watches({ pool, clock, trust } as unknown as ConstructorParameters<typeof Watches>[0])
  const tell = ({ row, ...event }: { row?: Row; goneInstanceId?: string; lastSeenMs?: number; current?: boolean }) =>
    pool.emit('watch', { service: 'chat-p2p', current: false, ...event, row: row && encodeRow(row) }, relays[0])
  return { clock, log, refusals, pool, services, trust, watches, tell }
}

/** Reads all along. */
function reader(watches: Watches) {
  const stop = new AbortController()
  const heard: string[] = []
  const done = (async () => {
    for await (const change of watches.read('chat-p2p', stop.signal)) heard.push(shown(change))
  })()
  done.catch(() => {})
  return { heard, done, stop: () => stop.abort() }
}

test('a watch that no relay permits ends with the reason, after all of them were asked', async () => {
  const { log, refusals, watches } = stage(['a', 'b'])
  const refusal = new OverlayError('not_permitted', "user1 may not use service 'chat-p2p'.")
  refusals.set('a', refusal).set('b', refusal)
  await expect(reader(watches).done).rejects.toMatchObject({ code: 'not_permitted', details: { service: 'chat-p2p' } })
  expect(log).toEqual(['a watch chat-p2p', 'b watch chat-p2p'])
})

test('a relay that could not answer is asked again after a while', async () => {
  const { clock, log, refusals, watches, tell } = stage(['a', 'b'])
  refusals.set('a', new OverlayError('timed_out', 'no answer')).set('b', new OverlayError('not_permitted', 'no'))
  const { heard, done, stop } = reader(watches)
  await settle()
  refusals.delete('a')
  clock.advance(1_000)
  tell({ row: row('anna') })
  await settle()
  expect(log).toEqual(['a watch chat-p2p', 'b watch chat-p2p', 'a watch chat-p2p'])
  expect(heard).toEqual(['joined anna 1'])
  stop()
  await done
})

test('a watch ends when the network document withdraws the permission', async () => {
  const { log, services, trust, watches } = stage(['a'])
  const { done } = reader(watches)
  await settle()
  const nobody = { roles: ['#admin'], semantic: 'AnyOf' as const }
  trust.permissions.recheck()
  await settle()
  services.set('chat-p2p', { ...chatService, bind: nobody, dial: nobody })
  trust.permissions.recheck()
  await expect(done).rejects.toMatchObject({ code: 'not_permitted' })
  expect(log).toEqual(['a watch chat-p2p', 'a unwatch chat-p2p'])
})

test('two readers of a service share one watch; one that stops does not take it from the other', async () => {
  const { log, watches, tell } = stage(['a'])
  const first = reader(watches)
  tell({ row: row('anna') })
  await settle()
  const second = reader(watches)
  await settle()
  expect(second.heard).toEqual(['joined anna 1'])
  first.stop()
  await first.done
  tell({ row: row('ben') })
  tell({ goneInstanceId: 'anna', lastSeenMs: 5_000 })
  await settle()
  expect(first.heard).toEqual(['joined anna 1'])
  expect(second.heard).toEqual(['joined anna 1', 'joined ben 1', 'left anna, last seen 5000'])
  second.stop()
  await second.done
  expect(log).toEqual(['a watch chat-p2p', 'a unwatch chat-p2p'])
})

test('a slow reader gets the newest state of each instance, not every one of them', async () => {
  const { watches, tell } = stage(['a'])
  const changes = watches.read('chat-p2p', new AbortController().signal)
  const first = changes.next()
  tell({ row: row('anna') })
  expect(shown((await first).value as Change)).toBe('joined anna 1')
  for (let terminators = 2; terminators <= 1_000; terminators++) tell({ row: row('anna', terminators) })
  tell({ row: row('ben') }) // came and went unseen
  tell({ goneInstanceId: 'ben' })
  tell({ row: row('carl') })
  expect(shown((await changes.next()).value as Change)).toBe('changed anna 1000')
  expect(shown((await changes.next()).value as Change)).toBe('joined carl 1')
  tell({ goneInstanceId: 'carl' })
  tell({ row: row('carl', 2) })
  expect(shown((await changes.next()).value as Change)).toBe('changed carl 2')
  await changes.return(undefined)
})
