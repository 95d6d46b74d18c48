import { describe, expect, test } from 'vitest'
import { AckSchedule } from '../../../src/session/ack-schedule.js'
import { AckWatch } from '../../../src/session/ack-watch.js'
import { choosePath, type PathCandidate } from '../../../src/session/path-choice.js'
import { PathLiveness } from '../../../src/session/path-liveness.js'
import { ReceiveBuffer } from '../../../src/session/receive-buffer.js'
import { RoundTrip } from '../../../src/session/round-trip.js'
import { SessionTime } from '../../../src/session/session-time.js'

describe('choosePath', () => {
  const path = (name: string, flags: Partial<PathCandidate<string>> = {}): PathCandidate<string> => {
    return { path: name, rank: 2, suspect: false, settled: true, chosen: false, roundTripMs: 5, ...flags }
  }
  const direct = { rank: 0 }
  const suspect = { suspect: true }
  test.each<[string, PathCandidate<string>[], string | undefined, string | undefined]>([
    ['no path at all', [], undefined, undefined],
    ['the only path', [path('a')], undefined, 'a'],
    ['the only path, even a suspect one', [path('a', suspect)], undefined, 'a'],
    ['a healthy current path is kept', [path('a'), path('b', { roundTripMs: 1 })], 'a', 'a'],
    ['a suspect current path is kept when there is no other', [path('a', suspect)], 'a', 'a'],
    ['a suspect current path is kept when the others are suspect', [path('b', suspect), path('a', suspect)], 'a', 'a'],
    ['a suspect current path is left', [path('a', suspect), path('b')], 'a', 'b'],
    ['even for one that failed lately', [path('a', suspect), path('b', { settled: false })], 'a', 'b'],
    [
      'a lost path is replaced by the quickest',
      [path('b', { roundTripMs: 9 }), path('c', { roundTripMs: 2 })],
      undefined,
      'c',
    ],
    ['or by a measured one', [path('b', { roundTripMs: undefined }), path('c', { roundTripMs: 900 })], undefined, 'c'],
    ['or by a settled one', [path('b', { settled: false, roundTripMs: 1 }), path('c')], undefined, 'c'],
    ['or by a direct one', [path('b', { roundTripMs: 1 }), path('c', direct)], undefined, 'c'],
    ['never by a suspect one', [path('b', { ...direct, ...suspect }), path('c')], undefined, 'c'],
    ['a direct path is preferred to a healthy relay', [path('a'), path('b', direct)], 'a', 'b'],
    ['not before it is measured', [path('a'), path('b', { ...direct, roundTripMs: undefined })], 'a', 'a'],
    ['not while it is suspect', [path('a'), path('b', { ...direct, ...suspect })], 'a', 'a'],
    ['not when it failed lately', [path('a'), path('b', { ...direct, settled: false })], 'a', 'a'],
    ['a direct path is not left for another', [path('a', direct), path('b', direct)], 'a', 'a'],
    ['the host follows the dialer', [path('a'), path('b', { chosen: true })], 'a', 'b'],
    ['even from a direct path to a relay', [path('a', direct), path('b', { chosen: true })], 'a', 'b'],
    ['and stays there', [path('a', { chosen: true }), path('b', direct)], 'a', 'a'],
    ['not onto a suspect path', [path('a'), path('b', { chosen: true, ...suspect })], 'a', 'a'],
    ['not onto one that failed lately', [path('a'), path('b', { chosen: true, settled: false })], 'a', 'a'],
  ])('%s', (_name, candidates, current, expected) => {
    expect(choosePath(candidates, current)).toBe(expected)
  })
})

describe('PathLiveness', () => {
  const create = () => new PathLiveness({ heartbeatMs: 2000, strikeMs: 1000 }, 0)

  test('an idle path is pinged after the heartbeat, and an answer makes it idle again', () => {
    const path = create()
    expect(path.dueAt).toBe(2000)
    expect(path.tick(2000)).toBe('alive')
    expect(path.pingDue).toBe(true)
    const id = path.takePing(2000)
    path.heard(2030)
    expect(path.pong(id, 2030)).toEqual({ roundTripMs: 30, cleared: false })
    expect([path.dueAt, path.suspect]).toEqual([4030, false])
  })

  test('any byte is life: a ping without a pong is no strike when something else came', () => {
    const path = create()
    path.tick(2000)
    path.takePing(2000)
    path.heard(2500)
    expect(path.dueAt).toBe(4500)
    expect(path.tick(4500)).toBe('alive')
    expect(path.suspect).toBe(false)
  })

  test('two pings unanswered and it is lost; after the first it is suspect', () => {
    const path = create()
    path.tick(2000)
    path.takePing(2000)
    expect(path.tick(2999)).toBe('alive')
    expect(path.tick(3000)).toBe('strike')
    expect([path.suspect, path.pingDue]).toEqual([true, true])
    path.takePing(3000)
    expect(path.tick(4000)).toBe('lost')
  })

  test('strikes need ticks that really happened: one that comes an hour late is one strike', () => {
    const path = create()
    path.tick(2000)
    path.takePing(2000)
    expect(path.tick(3_600_000)).toBe('strike')
    path.takePing(3_600_000)
    path.heard(3_600_001)
    expect(path.tick(3_601_000)).toBe('alive')
  })

  test('a ping that could not be sent counts as well: the path is full because nothing moves', () => {
    const path = create()
    path.tick(2000)
    expect(path.tick(3000)).toBe('strike')
    expect(path.tick(4000)).toBe('lost')
  })

  test('a suspect is cleared by a pong only, and only by one sent after the suspicion', () => {
    const path = create()
    path.probe(100)
    const before = path.takePing(100)
    path.suspectNow(300)
    const after = path.takePing(300)
    path.heard(400)
    expect(path.pong(before, 400)).toEqual({ cleared: false })
    expect(path.suspect).toBe(true)
    expect(path.pong(after, 450)).toEqual({ roundTripMs: 150, cleared: true })
    expect(path.suspect).toBe(false)
  })

  test('a suspect on which bytes come is not lost, but asked again', () => {
    const path = create()
    path.suspectNow(0)
    let pings = 0
    for (let now = 500; now <= 10_000; now += 500) {
      path.heard(now)
      expect(path.tick(now)).toBe('alive')
      if (path.pingDue) {
        path.takePing(now)
        pings++
      }
    }
    expect(path.suspect).toBe(true)
    expect(pings).toBeGreaterThan(5)
  })

  test('a pong for a ping that was never sent means nothing', () => {
    const path = create()
    path.suspectNow(0)
    path.takePing(0)
    expect(path.pong(99, 5)).toEqual({ cleared: false })
    expect(path.suspect).toBe(true)
  })
})

describe('RoundTrip', () => {
  test('is patient for a second before the first measurement, then for srtt + 4 rttvar, but at least the minimum', () => {
    const trip = new RoundTrip()
    expect(trip.overdueMs(200)).toBe(1000)
    trip.measured(100)
    expect([trip.smoothedMs, trip.overdueMs(200)]).toEqual([100, 300])
    for (let n = 0; n < 100; n++) trip.measured(100)
    expect(trip.overdueMs(200)).toBe(200)
    trip.measured(500)
    expect(trip.smoothedMs).toBe(150)
    expect(trip.overdueMs(200)).toBeCloseTo(150 + 4 * 100, 0)
  })

  test('with an upper limit the variation costs no more than that, or than three round trips', () => {
    const trip = new RoundTrip()
    expect(trip.overdueMs(200, 600)).toBe(600)
    for (const ms of [10, 900, 10, 900, 10]) trip.measured(ms)
    expect(trip.overdueMs(200)).toBeGreaterThan(1000)
    expect(trip.overdueMs(200, 600)).toBe(Math.max(600, 3 * trip.smoothedMs!))
    for (let n = 0; n < 50; n++) trip.measured(1000)
    // A steady round trip is never taken for silence.
    expect(trip.overdueMs(200, 600)).toBeGreaterThanOrEqual(trip.smoothedMs!)
  })
})

describe('AckWatch', () => {
  test('patience doubles while nothing is acknowledged, and is back after a measurement', () => {
    const watch = new AckWatch()
    watch.waits(0)
    expect(watch.overdueAt(200)).toBe(200)
    watch.overdue(200)
    expect(watch.overdueAt(200)).toBe(600)
    watch.overdue(600)
    expect(watch.overdueAt(200)).toBe(1400)
    watch.restart(700)
    expect(watch.overdueAt(200)).toBe(1500)
    watch.measured()
    expect(watch.overdueAt(200)).toBe(900)
    watch.rests()
    expect(watch.overdueAt(200)).toBeUndefined()
  })
})

describe('AckSchedule', () => {
  const create = () => {
    const buffer = new ReceiveBuffer({ windowBytes: 100 })
    const acks = new AckSchedule(buffer, { delayMs: 25, everyBytes: 25 })
    acks.openPath(1)
    acks.openPath(2)
    const come = (path: number, from: number, to: number, now = 0) => {
      acks.arrived(path, buffer.data(from, [new Uint8Array(to - from)]), now)
    }
    return { buffer, acks, come }
  }

  test('waits a little, so that one ACK serves several arrivals', () => {
    const { acks, come } = create()
    come(1, 0, 5, 100)
    come(1, 5, 10, 110)
    expect([acks.take(1), acks.dueAt]).toEqual([undefined, 125])
    acks.tick(125, 1)
    expect([acks.take(1), acks.take(1), acks.dueAt]).toEqual([{ received: 10, credit: 100 }, undefined, undefined])
  })

  test('does not wait when much has come', () => {
    const { acks, come } = create()
    come(1, 0, 25)
    expect(acks.take(1)).toEqual({ received: 25, credit: 100 })
  })

  test('goes where data came from last, not where this side sends', () => {
    const { acks, come } = create()
    come(1, 0, 5)
    come(2, 5, 10)
    acks.tick(25, 1)
    expect([acks.take(1), acks.take(2)?.received]).toEqual([undefined, 10])
  })

  test('a duplicate is answered at once, where it came from', () => {
    const { acks, come } = create()
    come(1, 0, 25)
    acks.take(1)
    come(2, 0, 25)
    expect(acks.take(2)).toEqual({ received: 25, credit: 100 })
  })

  test('a reader that takes much makes for more credit', () => {
    const { acks, come, buffer } = create()
    come(1, 0, 60)
    acks.take(1)
    buffer.shift(24)
    acks.consumed(1)
    expect(acks.take(1)).toBeUndefined()
    buffer.shift(1)
    acks.consumed(1)
    expect(acks.take(1)).toEqual({ received: 60, credit: 125 })
  })

  test('is said again on another path unless the last ACK there said the same', () => {
    const { acks, come } = create()
    acks.refresh(2)
    expect(acks.take(2)).toBeUndefined()
    come(1, 0, 25)
    acks.take(1)
    acks.refresh(2)
    expect(acks.take(2)?.received).toBe(25)
    acks.refresh(2)
    expect(acks.take(2)).toBeUndefined()
  })
})

describe('SessionTime', () => {
  test('what passes between the promised tick and a late call does not count', () => {
    const time = new SessionTime(0, 200)
    expect(time.advance(100, () => 1000)).toBe(100)
    expect(time.advance(61_000, () => 1000)).toBe(1000)
    expect(time.advance(61_500, () => 3000)).toBe(1500)
    expect(time.outside(3000)).toBe(63_000)
  })

  test('a call that is a little late counts as it is', () => {
    const time = new SessionTime(0, 200)
    expect(time.advance(1150, () => 1000)).toBe(1150)
  })

  test('never goes back', () => {
    const time = new SessionTime(0, 200)
    time.advance(5000, () => undefined)
    expect(time.advance(9000, () => 1000)).toBe(5000)
  })
})
