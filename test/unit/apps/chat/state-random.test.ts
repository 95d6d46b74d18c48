import { expect, test } from 'vitest'
import { type ChatEvent, type Effect, initialState, step } from '../../../../src/apps/chat/state.js'
import { OverlayError } from '../../../../src/core/errors.js'
import { maxWaitingCallers } from '../../../../src/core/limits.js'
import { rounds } from '../../../support/budget.js'
import { seeded } from '../../../support/random.js'
import { type CommandName, caller, commands, self } from './state.table.js'

const names = ['ann', 'bob', 'zoe', 'two words', 'cid', 'dan', 'eva']
const typed = Object.keys(commands) as CommandName[]

/** A world around one chat: it answers, hangs up and calls at random, and remembers what must hold. */
class World {
  state = initialState(self)
  readonly incoming = new Map<string, 'open' | 'answered' | 'gone'>()
  readonly dialing = new Map<string, 'open' | 'canceled'>()
  readonly accepting = new Set<string>()
  readonly calls = new Map<string, 'open' | 'hung up'>()
  left = false
  busy = false
  #next = 1

  constructor(readonly random: () => number) {}

  pick<T>(list: readonly T[]): T | undefined {
    return list[Math.floor(this.random() * list.length)]
  }

  turn(): void {
    const moves: Array<() => ChatEvent | undefined> = [
      () => ({ type: 'command', command: commands[this.pick(typed.filter((name) => name !== '/quit')) ?? 'nothing'] }),
      () => ({ type: 'command', command: commands['/accept bob'] }),
      () => this.#call(),
      () => this.#callerGone(),
      () => this.#dialOutcome(),
      () => this.#acceptOutcome(),
      () => this.#callEvent(),
      () => this.#callEnd(),
    ]
    const event = this.pick(moves)?.()
    if (event !== undefined) this.take(event)
  }

  take(event: ChatEvent): void {
    const before = this.state
    const { state, effects } = step(before, event)
    this.state = state
    for (const effect of effects) this.#effect(effect)

    const { call } = state
    expect(this.busy).toBe(call.kind === 'active')
    expect(state.waiting.length).toBeLessThanOrEqual(maxWaitingCallers)
    expect(new Set(state.waiting.map(({ peerId }) => peerId)).size).toBe(state.waiting.length)
    for (const { id } of state.waiting) expect(this.incoming.get(id)).toBe('open')
    // Never two calls, and none that nobody holds.
    const open = [...this.calls].filter(([, how]) => how === 'open').map(([id]) => id)
    expect(open).toEqual(call.kind === 'active' ? [call.id] : [])
    // No caller without a place: it waits, is held back, or has an answer.
    const held = call.kind === 'dialing' && call.crossing !== undefined ? [call.crossing.id] : []
    const placed = new Set([...state.waiting.map(({ id }) => id), ...held])
    for (const [id, how] of this.incoming) expect(placed.has(id), `${id} ${how}`).toBe(how === 'open')
    // One dial at most, and it is the state's.
    const dials = [...this.dialing].filter(([, how]) => how === 'open').map(([id]) => id)
    expect(dials).toEqual(call.kind === 'dialing' ? [call.id] : [])
    if (call.kind === 'accepting') expect(this.accepting.has(call.id)).toBe(true)
  }

  #effect(effect: Effect): void {
    expect(this.left, `${effect.type} after leaving`).toBe(
      // Only what is late may still be tidied up.
      this.left && !['hangUp', 'print', 'message', 'decline'].includes(effect.type) ? false : this.left,
    )
    switch (effect.type) {
      case 'dial':
        expect(this.dialing.has(effect.id)).toBe(false)
        this.dialing.set(effect.id, 'open')
        break
      case 'cancelDial':
        expect(this.dialing.get(effect.id)).toBe('open')
        this.dialing.set(effect.id, 'canceled')
        break
      case 'accept':
        expect(this.incoming.get(effect.id)).toBe('open')
        this.incoming.set(effect.id, 'answered')
        this.accepting.add(effect.id)
        break
      case 'decline':
      case 'turnAway':
        expect(this.incoming.get(effect.id)).toBe('open')
        this.incoming.set(effect.id, 'answered')
        break
      case 'hangUp':
        expect(this.calls.get(effect.id)).toBe('open')
        this.calls.set(effect.id, 'hung up')
        break
      case 'send':
        expect(this.state.call).toMatchObject({ kind: 'active', id: effect.id })
        break
      case 'busy':
        expect(effect.busy).not.toBe(this.busy)
        this.busy = effect.busy
        break
      case 'leave':
        this.left = true
        break
      case 'print':
        expect(effect.lines.length).toBeGreaterThan(0)
        break
    }
  }

  #call(): ChatEvent {
    const name = this.pick(names) ?? 'ann'
    const id = `in-${this.#next++}`
    this.incoming.set(id, 'open')
    // Both sides of our own peer id, so that crossing calls go both ways.
    const peerId = this.random() < 0.5 ? `peer-a-${name}` : `peer-z-${name}`
    return { type: 'incoming', caller: { ...caller(name, id), peerId } }
  }

  #callerGone(): ChatEvent | undefined {
    const id = this.pick([...this.incoming].filter(([, how]) => how === 'open').map(([key]) => key))
    if (id === undefined) return undefined
    this.incoming.set(id, 'gone')
    return { type: 'callerGone', id }
  }

  #dialOutcome(): ChatEvent | undefined {
    const id = this.pick([...this.dialing.keys()])
    if (id === undefined) return undefined
    if (this.random() < 0.3) return { type: 'ringing', id }
    const canceled = this.dialing.get(id) === 'canceled'
    this.dialing.delete(id)
    if (this.random() < 0.5) {
      this.calls.set(id, 'open') // also when it was canceled: the answer was on its way
      return { type: 'connected', id, name: 'somebody', peerId: 'peer-somebody' }
    }
    const code = canceled ? 'canceled' : (this.pick(['busy', 'declined', 'timed_out'] as const) ?? 'busy')
    return { type: 'dialFailed', id, error: new OverlayError(code, code), nowMs: 0 }
  }

  #acceptOutcome(): ChatEvent | undefined {
    const id = this.pick([...this.accepting])
    if (id === undefined) return undefined
    this.accepting.delete(id)
    if (this.random() < 0.3) return { type: 'acceptFailed', id, error: new OverlayError('canceled', 'gave up') }
    this.calls.set(id, 'open')
    return { type: 'accepted', id, name: 'somebody', peerId: 'peer-somebody' }
  }

  #callEvent(): ChatEvent | undefined {
    const id = this.pick([...this.calls.keys()])
    if (id === undefined) return undefined
    return this.pick<ChatEvent>([
      { type: 'received', id, text: 'Hi!' },
      { type: 'interrupted', id, graceMs: 60_000 },
      { type: 'resumed', id },
    ])
  }

  #callEnd(): ChatEvent | undefined {
    const id = this.pick([...this.calls.keys()])
    if (id === undefined) return undefined
    this.calls.delete(id)
    return { type: 'ended', id, undelivered: this.random() < 0.3 ? ['text'] : [] }
  }
}

const seed = Number(process.env.CHAT_SEED ?? Math.floor(Math.random() * 2 ** 31))

test(`in any order of events, there is one call at most and every caller gets exactly one answer (CHAT_SEED=${seed})`, () => {
  const random = seeded(seed)
  const met = new Set<string>()
  for (let round = 0; round < rounds(150, 15); round++) {
    const world = new World(random)
    for (let turns = 0; turns < 150; turns++) {
      world.turn()
      met.add(world.state.call.kind)
    }
    world.take({ type: 'quit' })
    expect(world.left).toBe(true)
    for (let turns = 0; turns < 60; turns++) world.turn()
    expect([...world.incoming.values()]).not.toContain('open')
    expect(world.state.call.kind).toBe('idle')
  }
  expect([...met].sort()).toEqual(['accepting', 'active', 'dialing', 'idle'])
})
