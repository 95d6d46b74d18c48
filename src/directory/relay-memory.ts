import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { writeFileAtomic } from '../identity/atomic-file.js'
import type { Identity } from '../identity/identity-file.js'
import type { RememberedRelay } from './known-relays.js'

const maxRemembered = 64

/**
 * Relays learnt in earlier runs, in a file beside the identity, so that a dead bootstrap relay locks nobody out. It is a
 * memory only: a damaged or missing file is an empty one. Identities without a file have none.
 */
export class RelayMemory {
  readonly #networkId: string

  readonly #file: string | undefined
  #last = ''
  #writing: Promise<void> = Promise.resolve()

  constructor(identity: Pick<Identity, 'name' | 'path'>, networkId: string) {
    this.#networkId = networkId

    this.#file = identity.path && path.join(path.dirname(identity.path), '.state', `${identity.name}.relays`)
  }

  async load(): Promise<RememberedRelay[]> {
    if (this.#file === undefined) return []
    try {
      this.#last = await readFile(this.#file, 'utf8')
      const { networkId, relays } = JSON.parse(this.#last) as { networkId: string; relays: RememberedRelay[] }
      if (networkId !== this.#networkId) return []
      return relays.filter(isHint).slice(0, maxRemembered)
    } catch {
      return []
    }
  }

  /** Keeps the first 64 of these. Writes one after the other; rejects with `file_unreadable`. */
  save(relays: readonly RememberedRelay[]): Promise<void> {
    const file = this.#file
    if (file === undefined || (relays.length === 0 && this.#last === '')) return Promise.resolve()
    const text = `${JSON.stringify({ networkId: this.#networkId, relays: relays.slice(0, maxRemembered) }, null, 2)}\n`
    if (text === this.#last) return this.#writing
    this.#last = text
    this.#writing = this.#writing
      .catch(() => {}) // said to whoever asked for it
      .then(() => writeFileAtomic(file, text, { mode: 0o600, replace: true, folderMode: 0o700 }))
    return this.#writing
  }
}

function isHint(value: unknown): value is RememberedRelay {
  const hint = value as Partial<RememberedRelay> | null
  const isText = (text: unknown) => typeof text === 'string' && text.length < 1_024
  return (
    typeof hint === 'object' &&
    isText(hint?.name) &&
    isText(hint?.peerId) &&
    Array.isArray(hint?.addresses) &&
    hint.addresses.length <= 16 &&
    hint.addresses.every(isText) &&
    (hint.provedMs === undefined || Number.isSafeInteger(hint.provedMs))
  )
}
