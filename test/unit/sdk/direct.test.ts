import { EventEmitter } from 'node:events'
import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, test } from 'vitest'
import type { InterfaceAddress } from '../../../src/net/candidates.js'
import { whyNeverDirect } from '../../../src/sdk/direct.js'
import { DirectNews } from '../../../src/sdk/direct-news.js'
import { DirectPace } from '../../../src/sdk/direct-pace.js'
import type { Member } from '../../../src/sdk/member.js'
import { NetworkWatch } from '../../../src/sdk/network-watch.js'
import type { DirectState } from '../../../src/sdk/types.js'
import type { Session } from '../../../src/session/session.js'
import { ManualClock } from '../session/manual-clock.js'

const minute = 60_000

describe('another attempt at a direct path', () => {
  const pace = () => new DirectPace(() => 1)

  test('is due at once with a peer that nothing is known of', () => {
    expect(pace().waitMs('a', 0)).toBe(0)
  })

  test('waits twice as long each time, up to ten minutes, for that peer alone', () => {
    const known = pace()
    const waits: number[] = []
    for (let nowMs = 0; waits.length < 9; nowMs += known.waitMs('a', nowMs)) {
      known.failed('a', nowMs, nowMs)
      waits.push(known.waitMs('a', nowMs) / 1_000)
    }
    expect(waits).toEqual([5, 10, 20, 40, 80, 160, 320, 600, 600])
    expect(known.waitMs('b', 0)).toBe(0)
  })

  /** So many, each when it was due; returns when the next one is. */
  function fails(known: DirectPace, peer: string, times: number, nowMs = 0): number {
    for (let count = 0; count < times; count++) {
      known.failed(peer, nowMs, nowMs)
      nowMs += known.waitMs(peer, nowMs)
    }
    return nowMs
  }

  test('begins anew after a path that lasted, and goes on waiting longer after one that did not', () => {
    const known = pace()
    const nowMs = fails(known, 'a', 4)
    known.broke('a', minute - 1, nowMs)
    expect(known.waitMs('a', nowMs)).toBe(80_000)
    const laterMs = nowMs + 80_000
    known.broke('a', minute, laterMs)
    expect(known.waitMs('a', laterMs)).toBe(5_000)
  })

  test('waits no longer when many fail or break at once', () => {
    const known = pace()
    for (let count = 0; count < 50; count++) known.failed('a', 0, 0)
    for (let count = 0; count < 50; count++) known.broke('a', 1_000, 0)
    for (let count = 0; count < 50; count++) known.broke('b', minute, 0)
    expect([known.waitMs('a', 0), known.waitMs('b', 0)]).toEqual([5_000, 5_000])
  })

  test('waits for nobody else when another one succeeded while it failed', () => {
    const known = pace()
    known.succeeded('a', 2)
    known.failed('a', 3, 1)
    expect(known.waitMs('a', 3)).toBe(0)
    known.failed('a', 3, 2)
    expect(known.waitMs('a', 3)).toBe(5_000)
  })

  test('is due when the machine has moved', () => {
    const known = pace()
    const nowMs = fails(known, 'a', 8)
    known.failed('a', nowMs, nowMs)
    expect(known.waitMs('a', nowMs)).toBeGreaterThan(8 * minute)
    known.moved()
    expect(known.waitMs('a', nowMs)).toBe(0)
  })

  test('is due when a link was made anew, unless the last one was within a minute', () => {
    const known = pace()
    const nowMs = fails(known, 'a', 8)
    known.failed('a', nowMs, nowMs)
    known.reconsider(nowMs + minute - 1)
    expect(known.waitMs('a', nowMs + minute)).toBeGreaterThan(8 * minute)
    known.reconsider(nowMs + minute)
    expect(known.waitMs('a', nowMs + minute)).toBe(0)
  })
})

describe('a move to another network', () => {
  const at = (address: string, cidr: string, internal = false): InterfaceAddress => ({ address, cidr, internal })
  const loopback = at('127.0.0.1', '127.0.0.1/8', true)
  const wifi = at('192.168.1.7', '192.168.1.7/24')

  function watched(interfaces: InterfaceAddress[]) {
    const clock = new ManualClock()
    const all = { interfaces }
    const watch = new NetworkWatch(clock, () => all.interfaces)
    let moves = 0
    const forget = watch.listen(() => moves++)
    return {
      clock,
      forget,
      async changesTo(next: InterfaceAddress[]): Promise<number> {
        all.interfaces = next
        await clock.advance(5_000)
        return moves
      },
    }
  }

  test('is noticed within seconds, and each one once', async () => {
    const { changesTo } = watched([loopback, wifi])
    const phone = at('10.9.8.7', '10.9.8.7/24')
    expect(await changesTo([loopback, phone])).toBe(1)
    expect(await changesTo([loopback, phone])).toBe(1)
    expect(await changesTo([loopback])).toBe(2)
  })

  test.each([
    ['another order', [wifi, loopback]],
    ['a further address of the machine itself', [loopback, wifi, at('::1', '::1/128', true)]],
    ['an address of a link', [loopback, wifi, at('fe80::1', 'fe80::1/64')]],
  ])('is not %s', async (_, next) => {
    expect(await watched([loopback, wifi]).changesTo(next)).toBe(0)
  })

  test('is not another temporary address in the same network', async () => {
    const { changesTo } = watched([at('2001:db8:1:2::5', '2001:db8:1:2::5/64')])
    expect(await changesTo([at('2001:db8:1:2::6', '2001:db8:1:2::6/64')])).toBe(0)
    expect(await changesTo([at('2001:db8:1:3::6', '2001:db8:1:3::6/64')])).toBe(1)
  })

  test('is not looked for when nobody listens', () => {
    const { clock, forget } = watched([wifi])
    expect(clock.timers).toBe(1)
    forget()
    expect(clock.timers).toBe(0)
  })
})

test('news of a direct path are told when they are new', () => {
  const labels: string[] = []
  const session = Object.assign(new EventEmitter(), { labels })
  const news = new DirectNews(session as unknown as Session)
  const told: DirectState[] = []
  news.listen((state) => told.push(state))
  expect(news.state).toEqual({ state: 'trying' })
  session.emit('paths')
  for (const why of ['no way', 'no way', 'another reason']) news.why = why
  labels.push('direct')
  session.emit('paths')
  news.why = undefined
  labels.pop()
  news.why = 'the direct path broke'
  expect(told).toEqual([
    { state: 'relayed', why: 'no way' },
    { state: 'relayed', why: 'another reason' },
    { state: 'direct' },
    { state: 'relayed', why: 'the direct path broke' },
  ])
})

describe('a session stays on relays', () => {
  const member = ({ own = true, service = true, proxy = false }) =>
    ({
      direct: own ? {} : undefined,
      trust: { network: { services: new Map([['ssh', service ? {} : { direct: false }]]) } },
      pool: { up: () => [{ link: { connection: { remoteAddr: multiaddr('/ip4/192.0.2.1/tcp/4001') } } }] },
      node: { relaySockets: { proxyFor: () => (proxy ? {} : undefined) } },
    }) as unknown as Member

  test.each([
    ['not when nobody minds', {}, undefined],
    ['when this side wants that', { own: false }, 'this side keeps to relays'],
    ['when the service does', { service: false }, 'the service keeps to relays'],
    ['when a proxy leads to relays', { proxy: true }, 'this side goes out through a proxy'],
  ])('%s', (_, options, why) => {
    expect(whyNeverDirect(member(options), 'ssh')).toBe(why)
  })
})
