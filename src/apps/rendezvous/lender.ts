import { createServer, type Socket } from 'node:net'
import { fromBase64, toBase64 } from '../../core/bytes.js'
import { ignoreErrors } from '../../core/socket-errors.js'
import type { RendezvousStream } from '../../rendezvous/rendezvous.js'
import type { Heir } from './chat.js'
import { type FromBorrower, type FromLender, isForUs, onMessages, sendMessage, type Terms } from './loans.js'

interface Lent {
  readonly stream: RendezvousStream
  /** Set when the last byte that came ended no line. */
  midLine: boolean
  /** Set while what comes is the rest of a line that began before the stream was lent. */
  skipping: boolean
  /** Set while the borrower wants no more. */
  paused: boolean
}

const lineFeed = 0x0a

/**
 * Lends the streams of a process that holds the line to one later run at a time, which speaks and hears through them. While nobody
 * has borrowed them, what arrives is dropped.
 */
export class Lender implements Heir {
  readonly #terms: Terms
  readonly #hangUp: () => void

  /** The server that borrowers connect to; the caller makes it listen. */
  readonly server = createServer((socket) => this.#onConnection(socket)).unref()
  readonly #lent = new Map<number, Lent>()
  readonly #silent = new Set<string>()
  #borrower: Socket | undefined
  /** Set while the borrower's process does not keep up. */
  #full = false

  /** `hangUp` is called when the borrower wants all of it to end. */
  constructor(terms: Terms, hangUp: () => void) {
    this.#terms = terms
    this.#hangUp = hangUp
  }

  /** Sets the streams to lend. To be called once, before the server listens. */
  lend(streams: readonly RendezvousStream[]): void {
    for (const [id, stream] of streams.entries()) {
      this.#lent.set(id, { stream, midLine: false, skipping: false, paused: false })
    }
  }

  onBytes(stream: RendezvousStream, bytes: Uint8Array): void {
    const [id, lent] = this.#find(stream)
    if (id === undefined || bytes.byteLength === 0) return
    const start = lent.skipping ? bytes.indexOf(lineFeed) + 1 : 0
    if (lent.skipping && start === 0) return
    lent.skipping = false
    lent.midLine = bytes.at(-1) !== lineFeed
    if (this.#borrower === undefined || start === bytes.byteLength) return
    const took = this.#send({ type: 'bytes', stream: id, base64: toBase64(bytes.subarray(start)) })
    if (!took && !this.#full) this.#setFull(this.#borrower)
  }

  onEnd(stream: RendezvousStream): void {
    const [id] = this.#find(stream)
    if (id === undefined) return
    this.#lent.delete(id)
    this.#send({ type: 'ended', stream: id })
  }

  onSilence(peerId: string, silent: boolean): void {
    if (silent) this.#silent.add(peerId)
    else this.#silent.delete(peerId)
    this.#send({ type: 'silent', peerId, silent })
  }

  #find(stream: RendezvousStream): [number, Lent] | [undefined, undefined] {
    for (const entry of this.#lent) if (entry[1].stream === stream) return entry
    return [undefined, undefined]
  }

  #send(message: FromLender): boolean {
    return this.#borrower === undefined || sendMessage(this.#borrower, message)
  }

  #onConnection(socket: Socket): void {
    ignoreErrors(socket)
    socket.on('close', () => {
      if (socket === this.#borrower) this.#giveBack()
    })
    onMessages<FromBorrower>(socket, (message) => {
      if (message.type === 'borrow') this.#answer(socket, message.terms)
      else if (socket === this.#borrower) this.#onMessage(message)
    })
  }

  #answer(socket: Socket, asked: Terms): void {
    if (this.#borrower !== undefined || !isForUs(this.#terms, asked)) {
      sendMessage(socket, { type: 'refused' })
      socket.end()
      return
    }
    this.#borrower = socket
    for (const lent of this.#lent.values()) lent.skipping = lent.midLine
    const streams = [...this.#lent].map(([stream, lent]) => ({ stream, peerId: lent.stream.peerId }))
    this.#send({ type: 'lent', streams })
    for (const peerId of this.#silent) this.#send({ type: 'silent', peerId, silent: true })
  }

  #onMessage(message: Exclude<FromBorrower, { type: 'borrow' }>): void {
    if (message.type === 'hang-up') {
      this.#hangUp()
      return
    }
    const lent = this.#lent.get(message.stream)
    if (lent === undefined) return // ended, which the borrower will hear
    if (message.type === 'pause') {
      lent.paused = message.paused
      this.#pace()
      return
    }
    const bytes = fromBase64(message.base64) ?? new Uint8Array()
    const borrower = this.#borrower
    lent.stream.write(bytes)
    void lent.stream.drained().then(() => {
      if (borrower !== undefined && borrower === this.#borrower) {
        sendMessage(borrower, { type: 'taken', stream: message.stream, bytes: bytes.byteLength })
      }
    })
  }

  #setFull(borrower: Socket): void {
    this.#full = true
    this.#pace()
    borrower.once('drain', () => {
      if (borrower !== this.#borrower) return
      this.#full = false
      this.#pace()
    })
  }

  #giveBack(): void {
    this.#borrower = undefined
    this.#full = false
    for (const lent of this.#lent.values()) lent.paused = false
    this.#pace()
  }

  #pace(): void {
    for (const { stream, paused } of this.#lent.values()) {
      if (paused || this.#full) stream.pause()
      else stream.resume()
    }
  }
}
