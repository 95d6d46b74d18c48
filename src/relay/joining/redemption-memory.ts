import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { writeFileAtomic } from '../../identity/atomic-file.js'
import type { Identity } from '../../identity/identity-file.js'
import { Redeemed, type Redemption } from '../../wire/messages/directory.js'

/**
 * Keeps the uses of invitations that a relay knows of in a file beside its identity, so that one that restarts alone has not
 * forgotten them. A missing or damaged file is an empty one: the other relays tell it again. Identities without a file have none.
 */
export class RedemptionMemory {
  readonly #file: string | undefined
  #writing: Promise<void> = Promise.resolve()

  constructor(identity: Pick<Identity, 'name' | 'path'>) {
    this.#file = identity.path && path.join(path.dirname(identity.path), '.state', `${identity.name}.redeemed`)
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

  /** Writes the file, one time after the other; rejects with `file_unreadable`. */
  save(redemptions: Redemption[]): Promise<void> {
    const file = this.#file
    if (file === undefined || (redemptions.length === 0 && !existsSync(file))) return Promise.resolve()
    const content = Redeemed.encode({ redemptions: redemptions.slice(0, maxKept) })
    this.#writing = this.#writing
      .catch(() => {}) // said to whoever asked for it
      .then(() => writeFileAtomic(file, content, { mode: 0o600, replace: true, folderMode: 0o700 }))
    return this.#writing
  }
}

const maxKept = 100_000
