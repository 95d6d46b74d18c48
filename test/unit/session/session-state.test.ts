import { describe, expect, test } from 'vitest'
import { OverlayError } from '../../../src/core/errors.js'
import { SessionState } from '../../../src/session/session-state.js'
import { type PathKind, resolveSessionLimits, type SessionEvent, type SessionRole } from '../../../src/session/types.js'
import type { Frame } from '../../../src/wire/frames.js'
import { content } from './simulation.js'

const start = 10_000

/** One side, whose other side is the test: frames go in and out by hand. */
class OneSide {
  readonly state: SessionState
  now = start

  constructor(role: SessionRole, windowBytes = 1000) {
    const limits = resolveSessionLimits({ maxDataFrameBytes: 10, sendBufferBytes: 100, receiveWindowBytes: 100 })
    this.state = new SessionState({ role, limits, remoteWindowBytes: windowBytes }, this.now)
  }

  attach(id: number, kind: PathKind = 'circuit'): this {
    this.state.attachPath(id, { kind, label: `relay${id}` }, this.now)
    return this
  }

  /** Attaches a path and answers the ping that measures it. */
  join(id: number, kind: PathKind = 'circuit'): this {
    this.attach(id, kind)
    this.answerPings(id)
    return this
  }

  answerPings(id: number): void {
    for (const frame of this.take(id)) if (frame.type === 'ping') this.receive(id, { type: 'pong', id: frame.id })
  }

  receive(id: number, frame: Frame): this {
    this.state.receive(id, frame, this.now)
    return this
  }

  data(id: number, offset: number, length: number): this {
    return this.receive(id, { type: 'data', offset, payload: [content('host', offset, offset + length)] })
  }

  write(length: number): this {
    this.state.write(content('dialer', this.state.stats.bytesWritten, this.state.stats.bytesWritten + length), this.now)
    return this
  }

  /** All frames for a path. */
  take(id: number): Frame[] {
    const frames: Frame[] = []
    for (let frame = this.state.nextFrame(id, this.now); frame; frame = this.state.nextFrame(id, this.now))
      frames.push(frame)
    return frames
  }

  /** All frames for a path, in short. */
  sent(id: number): string[] {
    return this.take(id).map((frame) => {
      if (frame.type === 'data') return `data ${frame.offset}`
      if (frame.type === 'ack') return `ack ${frame.received}/${frame.credit}`
      if (frame.type === 'fin') return `fin ${frame.offset}`
      return frame.type
    })
  }

  /** Time passes, tick by tick; pings on these paths are answered at once, unless they are silent. */
  pass(ms: number, answering: number[] = []): this {
    const end = this.now + ms
    for (;;) {
      for (const id of answering) this.answerPings(id)
      const next = this.state.nextTick()
      if (next === undefined || next > end) break
      this.now = Math.max(this.now, next)
      this.state.tick(this.now)
    }
    this.now = end
    this.state.tick(end)
    return this
  }

  events(): SessionEvent[] {
    return this.state.takeEvents()
  }

  /** Events that people see, in short. */
  news(): string[] {
    const quiet = ['paths', 'readable', 'writable']
    return this.events()
      .filter(({ type }) => !quiet.includes(type))
      .map((event) => {
        if (event.type === 'path:lost') return `lost ${event.label}`
        if (event.type === 'path:changed') return `${event.from} → ${event.to} ${event.gapMs}`
        if (event.type === 'closed') return `closed ${event.error?.code ?? 'in order'}`
        return event.type
      })
  }

  roles(): Record<string, string> {
    return Object.fromEntries(
      this.state
        .paths()
        .map(({ relay, role, suspect }) => [relay, suspect && role === 'active' ? 'active, suspect' : role]),
    )
  }
}

const dialer = (windowBytes?: number) => new OneSide('dialer', windowBytes)
const host = (windowBytes?: number) => new OneSide('host', windowBytes)

describe('paths', () => {
  test('the first one is active, the second standby, and data goes on the active one only', () => {
    const side = dialer().join(1).join(2).write(25)
    expect(side.roles()).toEqual({ relay1: 'active', relay2: 'standby' })
    expect(side.sent(2)).toEqual([])
    expect(side.sent(1)).toEqual(['data 0', 'data 10', 'data 20'])
  })

  test('a lost active path is replaced at once, and what was not acknowledged goes out on the other', () => {
    const side = dialer().join(1).join(2).write(30)
    side.sent(1)
    side.receive(1, { type: 'ack', received: 10, credit: 1000 })
    side.events()
    side.now += 40
    side.state.pathLost(1, side.now)
    expect(side.sent(2)).toEqual(['ping', 'choose', 'data 10', 'data 20'])
    side.now += 3
    side.receive(2, { type: 'ack', received: 30, credit: 1000 })
    expect(side.news()).toEqual(['lost relay1', 'relay1 → relay2 43'])
    expect(side.state.stats.pathChanges).toBe(1)
  })

  test('a lost standby path changes nothing else', () => {
    const side = dialer().join(1).join(2)
    side.events()
    side.state.pathLost(2, side.now)
    expect([side.news(), side.state.active]).toEqual([['lost relay2'], 1])
  })

  test('without any path the session is interrupted, and resumed with the next one', () => {
    const side = dialer().join(1).write(20)
    side.sent(1)
    side.events()
    side.state.pathLost(1, side.now)
    expect(side.news()).toEqual(['lost relay1', 'interrupted'])
    side.now += 5000
    side.state.attachPath(2, { kind: 'circuit', label: 'relay2', remoteReceived: 10, remoteCredit: 1000 }, side.now)
    expect(side.news()).toEqual(['resumed', 'relay1 → relay2 5000'])
    expect(side.sent(2)).toEqual(['ping', 'choose', 'data 10'])
  })

  test('without a path for the grace period it is lost', () => {
    const side = dialer().join(1)
    side.state.pathLost(1, side.now)
    side.events()
    side.pass(59_999)
    expect(side.news()).toEqual([])
    side.pass(1)
    expect(side.news()).toEqual(['closed session_lost', 'over'])
  })

  test('who has slept asks at once on every path, and waits no longer than the other side has left', () => {
    const side = dialer().join(1).join(2)
    side.events()
    side.state.slept(45_000, side.now)
    expect([side.sent(1), side.sent(2)]).toEqual([['ping'], ['ping']])
    side.pass(2_000)
    expect(side.news()).toEqual(['lost relay1', 'lost relay2', 'interrupted'])
    side.pass(19_999)
    expect(side.news()).toEqual([])
    side.pass(1)
    expect(side.news()).toEqual(['closed session_lost', 'over'])
  })

  test('a sleep while it is interrupted counts', () => {
    const side = host().join(1)
    side.state.pathLost(1, side.now)
    side.pass(1_000)
    side.state.slept(30_000, side.now)
    side.events()
    side.pass(29_999)
    expect(side.news()).toEqual([])
    side.pass(1)
    expect(side.news()).toEqual(['closed session_lost', 'over'])
  })

  test('a sleep does no harm to a session that is well', () => {
    const side = dialer().join(1)
    side.events()
    side.state.slept(3_600_000, side.now)
    side.answerPings(1)
    side.pass(30_000, [1])
    side.state.pathLost(1, side.now)
    side.events()
    side.pass(59_999)
    expect(side.news()).toEqual([])
  })

  test('a session that never gets its first path is lost as well', () => {
    const side = host().pass(60_000)
    expect(side.news()).toEqual(['closed session_lost', 'over'])
  })

  test('two pings unanswered: lost within four seconds when idle, and active moves after the first', () => {
    const side = dialer().join(1).join(2)
    side.events()
    side.pass(3000, [2])
    expect(side.roles()).toEqual({ relay1: 'suspect', relay2: 'active' })
    side.pass(1000, [2])
    expect(side.news()).toEqual(['relay1 → relay2 3000', 'lost relay1'])
  })

  test('the host leaves the pinging to the dialer, but does it when the dialer is silent', () => {
    const side = host().join(1)
    side.pass(2000)
    expect(side.sent(1)).toEqual([])
    side.receive(1, { type: 'ping', id: 2 })
    expect(side.sent(1)).toEqual(['pong'])
    side.pass(2500)
    expect(side.sent(1)).toEqual(['ping'])
  })
})

describe('an overdue acknowledgement', () => {
  test('sends what is not acknowledged on the standby path too, goes on there, and pings the first at once', () => {
    const side = dialer().join(1).join(2).write(20)
    expect(side.sent(1)).toEqual(['data 0', 'data 10'])
    side.pass(250)
    expect(side.roles()).toEqual({ relay1: 'suspect', relay2: 'active' })
    expect(side.sent(1)).toEqual(['ping'])
    expect(side.sent(2)).toEqual(['ping', 'choose', 'data 0', 'data 10'])
    expect(side.write(5).sent(2)).toEqual(['data 20'])
  })

  test('a suspect that answers is standby again, and the session stays where it is', () => {
    const side = dialer().join(1).join(2).write(20)
    side.sent(1)
    side.pass(250)
    side.answerPings(1)
    side.receive(1, { type: 'ack', received: 20, credit: 1000 })
    side.pass(60_000, [1, 2])
    expect(side.roles()).toEqual({ relay1: 'standby', relay2: 'active' })
    expect(side.state.stats.pathChanges).toBe(1)
  })

  test('a suspect that does not answer is lost 2 s later', () => {
    const side = dialer().join(1).join(2).write(20)
    side.sent(1)
    side.pass(225)
    expect(side.roles()).toMatchObject({ relay1: 'suspect' })
    side.events()
    side.pass(2000, [2])
    expect(side.news()).toContain('lost relay1')
  })

  test('without a standby path it goes on waiting, and moves as soon as there is one', () => {
    const side = dialer().join(1).write(20)
    side.sent(1)
    side.pass(300)
    expect(side.roles()).toEqual({ relay1: 'active, suspect' })
    side.attach(2)
    expect(side.roles()).toEqual({ relay1: 'suspect', relay2: 'active' })
    expect(side.sent(2)).toEqual(['ping', 'choose', 'data 0', 'data 10'])
  })

  test('does not send the same things to and fro: patience doubles until something is acknowledged', () => {
    const side = dialer().join(1).join(2).write(20)
    side.sent(1)
    let moves = 0
    let active = side.state.active
    const end = side.now + 10_000
    while (side.now < end) {
      side.pass(50, [1, 2])
      side.sent(1)
      side.sent(2)
      if (side.state.active !== active) moves++
      active = side.state.active
    }
    expect(moves).toBeLessThanOrEqual(6)
  })

  test('waits for a slow path as long as it is used to', () => {
    const side = dialer().join(1).join(2)
    for (let n = 0; n < 20; n++) {
      side.write(10).take(1)
      side.pass(500, [2])
      side.receive(1, { type: 'ack', received: 10 * (n + 1), credit: 1000 })
      // The first time it could not know.
      if (n > 3) expect(side.state.active, `after ${n}`).toBe(side.state.paths()[0]!.role === 'active' ? 1 : 2)
    }
    expect(side.state.stats.pathChanges).toBeLessThanOrEqual(1)
  })

  test('is said sooner of a path whose pace varies, when another one can step in', () => {
    const moved = (standby: boolean) => {
      const side = dialer().join(1)
      for (let n = 0; n < 8; n++) {
        side.write(10).take(1)
        side.pass(n % 2 ? 190 : 10, [1, 2])
        side.receive(1, { type: 'ack', received: 10 * (n + 1), credit: 1000 })
      }
      for (let n = 8; n < 16; n++) {
        side.write(10).take(1)
        side.pass(n % 2 ? 450 : 10)
        side.receive(1, { type: 'ack', received: 10 * (n + 1), credit: 1000 })
      }
      side.answerPings(1)
      expect(side.roles()).toEqual({ relay1: 'active' })
      if (standby) side.join(2)
      side.write(10).take(1)
      const from = side.now
      while (!Object.values(side.roles()).some((role) => role.endsWith('suspect'))) side.pass(10)
      return side.now - from
    }
    const [alone, backed] = [moved(false), moved(true)]
    expect(backed).toBeLessThanOrEqual(620)
    expect(alone).toBeGreaterThan(backed)
  })

  test('is none while something is acknowledged again and again', () => {
    const side = dialer().join(1).join(2)
    for (let n = 1; n <= 10; n++) {
      side.write(10).take(1)
      side.pass(150, [2])
      // Always half a frame behind.
      side.receive(1, { type: 'ack', received: 10 * n - 5, credit: 1000 })
    }
    expect(side.roles()).toEqual({ relay1: 'active', relay2: 'standby' })
  })

  test('is counted anew on the path that takes over', () => {
    const side = dialer().join(1).join(2).join(3).write(10)
    side.take(1)
    side.pass(150, [2, 3])
    side.state.pathLost(1, side.now)
    side.take(2)
    side.pass(150, [3])
    expect(side.roles()).toMatchObject({ relay2: 'active' })
    side.pass(100, [3])
    expect(side.roles()).toMatchObject({ relay2: 'suspect' })
  })

  test('is not measured with what was sent twice', () => {
    const side = dialer().join(1).write(10)
    side.take(1)
    side.join(2, 'direct').write(10).take(2)
    side.pass(150, [2])
    side.state.pathLost(1, side.now)
    side.take(2)
    side.now += 100
    // 10–20 took 250 ms, as it waited for what was lost with relay1; that is not the pace of relay2.
    side.receive(2, { type: 'ack', received: 20, credit: 1000 })
    side.write(10).take(2)
    side.pass(230)
    expect(side.roles()).toEqual({ relay2: 'active, suspect' })
  })

  test('doubts the path that carries the oldest byte, even when another is active by now', () => {
    const side = dialer().join(1).write(20)
    side.sent(1)
    // A direct path takes over while 0–20 are on their way over relay1, which freezes.
    side.join(2, 'direct')
    expect(side.state.active).toBe(2)
    expect(side.write(10).sent(2)).toEqual(['ping', 'choose', 'data 20'])
    side.pass(250)
    expect(side.roles()).toEqual({ relay1: 'suspect', relay2: 'active' })
    expect(side.sent(2)).toEqual(['data 0', 'data 10'])
  })
})

describe('more paths than wanted', () => {
  test('one that stayed well for ten seconds beside two others is dropped without a word: the one that failed last', () => {
    const side = dialer().join(1).join(2).write(20)
    side.sent(1)
    side.pass(250, [2])
    side.join(3)
    side.receive(2, { type: 'ack', received: 20, credit: 1000 })
    side.answerPings(1)
    side.events()
    side.pass(9_900, [1, 2, 3])
    expect(side.roles()).toEqual({ relay1: 'standby', relay2: 'active', relay3: 'standby' })
    side.pass(2_200, [1, 2, 3])
    expect(side.roles()).toEqual({ relay2: 'active', relay3: 'standby' })
    expect(side.news()).toEqual(['path:dropped'])
    side.pass(60_000, [2, 3])
    expect(side.state.paths().length).toBe(2)
  })

  test('is not what a suspect makes of two: all are kept until it is clear', () => {
    const side = dialer().join(1).join(2).join(3).write(20)
    side.sent(1)
    side.pass(2_100, [2, 3])
    expect(side.state.paths().length).toBe(3)
  })

  test('is left to the dialer, who tells the host by closing it in good order: nothing is lost', () => {
    const side = host().join(1).join(2).join(3)
    side.pass(30_000, [1, 2, 3])
    expect(side.state.paths().length).toBe(3)
    side.events()
    side.state.pathLost(3, side.now, true)
    expect(side.news()).toEqual(['path:dropped'])
    side.state.pathLost(1, side.now, true)
    expect(side.news()).toEqual(['lost relay1'])
  })
})

describe('direct paths', () => {
  const offer = { multiaddrs: ['/ip4/1.2.3.4/tcp/5'], step: 2, round: 1, punch: [], router: 0 }

  test('are taken once measured, without sending anything twice, and left when they break', () => {
    const side = dialer().join(1).write(20)
    side.sent(1)
    side.attach(2, 'direct')
    expect(side.state.active).toBe(1)
    side.answerPings(2)
    expect(side.state.active).toBe(2)
    expect(side.write(5).sent(2)).toEqual(['ping', 'choose', 'data 20'])
    side.state.pathLost(2, side.now)
    expect(side.sent(1)).toEqual(['ping', 'choose', 'data 20'])
  })

  test('one that failed has to stay well for ten seconds before it is preferred again', () => {
    const side = dialer().join(1).join(2, 'direct').write(10)
    side.take(2)
    side.pass(250, [1])
    expect(side.state.active).toBe(1)
    side.receive(1, { type: 'ack', received: 10, credit: 1000 })
    side.pass(9000, [1, 2])
    expect(side.state.active).toBe(1)
    side.pass(1000, [1, 2])
    expect(side.state.active).toBe(2)
  })

  test('an offer is told on the active path, and again when that is lost', () => {
    const side = host().join(1).join(2)
    side.state.offerDirect(offer, side.now)
    expect([side.sent(2), side.sent(1), side.sent(1)]).toEqual([[], ['direct'], []])
    side.state.pathLost(1, side.now)
    expect(side.sent(2)).toContain('direct')
  })

  test('an offer that was taken back is not told', () => {
    const side = host().join(1).join(2)
    side.state.offerDirect(offer, side.now)
    side.sent(1)
    side.state.offerDirect(undefined, side.now)
    side.state.pathLost(1, side.now)
    expect(side.sent(2)).not.toContain('direct')
  })

  test('an offer that comes is an event', () => {
    const side = dialer().join(1)
    side.events()
    side.receive(1, { type: 'direct', offer })
    expect(side.events()).toContainEqual({ type: 'direct', offer })
  })
})

describe('the host', () => {
  test('follows the dialer to the path it chose', () => {
    const side = host().join(1).join(2)
    side.receive(2, { type: 'choose', number: 1 })
    expect(side.state.active).toBe(2)
  })

  test('ignores a choice that comes late', () => {
    const side = host().join(1).join(2)
    side.receive(2, { type: 'choose', number: 2 })
    side.receive(1, { type: 'choose', number: 1 })
    expect(side.state.active).toBe(2)
  })

  test('keeps eight paths at most: the one that was silent for longest goes', () => {
    const side = host()
    for (let id = 1; id <= 8; id++) side.attach(id)
    side.now += 10
    side.receive(1, { type: 'ping', id: 1 })
    side.events()
    side.attach(9)
    expect([side.news(), side.state.paths().length]).toEqual([['lost relay2'], 8])
  })

  test('trusts its own eyes more: it leaves the chosen path when it is silent there', () => {
    const side = host().join(1).join(2)
    side.receive(2, { type: 'choose', number: 1 })
    side.pass(1500, [1])
    expect(side.roles()).toEqual({ relay1: 'active', relay2: 'suspect' })
  })
})

describe('receiving', () => {
  test('data from any path is taken, and acknowledged where it came from', () => {
    const side = host().join(1).join(2)
    side.data(2, 0, 30)
    expect([side.sent(1), side.sent(2)]).toEqual([[], ['ack 30/100']])
  })

  test('a change of path by the other side makes it ping the old one', () => {
    const side = host().join(1).join(2)
    side.data(1, 0, 5)
    expect(side.sent(1)).toEqual([])
    side.data(2, 5, 5)
    expect(side.sent(1)).toEqual(['ping'])
  })

  test('an acknowledgement that was lost with its path is said again on the next', () => {
    const side = host().join(1).join(2)
    side.data(1, 0, 30)
    side.sent(1)
    side.state.pathLost(1, side.now)
    expect(side.sent(2)).toContain('ack 30/100')
  })

  test('nor does it get lost when only a standby path is lost, or when this side changes its path', () => {
    const lost = host().join(1).join(2).data(2, 0, 30)
    expect(lost.sent(2)).toEqual(['ack 30/100'])
    lost.state.pathLost(2, lost.now)
    expect(lost.sent(1)).toEqual(['ack 30/100'])

    const changed = host().join(1).join(2).data(1, 0, 30)
    expect(changed.sent(1)).toEqual(['ack 30/100'])
    changed.receive(2, { type: 'choose', number: 1 })
    expect(changed.sent(2)).toContain('ack 30/100')
  })

  test('a ping on another path brings the newest acknowledgement with its pong', () => {
    const side = host().join(1).join(2)
    side.data(1, 0, 30)
    side.sent(1)
    expect(side.receive(2, { type: 'ping', id: 9 }).sent(2)).toEqual(['pong', 'ack 30/100'])
    expect(side.receive(2, { type: 'ping', id: 10 }).sent(2)).toEqual(['pong'])
  })

  test('reading gives more credit', () => {
    const side = host().join(1)
    side.data(1, 0, 100)
    expect(side.sent(1)).toEqual(['ack 100/100'])
    side.state.read(side.now, 40)
    expect(side.sent(1)).toEqual(['ack 100/140'])
  })

  test('a sender that waits for credit asks, as the ACK that granted it may be lost', () => {
    const side = dialer(10).join(1).join(2).write(20)
    expect(side.sent(1)).toEqual(['data 0'])
    side.receive(1, { type: 'ack', received: 10, credit: 10 })
    side.pass(300)
    expect([side.sent(1), side.sent(2)]).toEqual([['ping'], ['ping']])
    side.receive(2, { type: 'ack', received: 10, credit: 20 })
    expect(side.sent(1)).toEqual(['data 10'])
  })

  test('frames of a path that is lost are ignored', () => {
    const side = host().join(1).join(2)
    side.state.pathLost(1, side.now)
    side.events()
    side.data(1, 0, 30).receive(1, { type: 'abort', code: 1, reason: '' })
    expect([side.state.stats.bytesRead, side.news()]).toEqual([0, []])
  })
})

describe('time', () => {
  test('a process that slept for an hour does not lose a path that has something waiting for it', () => {
    const side = dialer().join(1).join(2)
    side.pass(2000)
    side.take(1)
    side.take(2)
    side.now += 3_600_000
    side.state.tick(side.now)
    side.receive(1, { type: 'pong', id: 2 }).receive(2, { type: 'pong', id: 2 })
    side.pass(1500, [1, 2])
    expect(side.roles()).toEqual({ relay1: 'active', relay2: 'standby' })
  })

  test('nor does it give up an interrupted session', () => {
    const side = dialer().join(1)
    side.state.pathLost(1, side.now)
    side.pass(30_000)
    side.now += 3_600_000
    side.state.tick(side.now)
    expect(side.state.phase).toBe('open')
    side.pass(1000)
    side.attach(2)
    expect(side.state.active).toBe(2)
  })

  test('nor does it take an acknowledgement for overdue that waits to be read', () => {
    const side = dialer().join(1).join(2).write(10)
    side.take(1)
    side.now += 60_000
    side.receive(1, { type: 'ack', received: 10, credit: 1000 })
    side.state.tick(side.now)
    expect(side.roles()).toEqual({ relay1: 'active', relay2: 'standby' })
  })
})

describe('the end', () => {
  /** Everything sent and received on both sides, but for the confirmation. */
  function done(role: SessionRole): OneSide {
    const side = new OneSide(role).join(1).write(5)
    side.state.endWrite(side.now)
    side.take(1)
    side.data(1, 0, 3).receive(1, { type: 'fin', offset: 3 })
    side.take(1)
    side.receive(1, { type: 'ack', received: 6, credit: 1000 })
    return side
  }
  const aborted = (role: SessionRole): OneSide => {
    const side = new OneSide(role).join(1).write(5)
    side.state.abort(1, 'enough', new OverlayError('closed', 'over'), side.now)
    return side
  }
  const abort: Frame = { type: 'abort', code: 1, reason: 'no' }

  test.each<[string, () => OneSide, (side: OneSide) => void, string[], 'open' | 'draining' | 'over']>([
    // state, event → what is said, phase
    ['dialer, all delivered both ways', () => done('dialer'), () => {}, ['closed in order'], 'draining'],
    ['host, all delivered both ways', () => done('host'), () => {}, ['closed in order'], 'draining'],
    [
      'dialer done, pong after the last ACK',
      () => done('dialer'),
      (s) => s.answerPings(1),
      ['closed in order', 'over'],
      'over',
    ],
    [
      'dialer done, an older pong',
      () => done('dialer'),
      (s) => s.receive(1, { type: 'pong', id: 1 }),
      ['closed in order'],
      'draining',
    ],
    [
      'dialer done, path lost',
      () => done('dialer'),
      (s) => s.state.pathLost(1, s.now),
      ['closed in order', 'lost relay1'],
      'draining',
    ],
    [
      'dialer done, nobody confirms',
      () => done('dialer'),
      (s) => s.pass(60_000, []),
      ['closed in order', 'lost relay1', 'over'],
      'over',
    ],
    [
      'dialer done, host is over as well',
      () => done('dialer'),
      (s) => s.state.endedThere({ received: 6, credit: 9 }, s.now),
      ['closed in order', 'over'],
      'over',
    ],
    [
      'host done, path closed by the dialer',
      () => done('host'),
      (s) => s.state.pathLost(1, s.now),
      ['closed in order', 'lost relay1', 'over'],
      'over',
    ],
    ['host done, nobody closes', () => done('host'), (s) => s.pass(5000, [1]), ['closed in order', 'over'], 'over'],
    ['dialer aborts', () => aborted('dialer'), () => {}, ['closed closed'], 'draining'],
    [
      'dialer aborted, host confirms',
      () => aborted('dialer'),
      (s) => s.answerPings(1),
      ['closed closed', 'over'],
      'over',
    ],
    [
      'dialer aborted, host aborted as well',
      () => aborted('dialer'),
      (s) => s.receive(1, abort),
      ['closed closed', 'over'],
      'over',
    ],
    ['host aborts', () => aborted('host'), () => {}, ['closed closed'], 'draining'],
    [
      'host aborted, path closed by the dialer',
      () => aborted('host'),
      (s) => s.state.pathLost(1, s.now),
      ['closed closed', 'lost relay1', 'over'],
      'over',
    ],
    ['dialer, ABORT comes', () => dialer().join(1), (s) => s.receive(1, abort), ['closed aborted', 'over'], 'over'],
    ['host, ABORT comes', () => host().join(1), (s) => s.receive(1, abort), ['closed aborted'], 'draining'],
    [
      'host, CANCEL comes, as it crossed our answer',
      () => host().join(1),
      (s) => s.receive(1, { type: 'cancel' }),
      ['closed canceled'],
      'draining',
    ],
    [
      'dialer, CANCEL comes',
      () => dialer().join(1),
      (s) => s.receive(1, { type: 'cancel' }),
      ['closed protocol_error'],
      'draining',
    ],
    [
      'dialer, CHOOSE comes',
      () => dialer().join(1),
      (s) => s.receive(1, { type: 'choose', number: 1 }),
      ['closed protocol_error'],
      'draining',
    ],
    ['data beyond the credit', () => host().join(1), (s) => s.data(1, 95, 10), ['closed protocol_error'], 'draining'],
    [
      'an ACK of what was never sent',
      () => host().join(1),
      (s) => s.receive(1, { type: 'ack', received: 1, credit: 9 }),
      ['closed protocol_error'],
      'draining',
    ],
    [
      'dialer, RESUME_ANSWER in the middle',
      () => dialer().join(1),
      (s) =>
        s.receive(1, {
          type: 'resumeAnswer',
          answer: { status: 1, reason: '', received: 0, credit: 0, ended: false, abortCode: 0 },
        }),
      ['closed protocol_error'],
      'draining',
    ],
    [
      'told that the host does not know it',
      () => dialer().join(1),
      (s) => s.state.fail(new OverlayError('session_unknown', '?'), s.now),
      ['closed session_unknown', 'over'],
      'over',
    ],
    [
      'told that the host aborted it',
      () => dialer().join(1),
      (s) => s.state.endedThere({ received: 0, credit: 0, abort: { code: 3, reason: '' } }, s.now),
      ['closed session_lost', 'over'],
      'over',
    ],
    [
      'told that it ended, while something is missing',
      () => dialer().join(1).write(5),
      (s) => s.state.endedThere({ received: 0, credit: 0 }, s.now),
      ['closed session_lost', 'over'],
      'over',
    ],
  ])('%s', (_name, create, act, news, phase) => {
    const side = create()
    act(side)
    const ignored = ['resumed', 'delivered']
    expect(side.news().filter((event) => !ignored.includes(event))).toEqual(news)
    expect(side.state.phase).toBe(phase)
    if (phase === 'over') expect([side.state.nextTick(), side.state.paths()]).toEqual([undefined, []])
  })

  test('a host that is told of the end by RESUME_ANSWER: the lost last ACK does not make it an error', () => {
    const side = dialer().join(1).write(5)
    side.state.endWrite(side.now)
    side.take(1)
    side.data(1, 0, 3).receive(1, { type: 'fin', offset: 3 })
    side.take(1)
    side.state.pathLost(1, side.now)
    side.events()
    side.state.endedThere({ received: 6, credit: 1000 }, side.now)
    expect(side.news()).toEqual(['delivered', 'closed in order', 'over'])
  })

  test('the end is confirmed on a path that comes later, too', () => {
    const side = done('dialer')
    side.state.pathLost(1, side.now)
    side.attach(2)
    expect(side.sent(2)).toEqual(['ack 4/100', 'ping'])
    side.receive(2, { type: 'pong', id: 2 })
    expect(side.state.phase).toBe('over')
  })

  test('ABORT goes out on every path, once', () => {
    const side = host().join(1).join(2)
    side.state.abort(1, 'x', new OverlayError('closed', ''), side.now)
    expect([side.sent(1), side.sent(2), side.sent(1)]).toEqual([['abort'], ['abort'], []])
  })

  test('an ABORT that could not be sent goes out on the path that comes next', () => {
    const side = dialer().join(1)
    side.state.pathLost(1, side.now)
    side.state.abort(1, 'x', new OverlayError('closed', ''), side.now)
    expect([side.state.phase, side.state.missingPaths]).toEqual(['draining', 1])
    side.attach(2)
    expect(side.sent(2)).toEqual(['abort', 'ping'])
  })

  test('what came in order before an abort can still be read', () => {
    const side = host().join(1).data(1, 0, 5).receive(1, abort)
    expect(side.state.read(side.now)).toEqual(content('host', 0, 5))
  })

  test('after the end nothing is accepted', () => {
    const side = aborted('dialer')
    expect([side.state.write(content('dialer', 0, 3), side.now), side.state.writableBytes]).toEqual([0, 0])
  })
})
