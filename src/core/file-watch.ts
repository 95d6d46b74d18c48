import { stat } from 'node:fs/promises'
import type { Clock } from './clock.js'

/** How often the files are looked at. */
const lookMs = 5_000
/** A change that can't be read is looked at again so often (it may be half written), then said. */
const maxAttempts = 3

export interface FileWatchOptions<T> {
  clock: Clock
  /** Those that belong together. */
  paths: readonly string[]
  /** Reads them. */
  load: () => Promise<T>
  /** Called with what they hold, when they have changed and can be used. */
  onChange: (loaded: T) => void
  /** Called once for each change that can't be used. */
  onUnusable: (error: unknown) => void
}

/**
 * Looks now and then whether files have changed; looking is portable, and sees files that are put in the place of others, as secrets and
 * editors do.
 */
export class FileWatch<T> {
  readonly #options: FileWatchOptions<T>
  #seen: string | undefined
  #attempts = 0
  #stopped = false
  #cancel = () => {}

  constructor(options: FileWatchOptions<T>) {
    this.#options = options
  }

  /** Begins with what the files are now; resolves when that is known. */
  async start(): Promise<void> {
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
      const loaded = await this.#options.load()
      if (this.#stopped) return
      this.#seen = mark
      this.#attempts = 0
      this.#options.onChange(loaded)
    } catch (error) {
      if (this.#stopped || ++this.#attempts < maxAttempts) return
      this.#seen = mark
      this.#attempts = 0
      this.#options.onUnusable(error)
    }
  }

  async #mark(): Promise<string | undefined> {
    try {
      const all = await Promise.all(this.#options.paths.map((path) => stat(path)))
      return all.map(({ ino, size, mtimeMs }) => `${ino} ${size} ${mtimeMs}`).join('\n')
    } catch {
      return undefined
    }
  }
}
