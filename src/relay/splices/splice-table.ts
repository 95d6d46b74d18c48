import { toHex } from '../../core/bytes.js'
import { OverlayError } from '../../core/errors.js'
import { maxPendingSplices, maxSplicesPerPeer } from '../../core/limits.js'
import { prefaceTokenBytes } from '../../wire/prefaces.js'

/** What each side shows of a splice. */
export interface SpliceTokens {
  dialer: Uint8Array
  host: Uint8Array
}

/** Tells of two connections that are to be joined: which dialer asked for it, and for a connection to which host. */
export interface Splice<S> {
  dialerPeerId: string
  hostPeerId: string
  /** The token of each side; undefined when both have shown theirs. */
  tokens: SpliceTokens | undefined
  /** The side that has come first. */
  first: S | undefined
  state: 'pending' | 'joined' | 'over'
}

type PendingSplice<S> = Splice<S> & { tokens: SpliceTokens }

/** Says what a token is good for: the other side is awaited (`other` is undefined), or there already. */
export type Shown<S> = { splice: Splice<S>; other: S | undefined }

/**
 * Keeps what a relay knows of splices. Pure: sockets are whatever `S` stands for. A token is good for one side, once; knowing one
 * is all that a connection has to prove, so each is of 32 random bytes and goes to one member over its link.
 */
export class SpliceTable<S> {
  readonly #randomBytes: (length: number) => Uint8Array
  readonly #mostPerPeer: number
  /** By token, in hex: the splice and which side it admits. */
  readonly #tokens = new Map<string, { splice: Splice<S>; side: 'dialer' | 'host' }>()
  /** By the dialer's peer id. */
  readonly #pendingOf = new Map<string, number>()
  readonly #allOf = new Map<string, number>()
  #joined = 0

  constructor(randomBytes: (length: number) => Uint8Array, mostPerPeer = maxSplicesPerPeer) {
    this.#randomBytes = randomBytes
    this.#mostPerPeer = mostPerPeer
  }

  /** Counts the splices that are joined, and those that wait for their sides. */
  get counts(): { joined: number; pending: number } {
    let pending = 0
    for (const count of this.#pendingOf.values()) pending += count
    return { joined: this.#joined, pending }
  }

  /** Counts the splices of a dialer, whatever their state. */
  held(dialerPeerId: string): number {
    return this.#allOf.get(dialerPeerId) ?? 0
  }

  /** Makes a splice with its two tokens. Throws `busy` when the dialer has too many. */
  open(dialerPeerId: string, hostPeerId: string): PendingSplice<S> {
    if ((this.#pendingOf.get(dialerPeerId) ?? 0) >= maxPendingSplices) {
      throw new OverlayError('busy', `More than ${maxPendingSplices} splices are being set up for one member.`)
    }
    if (this.held(dialerPeerId) >= this.#mostPerPeer) {
      throw new OverlayError('busy', `More than ${this.#mostPerPeer} splices for one member.`)
    }
    const tokens = { dialer: this.#randomBytes(prefaceTokenBytes), host: this.#randomBytes(prefaceTokenBytes) }
    const splice: PendingSplice<S> = { dialerPeerId, hostPeerId, tokens, first: undefined, state: 'pending' }
    for (const side of ['dialer', 'host'] as const) this.#tokens.set(toHex(tokens[side]), { splice, side })
    add(this.#pendingOf, dialerPeerId, 1)
    add(this.#allOf, dialerPeerId, 1)
    return splice
  }

  /**
   * Called when a connection shows a token. Returns undefined when the token is unknown, used, or too old. The splice is joined
   * when the second side shows its token.
   */
  show(token: Uint8Array, socket: S): Shown<S> | undefined {
    const key = toHex(token)
    const known = this.#tokens.get(key)
    if (known === undefined) return undefined
    this.#tokens.delete(key)
    const { splice } = known
    const other = splice.first
    if (other === undefined) splice.first = socket
    else {
      splice.state = 'joined'
      splice.tokens = undefined
      splice.first = undefined
      add(this.#pendingOf, splice.dialerPeerId, -1)
      this.#joined++
    }
    return { splice, other }
  }

  /** Called when a splice has not come about in time, or its connections are over. Returns the side that waited alone. */
  close(splice: Splice<S>): S | undefined {
    if (splice.state === 'over') return undefined
    if (splice.state === 'pending') add(this.#pendingOf, splice.dialerPeerId, -1)
    else this.#joined--
    add(this.#allOf, splice.dialerPeerId, -1)
    splice.state = 'over'
    for (const token of Object.values(splice.tokens ?? {})) this.#tokens.delete(toHex(token))
    const { first } = splice
    splice.first = undefined
    return first
  }
}

function add(counts: Map<string, number>, key: string, change: number): void {
  const count = (counts.get(key) ?? 0) + change
  if (count === 0) counts.delete(key)
  else counts.set(key, count)
}
