/** A relay somebody told us of. It proves itself when connected. */
export interface RelayHint {
  name: string
  peerId: string
  addresses: readonly string[]
}

/** A hint with when the relay last proved to us what it is; milliseconds since 1970. */
export interface RememberedRelay extends RelayHint {
  provedMs?: number
}

interface Known extends RememberedRelay {
  /** In the network document. */
  listed: boolean
  /** When somebody last told of it; milliseconds since 1970. */
  heardMs: number
  /** When an attempt last failed; undefined since one did not. */
  failedMs?: number
  /** Failed attempts since it was last seen. */
  failures: number
}

const maxKnown = 1_024
/** Others are told of a relay that proved itself so long ago at most. */
const handOutMs = 3_600_000
/** A learnt relay of which nobody has said a word for so long is forgotten; one that cannot be reached either, sooner. */
const forgetMs = 24 * 3_600_000
const forgetFailedMs = 3_600_000
const failuresToForget = 2

/**
 * Every relay this node has heard of: in the network document, from relays, or remembered from the last run. Pure.
 * Listed ones are never pushed out by others. Learnt ones are forgotten in time when they are gone: only who has seen one
 * lately tells others of it.
 */
export class KnownRelays {
  readonly #ownPeerId: string

  readonly #known = new Map<string, Known>()

  constructor(ownPeerId: string) {
    this.#ownPeerId = ownPeerId
  }

  /** Follows the network document; gives those that are no longer listed, which are forgotten. */
  list(relays: readonly RelayHint[]): string[] {
    const peerIds = new Set(relays.map((relay) => relay.peerId))
    const gone = [...this.#known.values()].filter((relay) => relay.listed && !peerIds.has(relay.peerId))
    for (const { peerId } of gone) this.#known.delete(peerId)
    for (const relay of relays) {
      if (relay.peerId === this.#ownPeerId) continue
      this.#known.set(relay.peerId, {
        heardMs: 0,
        failures: 0,
        ...this.#known.get(relay.peerId),
        ...relay,
        listed: true,
      })
    }
    return gone.map(({ peerId }) => peerId)
  }

  /**
   * Takes a hint, heard at `heardMs` (since 1970); what the network document says of a relay goes first. False when it brought
   * nothing new. `provedMs` is our own memory only.
   */
  learn({ name, peerId, addresses, provedMs }: RememberedRelay, heardMs: number): boolean {
    if (peerId === this.#ownPeerId || addresses.length === 0) return false
    const known = this.#known.get(peerId)
    if (known?.listed) return false
    if (known !== undefined) known.heardMs = Math.max(known.heardMs, heardMs)
    if (known !== undefined && sameTexts(known.addresses, addresses)) return false
    if (known === undefined && this.#known.size >= maxKnown) this.#forgetOne()
    const before = { heardMs, failures: 0, provedMs, ...known }
    this.#known.set(peerId, { ...before, name, peerId, addresses, listed: false })
    return true
  }

  get(peerId: string): RelayHint | undefined {
    return this.#known.get(peerId)
  }

  all(): RelayHint[] {
    return [...this.#known.values()].map(({ name, peerId, addresses }) => ({ name, peerId, addresses }))
  }

  /** Whom others may be told of: those in the document, and those that have lately proved themselves and not failed since. */
  seen(nowMs: number): RelayHint[] {
    const seen = ({ listed, provedMs, failures }: Known) =>
      listed || (provedMs !== undefined && failures === 0 && nowMs - provedMs <= handOutMs)
    return [...this.#known.values()].filter(seen).map(({ name, peerId, addresses }) => ({ name, peerId, addresses }))
  }

  /** Learnt ones, to remember for the next start; those that proved themselves last come first. */
  learnt(): RememberedRelay[] {
    return [...this.#known.values()]
      .filter(({ listed }) => !listed)
      .sort((a, b) => (b.provedMs ?? 0) - (a.provedMs ?? 0) || b.heardMs - a.heardMs)
      .map(({ name, peerId, addresses, provedMs }) => ({ name, peerId, addresses, provedMs }))
  }

  /** `nowMs` never jumps. */
  failed(peerId: string, nowMs: number): void {
    const known = this.#known.get(peerId)
    if (known === undefined) return
    known.failedMs = nowMs
    known.failures++
  }

  /** We connected to it and it has proved itself; `nowMs` since 1970. */
  succeeded(peerId: string, nowMs: number): void {
    this.proved(peerId, nowMs)
    const known = this.#known.get(peerId)
    if (known !== undefined) known.failedMs = undefined
  }

  /** It is there and has proved itself, whoever connected; that says nothing of whether we can reach it. */
  proved(peerId: string, nowMs: number): void {
    const known = this.#known.get(peerId)
    if (known === undefined) return
    known.failures = 0
    known.provedMs = nowMs
  }

  /**
   * Forgets learnt relays that are gone, and gives whether there were any. Time counts only while some relay is seen: a node
   * that was offline for a week forgets nobody for that.
   */
  sweep(except: ReadonlyMap<string, unknown>): boolean {
    const all = [...this.#known.values()]
    const seenMs = Math.max(0, ...all.map(({ provedMs }) => provedMs ?? 0))
    const gone = all.filter(({ listed, peerId, failures, provedMs, heardMs }) => {
      if (listed || except.has(peerId)) return false
      const quietMs = seenMs - lastWordMs({ provedMs, heardMs })
      return quietMs > (failures >= failuresToForget ? forgetFailedMs : forgetMs)
    })
    for (const { peerId } of gone) this.#known.delete(peerId)
    return gone.length > 0
  }

  /** Whom to connect to next: those that have not failed, at random; then those whose failure is longest ago. */
  next(except: ReadonlyMap<string, unknown>, random: () => number): RelayHint | undefined {
    const free = [...this.#known.values()].filter(({ peerId }) => !except.has(peerId))
    const fresh = free.filter(({ failedMs }) => failedMs === undefined)
    if (fresh.length > 0) return fresh[Math.floor(random() * fresh.length)]
    return free.sort((a, b) => a.failedMs! - b.failedMs!)[0]
  }

  /** True when somebody is left who has not failed. */
  hasFresh(except: ReadonlyMap<string, unknown>): boolean {
    for (const { peerId, failedMs } of this.#known.values())
      if (failedMs === undefined && !except.has(peerId)) return true
    return false
  }

  /** Hearsay first, of that the oldest; a flood of it pushes nobody out that we have seen. */
  #forgetOne(): void {
    let first: string | undefined
    for (const { peerId, listed, provedMs } of this.#known.values()) {
      if (listed) continue
      first ??= peerId
      if (provedMs !== undefined) continue
      this.#known.delete(peerId)
      return
    }
    if (first !== undefined) this.#known.delete(first)
  }
}

const lastWordMs = ({ provedMs, heardMs }: Pick<Known, 'provedMs' | 'heardMs'>) => Math.max(provedMs ?? 0, heardMs)
const sameTexts = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((text, index) => text === b[index])
