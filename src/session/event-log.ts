import type { SessionEvent } from './types.js'

/** Events that only say "look again", one bit each. */
const bits = { readable: 1, writable: 2, paths: 4 } as const

/** Keeps what has happened since somebody asked last. */
export class EventLog {
  #events: SessionEvent[] = []
  /** Bits of what there is one of: looking through all events for it would let who sends many small frames take the time. */
  #once = 0

  add(event: SessionEvent): void {
    this.#events.push(event)
  }

  /** For events that only say "look again": one of them at a time is enough. */
  addOnce(type: keyof typeof bits): void {
    if ((this.#once & bits[type]) !== 0) return
    this.#once |= bits[type]
    this.#events.push({ type })
  }

  take(): SessionEvent[] {
    const events = this.#events
    if (events.length === 0) return events
    this.#events = []
    this.#once = 0
    return events
  }
}
