import type { Clock } from '../core/clock.js'
import { OverlayError } from '../core/errors.js'
import { maxParkedPaths, parkedPathMs } from '../core/limits.js'
import type { Candidate } from '../directory/proof.js'
import type { Carrier } from '../net/carrier.js'
import type { FrameChannel } from '../session/frame-channel.js'

interface Parked {
  channel: FrameChannel
  carrier: Carrier
  cancel(): void
}

/** Made once, as its stack says nothing. */
const notNeeded = new OverlayError('closed', 'Nobody has called over this path again.')

/**
 * Keeps joined sockets to hosts whose sessions are over for the next call, which then needs no help of the relay, no new connection
 * and no TLS handshake. Each waits a few seconds at most, and goes when anything comes on it, or its certificate is withdrawn.
 */
export class ParkedPaths {
  readonly #clock: Clock
  readonly #byPlace = new Map<string, Set<Parked>>()
  #count = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Keeps a path whose channel has been released by its session. */
  park(candidate: Candidate, carrier: Carrier, channel: FrameChannel): void {
    if (this.#count >= maxParkedPaths) {
      channel.abort(notNeeded)
      return
    }
    const place = placeOf(candidate)
    const others = this.#byPlace.get(place) ?? new Set()
    const end = () => {
      this.#forget(place, parked)
      channel.abort(notNeeded)
    }
    const parked: Parked = { channel, carrier, cancel: this.#clock.after(parkedPathMs, end) }
    this.#byPlace.set(place, others.add(parked))
    this.#count++
    channel.open({ frame: end, closed: () => this.#forget(place, parked) })
  }

  /**
   * Returns a path that leads where the candidate does (the same process of the host, through the same relay): the one that was
   * used last; undefined when there is none.
   */
  take(candidate: Candidate): Carrier | undefined {
    const place = placeOf(candidate)
    const parked = [...(this.#byPlace.get(place) ?? [])].at(-1)
    if (parked === undefined) return undefined
    this.#forget(place, parked)
    parked.channel.release()
    return parked.carrier
  }

  /** Ends all of them: paths that are opened from now on show anew who this node is. */
  clear(): void {
    for (const [place, all] of this.#byPlace) {
      for (const parked of all) {
        this.#forget(place, parked)
        parked.channel.abort(notNeeded)
      }
    }
  }

  #forget(place: string, parked: Parked): void {
    const all = this.#byPlace.get(place)
    if (!all?.delete(parked)) return
    parked.cancel()
    this.#count--
    if (all.size === 0) this.#byPlace.delete(place)
  }
}

const placeOf = ({ record: { hostPeerId, relayPeerId, processId } }: Candidate): string =>
  `${hostPeerId}/${relayPeerId}/${processId}`
