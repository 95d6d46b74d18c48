import type { Clock } from '../../src/core/clock.js'
import type { Row } from '../../src/directory/row.js'
import type { Entry } from '../../src/relay/table/entry.js'

const empty = new Uint8Array(0)

/** A directory entry with everything filled in. */
export function entry(
  instanceId: string,
  change: Partial<Entry['record']> & { busy?: boolean; down?: boolean; sinceMs?: number } = {},
): Entry {
  const { busy = false, down = false, sinceMs = 1_000, ...record } = change
  return {
    record: {
      networkId: 'network',
      service: 'chat',
      instanceId,
      hostPeerId: `peer-of-${instanceId}`,
      relayPeerId: 'relay1',
      cost: 0,
      precedence: 'default',
      sequence: 1,
      issuedAtMs: 1_000,
      processId: 1,
      ...record,
    },
    identityName: instanceId,
    signed: { terminator: empty, certificate: empty },
    busy,
    down,
    sinceMs,
  }
}

/** A row of an instance with one host. */
export function row(instanceId: string, change: Partial<Row> = {}): Row {
  const only = { identityName: instanceId, peerId: `peer-of-${instanceId}`, terminators: 1, sinceMs: 1_000 }
  const state = { busy: false, down: false, precedence: 'default' as const, cost: 0, hostCount: 1, hosts: [] }
  return { instanceId, ...only, ...state, ...change }
}

/** A clock whose hands the test turns. Timers fire in order while `advance` passes them. */
export class ManualClock implements Clock {
  #nowMs: number

  #timers: Array<{ atMs: number; run: () => void }> = []
  /** How far the wall clock is ahead of the one that never jumps. */
  #aheadMs = 0

  constructor(nowMs = 1_000_000) {
    this.#nowMs = nowMs
  }

  now(): number {
    return this.#nowMs + this.#aheadMs
  }

  /** Sets the wall clock alone, as a person does. */
  set(nowMs: number): void {
    this.#aheadMs = nowMs - this.#nowMs
  }

  /** As if the process were stopped: timers that come due meanwhile fire late, when time goes on. */
  freeze(ms: number): void {
    this.#nowMs += ms
  }

  /** Timers that are to fire. */
  get pending(): number {
    return this.#timers.length
  }

  monotonic(): number {
    return this.#nowMs
  }

  after(ms: number, run: () => void): () => void {
    const timer = { atMs: this.#nowMs + ms, run }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer)
    }
  }

  advance(ms: number): void {
    const untilMs = this.#nowMs + ms
    for (;;) {
      const next = this.#timers.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0]
      if (next === undefined) break
      this.#timers.splice(this.#timers.indexOf(next), 1)
      this.#nowMs = Math.max(this.#nowMs, next.atMs)
      next.run()
    }
    this.#nowMs = untilMs
  }
}
