import type { Clock } from '../../core/clock.js'
import {
  maxRendezvousLineBytes,
  maxRendezvousPendingBytes,
  rendezvousAnnounceMaxMs,
  rendezvousAnnounceMinMs,
  rendezvousRetryMaxMs,
  rendezvousRetryMinMs,
  rendezvousSearchMaxMs,
  rendezvousSearchMinMs,
} from '../../core/limits.js'
import type { BootstrapPeer, FoundPeer, Rendezvous, RendezvousStream } from '../../rendezvous/rendezvous.js'
import { Attempts } from './attempts.js'
import type { ChatEvent, Said } from './events.js'
import { encodeText, LineDecoder } from './framing.js'
import { Peers } from './peers.js'
import { reasonOf } from './reasons.js'
import { Rounds } from './rounds.js'

export interface RendezvousChatOptions {
  clock: Clock
  random: () => number
  /** Called with everything that happens, in order. */
  tell: (event: ChatEvent) => void
}

/** Uses the streams that live on after we have left. */
export interface Heir {
  onBytes(stream: RendezvousStream, bytes: Uint8Array): void
  onEnd(stream: RendezvousStream): void
  onSilence(peerId: string, silent: boolean): void
}

/** Says how long a script's line waits for a peer that is slow; ms. */
const paceMs = 2_000
/** Limits the peers that are remembered as met; that is only for not repeating ourselves, so it may be forgotten. */
const maxMet = 10_000
/** Says how many announcements that no server took mean that none will: the first ones may be quicker than the DHT. */
const untakenAnnouncements = 3
/** Says below how many waiting bytes a peer is keeping up. */
const keepingUpBytes = maxRendezvousPendingBytes / 4

/**
 * The chat of one node: stays in touch with its bootstrap peers, announces itself and searches at growing intervals, opens a
 * stream to everybody it finds, takes those that others open, and carries lines between them and the person.
 */
export class RendezvousChat {
  readonly #point: Rendezvous
  readonly #options: RendezvousChatOptions

  readonly #peers = new Peers<RendezvousStream>()
  readonly #attempts: Attempts
  readonly #bootstrap: Map<string, Rounds>
  /** Names the bootstrap peers whose first answer is awaited. */
  readonly #silent: Set<string>
  #reachedOne = false
  /** Set while no server has taken our last announcement. */
  #unheard = true
  /** Counts the announcements in a row that no server took, while a bootstrap peer was connected. */
  #untaken = 0
  /** Names the peers of which nothing has been heard for a while. Their streams live on, in case they come back. */
  readonly #away = new Set<string>()
  readonly #announcing: Rounds
  readonly #searching: Rounds
  /** Names the peers that have been in the chat lately. */
  readonly #met = new Set<string>()
  /** Names the peers that do not take what we say; that is told once, until they do. */
  readonly #behind = new Set<string>()
  /** Holds the streams that another process holds, for an earlier run. */
  readonly #borrowed = new Set<RendezvousStream>()
  /** Takes what comes after we have left. */
  #heir: Heir | undefined
  #paused = false
  #leaving = false

  constructor(point: Rendezvous, options: RendezvousChatOptions) {
    this.#point = point
    this.#options = options

    const { clock, random } = options
    this.#attempts = new Attempts({ minMs: rendezvousRetryMinMs, maxMs: 5 * rendezvousRetryMaxMs, random })
    const rounds = (minMs: number, maxMs: number, run: (signal: AbortSignal) => Promise<void>) =>
      new Rounds({ minMs, maxMs, clock, random, run })
    this.#announcing = rounds(rendezvousAnnounceMinMs, rendezvousAnnounceMaxMs, this.#announcer())
    this.#searching = rounds(rendezvousSearchMinMs, rendezvousSearchMaxMs, (signal) => this.#search(signal))
    this.#silent = new Set(point.bootstrapPeers.map(({ peerId }) => peerId))
    this.#bootstrap = new Map(
      point.bootstrapPeers.map((peer) => [
        peer.peerId,
        rounds(rendezvousRetryMinMs, rendezvousRetryMaxMs, this.#connector(peer)),
      ]),
    )
  }

  start(): void {
    const point = this.#point
    point.on('stream', (stream) => this.#add(stream))
    point.on('peer:disconnect', (peerId) => this.#bootstrap.get(peerId)?.soon())
    point.on('peer:silent', (peerId) => this.onSilence(peerId, true))
    point.on('peer:heard', (peerId) => this.onSilence(peerId, false))
    const { peerId, rendezvous, protocol } = point
    this.#options.tell({ type: 'started', peerId, addresses: point.addresses(), rendezvous, protocol })
    for (const rounds of this.#bootstrap.values()) rounds.start()
    this.#announcing.start()
    this.#searching.start()
  }

  /** Speaks and hears through streams that process `pid` holds for an earlier run, and goes on holding after us. */
  borrow(pid: number, streams: readonly RendezvousStream[]): void {
    this.#options.tell({ type: 'taken-over', pid })
    for (const stream of streams) {
      this.#borrowed.add(stream)
      this.#add(stream)
    }
  }

  /** Says a text to everyone in the chat; blank lines are not said. */
  say(text: string): Said {
    const bytes = encodeText(text)
    if (bytes.byteLength === 0) return { peers: 0, refused: undefined }
    if (bytes.byteLength > maxRendezvousLineBytes + 2) return { peers: 0, refused: 'too long' }
    let peers = 0
    for (const stream of this.#voices()) {
      if (stream.pendingBytes + bytes.byteLength > maxRendezvousPendingBytes) this.#fellBehind(stream)
      else if (stream.write(bytes)) peers++
    }
    return { peers, refused: this.#voices().length === 0 ? 'nobody' : undefined }
  }

  /** Returns one stream of each peer that is there. */
  #voices(): RendezvousStream[] {
    return this.#peers.voices().filter(({ peerId }) => !this.#away.has(peerId))
  }

  /** Called when a peer is not heard any more, its machine or network having gone, and when it is again. */
  onSilence(peerId: string, silent: boolean): void {
    if (!this.#peers.has(peerId)) return
    this.#heir?.onSilence(peerId, silent)
    if (silent && !this.#away.has(peerId)) {
      this.#away.add(peerId)
      if (!this.#leaving) this.#options.tell({ type: 'silent', peerId })
    } else if (!silent && this.#away.delete(peerId) && !this.#leaving) {
      this.#options.tell({ type: 'connected', peerId })
    }
  }

  /** Resolves when everyone has taken most of what was said, or has not for a while. A script's next line waits for this. */
  async paced(): Promise<void> {
    const full = this.#voices().filter((stream) => stream.pendingBytes > keepingUpBytes)
    const waiting = full.filter(({ peerId }) => !this.#behind.has(peerId))
    if (waiting.length === 0) return
    const over = new AbortController()
    const cancel = this.#options.clock.after(paceMs, () => over.abort())
    await Promise.all(waiting.map((stream) => stream.drained(over.signal)))
    cancel()
    for (const stream of waiting) if (stream.pendingBytes > keepingUpBytes) this.#fellBehind(stream)
  }

  /** Stops reading, so that those who write to us wait. Called when nobody takes our lines. */
  pause(): void {
    this.#paused = true
    for (const stream of this.#peers.all()) stream.pause()
  }

  resume(): void {
    this.#paused = false
    for (const stream of this.#peers.all()) stream.resume()
  }

  /**
   * Leaves. Resolves with the peers whose connections must be kept, for their programs' sake, until they go. Borrowed streams stay
   * with the process that lent them.
   */
  async leave(): Promise<string[]> {
    await this.#stop()
    await this.#delivered()
    return await this.#point.leave(this.#own().map(({ peerId }) => peerId))
  }

  /** Called after leaving: what comes on the streams that live on goes to `heir`. Returns these streams, to be written to. */
  bequeath(heir: Heir): RendezvousStream[] {
    this.#heir = heir
    for (const peerId of this.#away) heir.onSilence(peerId, true)
    return this.#own()
  }

  #own(): RendezvousStream[] {
    return this.#peers.all().filter((stream) => !this.#borrowed.has(stream))
  }

  /** Resolves when everyone has taken all that was said, or nobody takes any more of it. */
  async #delivered(): Promise<void> {
    const pending = () => this.#voices().reduce((sum, { pendingBytes }) => sum + pendingBytes, 0)
    for (let before = Number.POSITIVE_INFINITY, left = pending(); left > 0 && left < before; left = pending()) {
      before = left
      const over = new AbortController()
      const cancel = this.#options.clock.after(paceMs, () => over.abort())
      await Promise.all(this.#voices().map((stream) => stream.drained(over.signal)))
      cancel()
    }
  }

  /** Leaves at once, even if programs of others crash from it. */
  async close(): Promise<void> {
    await this.#stop()
    await this.#point.close()
  }

  async #stop(): Promise<void> {
    this.#leaving = true
    this.resume()
    await Promise.all([this.#announcing, this.#searching, ...this.#bootstrap.values()].map((rounds) => rounds.stop()))
  }

  #connector(peer: BootstrapPeer): (signal: AbortSignal) => Promise<void> {
    let up = false
    let failures = 0
    return async (signal) => {
      const { peerId } = peer
      const { tell } = this.#options
      if (this.#point.isConnected(peerId) && up) return
      if (up) {
        tell({ type: 'bootstrap-lost', peerId })
        failures = 1 // as good as told
      }
      up = false
      try {
        if (!this.#point.isConnected(peerId)) await this.#point.connect(peer, { signal })
        up = true
        failures = 0
        this.#reachedOne = true
        tell({ type: 'bootstrap-up', peerId })
        this.#announcing.soon()
        this.#searching.soon()
      } catch (error) {
        if (signal.aborted) return
        tell({ type: 'bootstrap-down', peerId, why: reasonOf(error), detail: failures++ > 0 })
        if (this.#silent.delete(peerId) && this.#silent.size === 0 && !this.#reachedOne) tell({ type: 'alone' })
      }
    }
  }

  #announcer(): (signal: AbortSignal) => Promise<void> {
    let told = false
    return async (signal) => {
      const { tell } = this.#options
      try {
        const servers = await this.#point.announce({ signal })
        this.#unheard = servers === 0
        tell({ type: 'announced', rendezvous: this.#point.rendezvous, servers, detail: told || servers === 0 })
        told ||= servers > 0
        const connected = [...this.#bootstrap.keys()].some((peerId) => this.#point.isConnected(peerId))
        this.#untaken = servers === 0 && connected ? this.#untaken + 1 : 0
        if (this.#untaken === untakenAnnouncements && !told) tell({ type: 'unlisted' })
      } catch (error) {
        if (!signal.aborted) tell({ type: 'announce-failed', why: reasonOf(error) })
      }
    }
  }

  async #search(signal: AbortSignal): Promise<void> {
    try {
      for await (const peer of this.#point.search({ signal })) {
        if (!this.#peers.has(peer.peerId)) void this.#reach(peer, signal)
      }
    } catch (error) {
      if (!signal.aborted) this.#options.tell({ type: 'search-failed', why: reasonOf(error) })
    }
  }

  async #reach(peer: FoundPeer, signal: AbortSignal): Promise<void> {
    const { peerId } = peer
    const { clock, tell } = this.#options
    const attempt = this.#attempts.begin(peerId, clock.monotonic())
    if (attempt === undefined) return
    tell({ type: 'found', peerId, detail: attempt === 'again' || this.#met.has(peerId) })
    try {
      const stream = await this.#point.open(peer, { signal })
      this.#attempts.succeeded(peerId)
      this.#add(stream)
    } catch (error) {
      const { first, forget } = this.#attempts.failed(peerId, clock.monotonic())
      if (forget) await this.#point.forget(peerId).catch(() => {}) // a courtesy to those who ask us
      if (signal.aborted || this.#peers.has(peerId)) return
      // Of one who has left it is no news.
      tell({ type: 'unreachable', peerId, why: reasonOf(error), detail: !first || this.#met.has(peerId) })
    }
  }

  #add(stream: RendezvousStream): void {
    const { peerId } = stream
    const decoder = new LineDecoder(maxRendezvousLineBytes)
    if (this.#peers.add(stream) && !this.#leaving) {
      if (this.#met.size >= maxMet) this.#met.clear()
      this.#met.add(peerId)
      this.#options.tell({ type: 'connected', peerId })
      if (this.#unheard) this.#announcing.soon() // maybe this one does
    }
    if (this.#paused) stream.pause()
    const show = (lines: ReturnType<LineDecoder['push']>) => {
      for (const { text, cut } of lines) this.#options.tell({ type: 'line', peerId, text, cut })
    }
    stream.receive({
      onBytes: (bytes) => {
        if (!this.#leaving) show(decoder.push(bytes))
        else this.#heir?.onBytes(stream, bytes)
      },
      onEnd: () => {
        if (!this.#leaving) show(decoder.end())
        this.#heir?.onEnd(stream)
        this.#end(stream)
      },
    })
  }

  #end(stream: RendezvousStream): void {
    void stream.close() // our half; the other side has ended its own
    this.#borrowed.delete(stream)
    if (!this.#peers.remove(stream) || this.#leaving) return
    this.#behind.delete(stream.peerId)
    // Of who was silent it has been said.
    if (!this.#away.delete(stream.peerId)) this.#options.tell({ type: 'left', peerId: stream.peerId })
    this.#searching.soon() // in case it was only the connection
  }

  #fellBehind(stream: RendezvousStream): void {
    const { peerId } = stream
    if (this.#behind.has(peerId)) return
    this.#behind.add(peerId)
    this.#options.tell({ type: 'behind', peerId })
    void stream.drained().then(() => this.#behind.delete(peerId))
  }
}
