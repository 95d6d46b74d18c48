import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Clock } from '../../core/clock.js'
import { Writing } from '../../core/writing.js'
import { writeFileAtomic } from '../../identity/atomic-file.js'
import type { Identity } from '../../identity/identity-file.js'
import { Redeemed, type Redemption } from '../../wire/messages/directory.js'

/**
 * Keeps the uses of invitations that a relay knows of in a file beside its identity, so that one that restarts alone has not
 * forgotten them. A missing or damaged file is an empty one: the other relays tell it again. Identities without a file have none.
 */
export class RedemptionMemory {
  readonly #file: string | undefined
  readonly #writing: Writing
  #newest: Redemption[] = []

  constructor(identity: Pick<Identity, 'name' | 'path'>, clock: Clock) {
    this.#file = identity.path && path.join(path.dirname(identity.path), '.state', `${identity.name}.redeemed`)
    this.#writing = new Writing(clock, () => this.#write())
  }

  /** Reads the file. What is in it is unchecked, as from anybody else. */
  async load(): Promise<Redemption[]> {
    if (this.#file === undefined) return []
    try {
      return Redeemed.decode(await readFile(this.#file), { limits: { redemptions: maxKept } }).redemptions
    } catch {
      return []
    }
  }

  /** Writes these, one time after the other; rejects with `file_unreadable`, and tries again later. */
  save(redemptions: Redemption[]): Promise<void> {
    this.#newest = redemptions
    return this.#writing.now()
  }

  /** Ends what is tried again. */
  stop(): void {
    this.#writing.stop()
  }

  async #write(): Promise<void> {
    const file = this.#file
    const redemptions = this.#newest
    if (file === undefined || (redemptions.length === 0 && !existsSync(file))) return
    const content = Redeemed.encode({ redemptions: redemptions.slice(0, maxKept) })
    await writeFileAtomic(file, content, { mode: 0o600, replace: true, folderMode: 0o700 })
  }
}

const maxKept = 100_000
