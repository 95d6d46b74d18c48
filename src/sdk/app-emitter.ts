import { EventEmitter } from 'node:events'

/** Called with what a listener of the application threw or rejected with, and what it had been called with. */
export type ListenerFailed = (error: unknown, event: string, args: readonly unknown[]) => void

/**
 * An emitter whose listeners are the application's: what one of them throws or rejects with is reported, and neither keeps the
 * others from being called nor reaches whoever emits. (Node's own would throw it at the emitter; a promise that rejects ends
 * the process, unless `captureRejections` turns it into an `error` event, which ends it as well when nobody listens.)
 */
class GuardedEmitter extends EventEmitter {
  readonly #failed: ListenerFailed

  constructor(failed: ListenerFailed) {
    super()
    this.#failed = failed
  }

  override emit(event: string, ...args: unknown[]): boolean {
    const listeners = this.rawListeners(event)
    for (const listener of listeners) {
      try {
        const result: unknown = Reflect.apply(listener, this, args)
        if (result instanceof Promise) result.catch((error: unknown) => this.#failed(error, event, args))
      } catch (error) {
        this.#failed(error, event, args)
      }
    }
    return listeners.length > 0
  }
}

/** The {@link GuardedEmitter} with the events that `T` names, as `EventEmitter` has them. */
export const AppEmitter = GuardedEmitter as unknown as new <T extends Record<keyof T, unknown[]>>(
  failed: ListenerFailed,
) => EventEmitter<T>
