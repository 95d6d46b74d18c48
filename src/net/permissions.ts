import type { Clock } from '../core/clock.js'
import type { OverlayErrorDetails } from '../core/errors.js'
import { type VerifiedCertificate, validityChangeMs } from '../identity/certificate.js'
import type { NetworkView } from '../identity/network-document.js'
import { parties, type Use, type Withdrawal, withdrawalError, withdrawalOf } from '../identity/permission.js'

/** Says how often the wall clock is looked at; ms. Timers alone would not notice that it was set, nor that the machine slept. */
const lookMs = 1_000
/** Says by how much the wall clock must move against the monotonic one to count as set, or the machine as having slept; ms. */
const jumpMs = 1_000

/** Called with why a use that is held is withdrawn, and with undefined when it is permitted again. */
export type OnPermission = (withdrawal: Withdrawal | undefined) => void

interface Held {
  use: Use
  onChange: OnPermission
  withdrawn: boolean
}

interface HeldOfPeer {
  all: Set<Held>
  /** When the oldest certificate was issued with which something is held; ms since 1970. */
  oldestMs: number
}

/**
 * Decides what each peer may do, by the newest network document, the newest certificate of each peer and the clock. Code that uses
 * a permission for longer than a moment holds that use and is told when it is withdrawn: sessions and calls first, so that they can
 * still say why, then bindings and watches, connections last.
 */
export class Permissions {
  readonly #clock: Clock
  readonly #network: () => NetworkView
  readonly #held = new Set<Held>()
  readonly #byPeer = new Map<string, HeldOfPeer>()
  /** When the dates of a certificate next change an answer. */
  #nextMs = Number.POSITIVE_INFINITY
  /** The wall clock minus the one that never jumps; ms. */
  #offsetMs = 0
  #cancelLook: (() => void) | undefined

  constructor(network: () => NetworkView, clock: Clock) {
    this.#network = network
    this.#clock = clock
  }

  /** Returns why this use is not permitted now; undefined when it is. */
  withdrawalOf(use: Use): Withdrawal | undefined {
    return withdrawalOf(this.#network(), use, this.#clock.now())
  }

  /** Throws what {@link withdrawalOf} says as an OverlayError. */
  check(use: Use, details: OverlayErrorDetails = {}): void {
    const withdrawal = this.withdrawalOf(use)
    if (withdrawal !== undefined) throw withdrawalError(withdrawal, details)
  }

  /**
   * Tells `onChange` from now on when the use is withdrawn and when it is permitted again, until the returned function is called.
   * When the use is not permitted even now, that is told in a microtask. Certificates in `use` give way to newer ones of the same
   * peers as these are shown.
   */
  hold(use: Use, onChange: OnPermission): () => void {
    const held: Held = { use, onChange, withdrawn: false }
    this.#held.add(held)
    for (const party of parties) this.#index(use[party], held)
    this.#noteDates(use)
    if (this.#cancelLook === undefined) this.#lookLater()
    if (this.withdrawalOf(use) !== undefined) queueMicrotask(() => this.#recheck([held]))
    return () => this.#release(held)
  }

  /** Called when a peer has shown this certificate: what is held for it goes by the newest one from now on. */
  learn(certificate: VerifiedCertificate): void {
    const ofPeer = this.#byPeer.get(certificate.peerId)
    // Most peers have one for months, and may hold thousands of sessions with it.
    if (ofPeer === undefined || ofPeer.oldestMs >= certificate.issuedAtMs) return
    ofPeer.oldestMs = certificate.issuedAtMs
    const changed: Held[] = []
    for (const held of ofPeer.all) {
      for (const party of parties) {
        const before = held.use[party]
        if (before?.peerId !== certificate.peerId || before.issuedAtMs >= certificate.issuedAtMs) continue
        held.use[party] = certificate
        if (changed.at(-1) !== held) changed.push(held)
      }
    }
    this.#recheck(changed)
  }

  /** Called when the network document or the clock is another one: looks at all that is held. */
  recheck(): void {
    this.#nextMs = Number.POSITIVE_INFINITY
    this.#recheck(this.#held)
  }

  #recheck(some: Iterable<Held>): void {
    const network = this.#network()
    const nowMs = this.#clock.now()
    const changed: Array<[Held, Withdrawal | undefined]> = []
    for (const held of some) {
      this.#noteDates(held.use)
      const withdrawal = withdrawalOf(network, held.use, nowMs)
      if ((withdrawal !== undefined) !== held.withdrawn) changed.push([held, withdrawal])
    }
    changed.sort(([a], [b]) => rankOf(a.use) - rankOf(b.use))
    for (const [held, withdrawal] of changed) {
      // Told meanwhile, or released by what was told to another.
      if (!this.#held.has(held) || held.withdrawn === (withdrawal !== undefined)) continue
      held.withdrawn = withdrawal !== undefined
      held.onChange(withdrawal)
    }
  }

  #noteDates(use: Use): void {
    const nowMs = this.#clock.now()
    for (const party of parties) {
      const certificate = use[party]
      if (certificate !== undefined) this.#nextMs = Math.min(this.#nextMs, validityChangeMs(certificate, nowMs))
    }
  }

  #lookLater(): void {
    this.#cancelLook?.() // what was told of a change may hold something new
    this.#offsetMs = this.#clock.now() - this.#clock.monotonic()
    this.#cancelLook = this.#clock.after(lookMs, () => {
      this.#cancelLook = undefined
      const jumped = Math.abs(this.#clock.now() - this.#clock.monotonic() - this.#offsetMs) > jumpMs
      if (jumped || this.#clock.now() >= this.#nextMs) this.recheck()
      if (this.#held.size > 0) this.#lookLater()
    })
  }

  #index(certificate: VerifiedCertificate | undefined, held: Held): void {
    if (certificate === undefined) return
    const { peerId, issuedAtMs } = certificate
    const known = this.#byPeer.get(peerId)
    if (known === undefined) this.#byPeer.set(peerId, { all: new Set([held]), oldestMs: issuedAtMs })
    else {
      known.all.add(held)
      known.oldestMs = Math.min(known.oldestMs, issuedAtMs)
    }
  }

  #release(held: Held): void {
    if (!this.#held.delete(held)) return
    for (const party of parties) {
      const peerId = held.use[party]?.peerId
      const known = peerId === undefined ? undefined : this.#byPeer.get(peerId)
      if (known?.all.delete(held) && known.all.size === 0) this.#byPeer.delete(peerId!)
    }
    if (this.#held.size > 0) return
    this.#cancelLook?.()
    this.#cancelLook = undefined
  }
}

/** Returns the order in which uses are told: those that have something to say on a connection come before the connection. */
function rankOf({ member, host, dialer }: Use): number {
  if (member !== undefined) return 2
  return host !== undefined && dialer !== undefined ? 0 : 1
}
