import { describe, expect, test } from 'vitest'
import { HostTable, type HostTableOptions } from '../../../src/session/host-table.js'
import { answerOf } from '../../../src/session/ringing-dial.js'
import { dialStatus } from '../../../src/wire/session-status.js'

const id = (n: number) => new Uint8Array(16).fill(n)
const secret = new Uint8Array(32).fill(9)
const declined = answerOf({ status: dialStatus.declined, reason: 'no' })
const create = (options: HostTableOptions = {}) => new HostTable<string, string>(options)

describe('dials', () => {
  test('one that is retried while it rings is the same dial', () => {
    const table = create()
    expect(table.lookupDial('alice', id(1), 0)).toEqual({ state: 'new' })
    table.ring('alice', id(1), 'dial')
    expect(table.lookupDial('alice', id(1), 0)).toEqual({ state: 'ringing', dial: 'dial' })
    expect(table.dials).toEqual(['dial'])
  })

  test('the same id from another peer is another dial', () => {
    const table = create()
    table.ring('alice', id(1), 'dial')
    expect(table.lookupDial('mallory', id(1), 0)).toEqual({ state: 'new' })
    table.answer('alice', id(1), declined, 0)
    expect(table.lookupDial('mallory', id(1), 0)).toEqual({ state: 'new' })
  })

  test('an answer is repeated for fifteen minutes, then forgotten', () => {
    const table = create()
    table.ring('alice', id(1), 'dial')
    table.answer('alice', id(1), declined, 1000)
    expect(table.dials).toEqual([])
    expect(table.lookupDial('alice', id(1), 900_999)).toEqual({ state: 'answered', answer: declined })
    expect(table.lookupDial('alice', id(1), 901_000)).toEqual({ state: 'new' })
    expect(table.remembered.answers).toBe(0)
  })

  test('one peer can not let everything ring at once', () => {
    const table = create({ maxRingingPerPeer: 2 })
    table.ring('alice', id(1), 'a')
    table.ring('alice', id(2), 'b')
    expect(table.lookupDial('alice', id(3), 0)).toEqual({ state: 'too many' })
    expect(table.lookupDial('alice', id(2), 0)).toEqual({ state: 'ringing', dial: 'b' })
    expect(table.lookupDial('bob', id(3), 0)).toEqual({ state: 'new' })
  })

  test('memory is bounded, and one peer can not make the answers of others be forgotten', () => {
    const table = create({ maxRemembered: 50, maxRememberedPerPeer: 10 })
    table.answer('bob', id(1), declined, 0)
    for (let n = 0; n < 200; n++) table.answer('alice', new Uint8Array(16).fill(n), declined, n)
    expect(table.remembered.answers).toBe(11)
    expect(table.lookupDial('bob', id(1), 200).state).toBe('answered')
    expect(table.lookupDial('alice', id(189), 200).state).toBe('new')
    expect(table.lookupDial('alice', id(190), 200).state).toBe('answered')
    for (let n = 0; n < 100; n++) table.answer(`peer${n}`, id(1), declined, 300)
    expect(table.remembered.answers).toBe(50)
  })
})

describe('sessions', () => {
  const other = new Uint8Array(32).fill(8)
  test.each<[string, string, Uint8Array, Uint8Array, string | undefined]>([
    ['the same peer, with the secret', 'alice', id(1), secret, 'open'],
    ['another peer, with the secret', 'mallory', id(1), secret, undefined],
    ['the same peer, with another secret', 'alice', id(1), other, undefined],
    ['the same peer, with a part of the secret', 'alice', id(1), secret.subarray(0, 31), undefined],
    ['the same peer, with no secret', 'alice', id(1), new Uint8Array(0), undefined],
    ['an unknown session', 'alice', id(2), secret, undefined],
  ])('%s', (_name, peer, sessionId, presented, expected) => {
    const table = create()
    table.open('alice', id(1), secret, 'session')
    expect(table.resume(peer, sessionId, presented, 0)?.state).toBe(expected)
    const ending = { received: 5, credit: 9 }
    table.close(id(1), ending, 0)
    const ended = table.resume(peer, sessionId, presented, 0)
    expect(ended).toEqual(expected === undefined ? undefined : { state: 'ended', ending })
  })

  test('how one ended is told for fifteen minutes', () => {
    const table = create()
    table.open('alice', id(1), secret, 'session')
    const ending = { received: 0, credit: 0, abort: { code: 1, reason: 'x' } }
    table.close(id(1), ending, 1000)
    expect([table.sessions, table.remembered.endings]).toEqual([[], 1])
    expect(table.resume('alice', id(1), secret, 900_999)).toEqual({ state: 'ended', ending })
    expect(table.resume('alice', id(1), secret, 901_000)).toBeUndefined()
  })

  test('only its own peer finds a session again for the answer of a retried dial', () => {
    const table = create()
    table.open('alice', id(1), secret, 'session')
    expect([table.session('alice', id(1)), table.session('mallory', id(1))]).toEqual(['session', undefined])
  })

  test('closing one that is not open does nothing', () => {
    const table = create()
    table.close(id(1), { received: 0, credit: 0 }, 0)
    expect(table.remembered.endings).toBe(0)
  })
})
