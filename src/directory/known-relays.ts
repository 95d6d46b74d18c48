/** A relay somebody told us of. It proves itself when connected. */
export interface RelayHint {
  name: string
  peerId: string
  addresses: readonly string[]
}

interface Known extends RelayHint {
  /** In the network document. */
  listed: boolean
  failedMs?: number
}

const maxKnown = 1_024

/**
 * Every relay this node has heard of: in the network document, from relays, or remembered from the last run. Pure.
 * Listed ones are never pushed out by others.
 */
export class KnownRelays {
  private readonly known = new Map<string, Known>()

  constructor(private readonly ownPeerId: string) {}

  /** Follows the network document; gives those that are no longer listed, which are forgotten. */
  list(relays: readonly RelayHint[]): string[] {
    const peerIds = new Set(relays.map((relay) => relay.peerId))
    const gone = [...this.known.values()].filter((relay) => relay.listed && !peerIds.has(relay.peerId))
    for (const { peerId } of gone) this.known.delete(peerId)
    for (const relay of relays) {
      if (relay.peerId === this.ownPeerId) continue
      this.known.set(relay.peerId, { ...this.known.get(relay.peerId), ...relay, listed: true })
    }
    return gone.map(({ peerId }) => peerId)
  }

  /** Takes a hint; what the network document says of a relay goes first. False when it brought nothing new. */
  learn({ name, peerId, addresses }: RelayHint): boolean {
    if (peerId === this.ownPeerId || addresses.length === 0) return false
    const known = this.known.get(peerId)
    if (known?.listed) return false
    if (known !== undefined && sameTexts(known.addresses, addresses)) return false
    if (known === undefined && this.known.size >= maxKnown) this.forgetOne()
    this.known.set(peerId, { ...known, name, peerId, addresses, listed: false })
    return true
  }

  get(peerId: string): RelayHint | undefined {
    return this.known.get(peerId)
  }

  all(): RelayHint[] {
    return [...this.known.values()].map(({ name, peerId, addresses }) => ({ name, peerId, addresses }))
  }

  /** Learnt ones, to remember for the next start. */
  learnt(): RelayHint[] {
    return [...this.known.values()].flatMap(({ name, peerId, addresses, listed }) =>
      listed ? [] : [{ name, peerId, addresses }],
    )
  }

  failed(peerId: string, nowMs: number): void {
    const known = this.known.get(peerId)
    if (known !== undefined) known.failedMs = nowMs
  }

  succeeded(peerId: string): void {
    const known = this.known.get(peerId)
    if (known !== undefined) known.failedMs = undefined
  }

  /** Whom to connect to next: those that have not failed, at random; then those whose failure is longest ago. */
  next(except: ReadonlyMap<string, unknown>, random: () => number): RelayHint | undefined {
    const free = [...this.known.values()].filter(({ peerId }) => !except.has(peerId))
    const fresh = free.filter(({ failedMs }) => failedMs === undefined)
    if (fresh.length > 0) return fresh[Math.floor(random() * fresh.length)]
    return free.sort((a, b) => a.failedMs! - b.failedMs!)[0]
  }

  /** True when somebody is left who has not failed. */
  hasFresh(except: ReadonlyMap<string, unknown>): boolean {
    for (const { peerId, failedMs } of this.known.values())
      if (failedMs === undefined && !except.has(peerId)) return true
    return false
  }

  private forgetOne(): void {
    for (const { peerId, listed } of this.known.values()) {
      if (listed) continue
      this.known.delete(peerId)
      return
    }
  }
}

const sameTexts = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((text, index) => text === b[index])
