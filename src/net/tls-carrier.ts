import { isIPv6 } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Uint8ArrayList } from 'uint8arraylist'
import type { Clock } from '../core/clock.js'
import { ignoreErrors } from '../core/socket-errors.js'
import { plainAddress } from '../wire/seen-address.js'
import type { Carrier, CarrierReader } from './carrier.js'
import { hasUnreadAnswers } from './unread-answers.js'

/** A TLS socket, its handshake over, that carries a path. It belongs to the carrier from now on. */
export class TlsCarrier implements Carrier {
  readonly tellsEnd = false
  readonly gone: Promise<void>
  readonly #socket: TLSSocket
  #reader: CarrierReader | undefined
  #unread: Uint8Array[] = []
  /** Set when the other side has ended, or the socket broke; what is unread is still for the next reader. */
  #ended = false
  #detached = false

  constructor(socket: TLSSocket) {
    this.#socket = socket
    this.gone = new Promise((resolve) => socket.on('close', () => resolve()))
    ignoreErrors(socket)
    socket.on('end', this.#onEnd)
    socket.on('close', this.#onEnd)
    socket.on('drain', this.#onDrain)
    if (socket.destroyed) this.#ended = true
  }

  /** Returns the remote port of the TCP connection; on a splice it is the relay's. */
  get remotePort(): number | undefined {
    return this.#socket.remotePort
  }

  /** Returns both ends of the TCP connection; undefined when it is gone. */
  get addresses(): { local: string; remote: string } | undefined {
    const { localAddress, localPort, remoteAddress, remotePort } = this.#socket
    if (localAddress === undefined || remoteAddress === undefined) return undefined
    const end = (host: string, port: number | undefined) => (isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`)
    return { local: end(plainAddress(localAddress), localPort), remote: end(plainAddress(remoteAddress), remotePort) }
  }

  get writable(): boolean {
    return !this.#ended && !this.#detached && !this.#socket.writableNeedDrain
  }

  read(reader: CarrierReader): void {
    this.#reader = reader
    while (this.#unread.length > 0 && this.#reader === reader) reader.data(this.#unread.shift()!)
    if (this.#reader !== reader) return
    if (this.#ended) {
      this.#gone()
      return
    }
    // Handing over what was unread may have led here already.
    this.#socket.off('data', this.#onData)
    this.#socket.on('data', this.#onData)
    this.#socket.resume()
  }

  release(): void {
    this.#reader = undefined
    this.#socket.off('data', this.#onData)
    this.#socket.pause()
  }

  /** Puts back bytes that were read beyond what was wanted: the next reader gets them first. */
  unread(bytes: Uint8Array): void {
    if (bytes.byteLength > 0) this.#unread.unshift(bytes)
  }

  send(bytes: Uint8Array | Uint8ArrayList): void {
    const socket = this.#socket
    if (this.#detached || !socket.writable) return
    if (bytes instanceof Uint8Array) {
      socket.write(bytes)
      return
    }
    socket.cork()
    for (const piece of bytes) socket.write(piece)
    socket.uncork()
  }

  /** Breaks the carrier, as if the network had: the reader's `closed` is called. */
  cut(): void {
    this.#socket.destroy()
  }

  abort(_error: Error): void {
    this.#detach()
    this.#socket.destroy()
  }

  end(clock: Clock, timeoutMs: number): void {
    const socket = this.#socket
    this.#detach()
    if (socket.destroyed) return
    const cancel = clock.after(timeoutMs, () => socket.destroy())
    socket.once('close', cancel)
    socket.end()
    socket.resume() // what still comes is dropped
  }

  readonly #onData = (bytes: Buffer): void => {
    // Who says nothing beside is found silent by whoever reads here.
    if (hasUnreadAnswers(this.#socket)) this.#socket.destroy()
    else if (this.#reader !== undefined) this.#reader.data(bytes)
    else this.#unread.push(bytes)
  }

  readonly #onDrain = (): void => this.#reader?.drained()

  readonly #onEnd = (): void => {
    this.#ended = true
    // Without a reader it is found out at the next `read`, after what was kept.
    if (this.#reader !== undefined) this.#gone()
  }

  #gone(): void {
    const reader = this.#reader
    this.#detach()
    this.#socket.destroy()
    reader?.closed(true)
  }

  #detach(): void {
    this.#detached = true
    this.#ended = true
    this.#reader = undefined
    this.#unread = []
    this.#socket.off('data', this.#onData)
    this.#socket.off('drain', this.#onDrain)
    this.#socket.off('end', this.#onEnd)
    this.#socket.off('close', this.#onEnd)
  }
}
