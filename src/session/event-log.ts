import type { SessionEvent } from './types.js'

/** Keeps what has happened since somebody asked last. */
export class EventLog {
  #events: SessionEvent[] = []

  add(event: SessionEvent): void {
    this.#events.push(event)
  }

  /** For events that only say "look again": one of them at a time is enough. */
  addOnce(type: 'readable' | 'writable' | 'paths'): void {
    if (!this.#events.some((event) => event.type === type)) this.#events.push({ type })
  }

  take(): SessionEvent[] {
    const events = this.#events
    if (events.length > 0) this.#events = []
    return events
  }
}
