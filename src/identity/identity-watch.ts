import { stat } from 'node:fs/promises'
import type { Clock } from '../core/clock.js'
import { loadShownIdentity, type ShownIdentity } from './identity-file.js'

/** How often the file is looked at. */
const lookMs = 5_000
/** A change that can't be read is looked at again so often (it may be half written), then said. */
const maxAttempts = 3

export interface IdentityWatchOptions {
  clock: Clock
  /** Called with what the file holds, when it has changed and can be used. */
  onChange: (identity: ShownIdentity) => void
  /** Called once for each change that can't be used. */
  onUnusable: (error: unknown) => void
}

/**
 * Looks now and then whether an identity's file has changed, as after `identity renew` or `install`; looking is portable, and sees files
 * that are put in the place of others, as secrets and editors do. One without a file never changes.
 */
export class IdentityWatch {
  readonly #identity: ShownIdentity
  readonly #options: IdentityWatchOptions
  #seen: string | undefined
  #attempts = 0
  #stopped = false
  #cancel = () => {}

  constructor(identity: ShownIdentity, options: IdentityWatchOptions) {
    this.#identity = identity
    this.#options = options
  }

  /** Begins with what the file is now; resolves when that is known. */
  async start(): Promise<void> {
    if (this.#identity.path === undefined) return
    this.#seen = await this.#mark()
    this.#lookLater()
  }

  stop(): void {
    this.#stopped = true
    this.#cancel()
  }

  #lookLater(): void {
    if (this.#stopped) return
    this.#cancel = this.#options.clock.after(lookMs, () => void this.#look().then(() => this.#lookLater()))
  }

  async #look(): Promise<void> {
    const mark = await this.#mark()
    // One that is gone for the moment is about to be replaced, or is nobody's business.
    if (this.#stopped || mark === undefined || mark === this.#seen) return
    try {
      const identity = await loadShownIdentity(this.#identity.path!, { nowMs: this.#options.clock.now() })
      if (this.#stopped) return
      this.#seen = mark
      this.#attempts = 0
      this.#options.onChange(identity)
    } catch (error) {
      if (this.#stopped || ++this.#attempts < maxAttempts) return
      this.#seen = mark
      this.#attempts = 0
      this.#options.onUnusable(error)
    }
  }

  async #mark(): Promise<string | undefined> {
    try {
      const { ino, size, mtimeMs } = await stat(this.#identity.path!)
      return `${ino} ${size} ${mtimeMs}`
    } catch {
      return undefined
    }
  }
}
