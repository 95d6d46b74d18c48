import { OverlayError } from '../core/errors.js'
import { whenAborted } from '../core/waiting.js'
import { type Change, Untold } from '../directory/untold.js'
import { ServiceWatch } from '../directory/watch.js'
import { withdrawalError } from '../identity/permission.js'
import type { Member } from './member.js'

/** A reader of changes; it is woken when there is something to read, or when the watch is over. */
interface Reader {
  untold: Untold
  wake: () => void
  over: OverlayError | undefined
}

interface Watched {
  watch: ServiceWatch
  readers: Set<Reader>
  /** Ends what is held with the permissions for it. */
  release: () => void
}

/** Keeps the watches of a context: however many readers there are for the changes of a service, a relay is asked for them once. */
export class Watches {
  readonly #member: Pick<Member, 'pool' | 'clock' | 'trust' | 'directory'>

  readonly #watched = new Map<string, Watched>()

  constructor(member: Pick<Member, 'pool' | 'clock' | 'trust' | 'directory'>) {
    this.#member = member
  }

  /**
   * Yields everyone who is there now (as `joined`), then each change, until the signal fires; of an instance that changes faster
   * than this is read, the newest state. Throws what the relays refuse with (`not_permitted`, `unknown_service`), also when that is
   * later on.
   */
  async *read(service: string, signal: AbortSignal): AsyncGenerator<Change> {
    const reader: Reader = { untold: new Untold(), wake: () => {}, over: undefined }
    const forget = whenAborted(signal, () => reader.wake())
    this.#join(service, reader)
    try {
      while (!signal.aborted) {
        const change = reader.untold.take()
        if (change !== undefined) yield change
        else if (reader.over !== undefined) throw reader.over
        else {
          await new Promise<void>((resolve) => {
            reader.wake = resolve
          })
        }
      }
    } finally {
      forget()
      this.#leave(service, reader)
    }
  }

  #join(service: string, reader: Reader): void {
    const known = this.#watched.get(service)
    if (known !== undefined) {
      known.readers.add(reader)
      for (const row of known.watch.rows) reader.untold.put(row.instanceId, row)
      return
    }
    const readers = new Set([reader])
    const watch = new ServiceWatch(this.#member.pool, this.#member.directory, this.#member.clock, service, {
      onRow: (instanceId, row, lastSeenMs) => {
        for (const each of readers) {
          each.untold.put(instanceId, row, lastSeenMs)
          each.wake()
        }
      },
      onRefused: ({ code, message }) => {
        // A relay may see the end of our right a moment earlier: our own reason says more than its refusal.
        const withdrawal = permissions.withdrawalOf(use)
        const refusal = new OverlayError(code, message, { service })
        this.#end(service, withdrawal === undefined ? refusal : withdrawalError(withdrawal, { service }))
      },
    })
    const { permissions, own } = this.#member.trust
    const use = { service, asker: own }
    const release = permissions.hold(use, (withdrawal) => {
      if (withdrawal !== undefined) this.#end(service, withdrawalError(withdrawal, { service }))
    })
    this.#watched.set(service, { watch, readers, release })
    watch.start()
  }

  #leave(service: string, reader: Reader): void {
    const known = this.#watched.get(service)
    if (!known?.readers.delete(reader) || known.readers.size > 0) return
    this.#watched.delete(service)
    known.watch.stop()
    known.release()
  }

  #end(service: string, error: OverlayError): void {
    const known = this.#watched.get(service)
    if (known === undefined) return
    this.#watched.delete(service)
    known.watch.stop()
    known.release()
    for (const reader of known.readers) {
      reader.over = error
      reader.wake()
    }
  }
}
