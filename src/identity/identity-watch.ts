import type { Clock } from '../core/clock.js'
import { FileWatch } from '../core/file-watch.js'
import { loadShownIdentity, type ShownIdentity } from './identity-file.js'

export interface IdentityWatchOptions {
  clock: Clock
  /** Called with what the file holds, when it has changed and can be used. */
  onChange: (identity: ShownIdentity) => void
  /** Called once for each change that can't be used. */
  onUnusable: (error: unknown) => void
}

/** Looks now and then whether an identity's file has changed, as after `identity renew` or `install`. One without a file never changes. */
export class IdentityWatch {
  readonly #files: FileWatch<ShownIdentity> | undefined

  constructor({ path }: ShownIdentity, options: IdentityWatchOptions) {
    if (path === undefined) return
    const { clock } = options
    const load = () => loadShownIdentity(path, { nowMs: clock.now() })
    this.#files = new FileWatch({ ...options, paths: [path], load })
  }

  /** Begins with what the file is now; resolves when that is known. */
  async start(): Promise<void> {
    await this.#files?.start()
  }

  stop(): void {
    this.#files?.stop()
  }
}
