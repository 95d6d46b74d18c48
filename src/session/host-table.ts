import { timingSafeEqual } from 'node:crypto'
import { toHex } from '../core/bytes.js'
import { answerMemoryMs, maxRememberedAnswers, maxRememberedPerPeer, maxRingingPerPeer } from '../core/limits.js'
import type { DialAnswer } from '../wire/messages/session.js'
import { Remembered } from './remembered.js'
import type { Ending } from './types.js'

export interface HostTableOptions {
  /** Answers and endings are remembered this long, ms. */
  memoryMs?: number
  /** Answers, and endings, remembered at most; and of one peer. */
  maxRemembered?: number
  maxRememberedPerPeer?: number
  /** Dials of one peer that may ring at the same time. */
  maxRingingPerPeer?: number
}

/** What a DIAL is: news, a retry of one that rings, a retry of one that was answered, or one too many. */
export type DialLookup<D> =
  | { state: 'new' }
  | { state: 'ringing'; dial: D }
  | { state: 'answered'; answer: DialAnswer }
  | { state: 'too many' }

/** What a RESUME is for. Undefined when there is no such session for this peer and secret. */
export type ResumeLookup<S> = { state: 'open'; session: S } | { state: 'ended'; ending: Ending } | undefined

interface Entry<T> {
  peerId: string
  secret: Uint8Array
  value: T
}

/**
 * Keeps what a host knows of dials and sessions: one ring per dial id, one answer for all its retries, and who may resume which
 * session. No I/O; `D` and `S` are whatever stands for a ringing dial and an open session. `now` is in ms.
 */
export class HostTable<D, S> {
  readonly #maxRingingPerPeer: number
  /** By peer, then dial id. */
  readonly #ringing = new Map<string, Map<string, D>>()
  readonly #answers: Remembered<DialAnswer>
  readonly #open = new Map<string, Entry<S>>()
  readonly #endings: Remembered<Entry<Ending>>

  constructor(options: HostTableOptions = {}) {
    const memory = {
      memoryMs: options.memoryMs ?? answerMemoryMs,
      maxEntries: options.maxRemembered ?? maxRememberedAnswers,
      maxPerOwner: options.maxRememberedPerPeer ?? maxRememberedPerPeer,
    }
    this.#maxRingingPerPeer = options.maxRingingPerPeer ?? maxRingingPerPeer
    this.#answers = new Remembered(memory)
    this.#endings = new Remembered(memory)
  }

  /** Open sessions. */
  get sessions(): S[] {
    return [...this.#open.values()].map(({ value }) => value)
  }

  /** Dials that ring. */
  get dials(): D[] {
    return [...this.#ringing.values()].flatMap((dials) => [...dials.values()])
  }

  /** Answers and endings remembered, for tests that count. */
  get remembered(): { answers: number; endings: number } {
    return { answers: this.#answers.size, endings: this.#endings.size }
  }

  lookupDial(peerId: string, dialId: Uint8Array, now: number): DialLookup<D> {
    const id = toHex(dialId)
    const dials = this.#ringing.get(peerId)
    const dial = dials?.get(id)
    if (dial !== undefined) return { state: 'ringing', dial }
    const answer = this.#answers.get(peerId, id, now)
    if (answer !== undefined) return { state: 'answered', answer }
    return (dials?.size ?? 0) >= this.#maxRingingPerPeer ? { state: 'too many' } : { state: 'new' }
  }

  ring(peerId: string, dialId: Uint8Array, dial: D): void {
    const dials = this.#ringing.get(peerId) ?? new Map<string, D>()
    this.#ringing.set(peerId, dials.set(toHex(dialId), dial))
  }

  /** The dial does not ring any more; `answer` is what every retry is told. */
  answer(peerId: string, dialId: Uint8Array, answer: DialAnswer, now: number): void {
    const id = toHex(dialId)
    const dials = this.#ringing.get(peerId)
    dials?.delete(id)
    if (dials?.size === 0) this.#ringing.delete(peerId)
    this.#answers.set(peerId, id, answer, now)
  }

  open(peerId: string, sessionId: Uint8Array, secret: Uint8Array, session: S): void {
    this.#open.set(toHex(sessionId), { peerId, secret, value: session })
  }

  /** The session of an accepted dial, while it is open: for a retry that gets the answer once more. */
  session(peerId: string, sessionId: Uint8Array): S | undefined {
    const entry = this.#open.get(toHex(sessionId))
    return entry?.peerId === peerId ? entry.value : undefined
  }

  resume(peerId: string, sessionId: Uint8Array, secret: Uint8Array, now: number): ResumeLookup<S> {
    const id = toHex(sessionId)
    const open = this.#open.get(id)
    if (open !== undefined) return entitled(open, peerId, secret) ? { state: 'open', session: open.value } : undefined
    const ended = this.#endings.get(peerId, id, now)
    if (ended === undefined || !entitled(ended, peerId, secret)) return undefined
    return { state: 'ended', ending: ended.value }
  }

  /** The session is over; `ending` is what its peer is told when it resumes. */
  close(sessionId: Uint8Array, ending: Ending, now: number): void {
    const id = toHex(sessionId)
    const entry = this.#open.get(id)
    if (entry === undefined) return
    this.#open.delete(id)
    this.#endings.set(entry.peerId, id, { ...entry, value: ending }, now)
  }
}

/** The secret is compared in constant time, so that it can't be guessed byte by byte. */
function entitled(entry: Entry<unknown>, peerId: string, secret: Uint8Array): boolean {
  const same = secret.byteLength === entry.secret.byteLength && timingSafeEqual(secret, entry.secret)
  return same && entry.peerId === peerId
}
