import { describe, expect, test } from 'vitest'
import { OverlayError } from '../../../src/core/errors.js'
import {
  afterEvent,
  dropsIncoming,
  isSettled,
  isToBeSaid,
  notEnded,
  type SessionEnd,
  type SessionEndEvent,
} from '../../../src/session/session-end.js'

const error = new OverlayError('session_lost', 'No path came back.')
const leave = { type: 'leave' } as const
const delivered = { type: 'delivered' } as const
const said = { type: 'said' } as const
const inOrder = { type: 'ended', error: undefined } as const
const broken = { type: 'ended', error } as const

const open: SessionEnd = notEnded
const openDelivered: SessionEnd = { phase: 'open', delivered: true }
const leaving: SessionEnd = { phase: 'leaving', delivered: false }
const leavingDelivered: SessionEnd = { phase: 'leaving', delivered: true }
const ended = (fields: Partial<Extract<SessionEnd, { phase: 'ended' }>>): SessionEnd => ({
  phase: 'ended',
  delivered: false,
  error: undefined,
  drops: false,
  said: false,
  ...fields,
})
const lost = ended({ error })
const lostWhileLeaving = ended({ error, drops: true })
const finished = ended({ delivered: true })

describe('(end, event) → end', () => {
  const table: Array<[name: string, end: SessionEnd, event: SessionEndEvent, after: SessionEnd]> = [
    ['close on the open session', open, leave, leaving],
    ['close when all arrived', openDelivered, leave, leavingDelivered],
    ['close a second time', leaving, leave, leaving],
    ['close after the end leaves what came to be read', finished, leave, finished],
    ['the other side has everything', open, delivered, openDelivered],
    ['the other side has everything after close', leaving, delivered, leavingDelivered],
    ['nothing is said before the end', open, said, open],
    ['an end in order is one that both know of', open, inOrder, finished],
    ['an end in order after close', leaving, inOrder, ended({ delivered: true, drops: true })],
    ['an error', open, broken, lost],
    ['an error after close', leaving, broken, lostWhileLeaving],
    ['an error after all arrived', openDelivered, broken, ended({ error, delivered: true })],
    ['the first end counts', finished, broken, finished],
    ['the first error counts', lost, inOrder, lost],
    ['close was emitted', lost, said, ended({ error, said: true })],
  ]
  test.each(table)('%s', (_, end, event, after) => expect(afterEvent(end, event)).toEqual(after))
})

describe('what follows from an end', () => {
  const table: Array<
    [name: string, end: SessionEnd, drops: boolean, settled: boolean, unread: boolean, read: boolean]
  > = [
    ['open', open, false, false, false, false],
    ['open, all arrived', openDelivered, false, true, false, false],
    ['leaving', leaving, true, false, false, false],
    ['leaving, all arrived', leavingDelivered, true, true, false, false],
    ['finished: said once all has been read', finished, false, true, false, true],
    ['finished after close: said at once', ended({ delivered: true, drops: true }), true, true, true, true],
    ['lost: said at once', lost, false, true, true, true],
    ['lost after close', lostWhileLeaving, true, true, true, true],
    ['said: not a second time', ended({ error, said: true }), false, true, false, false],
  ]
  test.each(table)('%s', (_, end, drops, settled, unread, read) => {
    expect(dropsIncoming(end)).toBe(drops)
    expect(isSettled(end)).toBe(settled)
    expect([isToBeSaid(end, false), isToBeSaid(end, true)]).toEqual([unread, read])
  })
})
