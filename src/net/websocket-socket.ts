import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import WebSocket from 'ws'
import { OverlayError } from '../core/errors.js'
import { maxWebSocketMessageBytes } from '../core/limits.js'
import { waitFor } from '../core/waiting.js'
import { webSocketProtocol } from '../wire/protocols.js'
import { hasUnreadAnswers } from './unread-answers.js'

/** Limits what waits to be read, or written, before the other side has to wait. */
const highWaterBytes = 64 * 1024
/** Limits how long a WebSocket may take to close; ms. */
const closeMs = 2_000

/** Says how both ends run a WebSocket that carries bytes. */
export const webSocketOptions = {
  maxPayload: maxWebSocketMessageBytes,
  perMessageDeflate: false,
  skipUTF8Validation: true,
  closeTimeout: closeMs,
  // Each costs far more memory than it has bytes; and who pings is to read the answers.
  maxFragments: 1_024,
  maxBufferedChunks: 16_384,
  maxPendingAutoPongs: 64,
} as const

/**
 * Carries the bytes of a TCP connection in the binary messages of a WebSocket, whose bounds mean nothing; in all that is asked of
 * one, it is a socket. Where both ends speak `webSocketProtocol`, an empty message is the end of one direction; else the end of
 * both is all there is. A slow reader holds the sender, a slow system the writer.
 */
export class WebSocketSocket extends Duplex {
  readonly remoteAddress: string | undefined
  readonly remotePort: number | undefined
  readonly connecting = false
  bytesRead = 0
  bytesWritten = 0
  readonly #webSocket: WebSocket
  /** The socket it runs on. */
  readonly #below: Socket
  readonly #halfCloses: boolean
  #idle: NodeJS.Timeout | undefined
  #ended = false

  constructor(
    webSocket: WebSocket,
    below: Socket,
    from: { remoteAddress?: string | undefined; remotePort?: number | undefined },
  ) {
    super({ allowHalfOpen: false, readableHighWaterMark: highWaterBytes, writableHighWaterMark: highWaterBytes })
    this.#webSocket = webSocket
    this.#below = below
    this.#halfCloses = webSocket.protocol === webSocketProtocol
    this.remoteAddress = from.remoteAddress
    this.remotePort = from.remotePort
    webSocket.on('message', (data, isBinary) => this.#onMessage(data as Buffer, isBinary))
    webSocket.on('close', (code) => this.#onClose(code))
    webSocket.on('error', (error) => this.destroy(error))
    this.once('close', () => clearTimeout(this.#idle))
  }

  /** Returns this object as the socket that it stands in for. */
  get socket(): Socket {
    return this as unknown as Socket
  }

  setNoDelay(): this {
    return this // its TCP connection has it
  }

  setKeepAlive(): this {
    return this
  }

  /** Does what a socket's does: `timeout` is emitted when nothing came or went for so long; 0 ends that. */
  setTimeout(ms: number, onTimeout?: () => void): this {
    clearTimeout(this.#idle)
    this.#idle = ms === 0 ? undefined : setTimeout(() => this.emit('timeout'), ms)
    if (onTimeout !== undefined) this.once('timeout', onTimeout)
    return this
  }

  destroySoon(): void {
    if (this.writable) this.end()
    if (this.writableFinished) this.destroy()
    else this.once('finish', () => this.destroy())
  }

  resetAndDestroy(): this {
    return this.destroy()
  }

  override _read(): void {
    if (this.#webSocket.isPaused) this.#webSocket.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this._writev([{ chunk }], done)
  }

  /** Calls `done` only when the system has all of it, or never will: from then on whoever wrote may use the buffers again. */
  override _writev(chunks: Array<{ chunk: Buffer }>, done: () => void): void {
    this.#idle?.refresh()
    const messages = chunks.flatMap(({ chunk }) => messagesOf(chunk))
    this.#below.cork()
    for (const [index, message] of messages.entries()) {
      this.bytesWritten += message.byteLength
      this.#webSocket.send(message, index === messages.length - 1 ? () => done() : ignore)
    }
    this.#below.uncork()
    if (messages.length === 0) done()
  }

  override _final(done: () => void): void {
    if (this.#halfCloses && !this.#ended) this.#webSocket.send(nothing, () => done())
    else {
      if (this.#halfCloses) this.#webSocket.send(nothing, ignore)
      this.#webSocket.close()
      done()
    }
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (error === null && this.writableFinished) {
      // What was written still goes out; what still comes is dropped.
      this.#webSocket.resume()
      this.#webSocket.close()
    } else this.#webSocket.terminate()
    done(error)
  }

  #onMessage(data: Buffer, isBinary: boolean): void {
    if (this.destroyed) return
    this.#idle?.refresh()
    if (!isBinary || (this.#ended && this.#halfCloses)) {
      this.destroy(new OverlayError('protocol_error', 'A WebSocket carried something that is no part of its bytes.'))
      return
    }
    // Who sends no message is silent, and found so by whoever reads here.
    if (hasUnreadAnswers(this.#below)) {
      this.destroy(
        new OverlayError('protocol_error', 'The other side of a WebSocket reads nothing of what TLS answers.'),
      )
      return
    }
    if (data.byteLength > 0) {
      this.bytesRead += data.byteLength
      if (!this.push(data)) this.#webSocket.pause()
    } else if (this.#halfCloses) this.#end()
  }

  #onClose(code: number): void {
    const inOrder = this.#ended || (!this.#halfCloses && (code === 1000 || code === 1001 || code === 1005))
    if (!inOrder) {
      this.destroy(new OverlayError('unreachable', 'The WebSocket broke.'))
      return
    }
    this.#end()
    if (this.readableEnded) this.destroy()
    else this.once('end', () => this.destroy())
  }

  #end(): void {
    if (this.#ended) return
    this.#ended = true
    this.push(null)
  }
}

/** Cuts bytes into messages; none for no bytes, as an empty message would be the end. */
function messagesOf(bytes: Buffer): Buffer[] {
  if (bytes.byteLength <= maxWebSocketMessageBytes) return bytes.byteLength === 0 ? [] : [bytes]
  return [bytes.subarray(0, maxWebSocketMessageBytes), ...messagesOf(bytes.subarray(maxWebSocketMessageBytes))]
}

const nothing = Buffer.alloc(0)
/**
 * Masks with zeros. A mask keeps scripts of browsers from making proxies read what they chose (RFC 6455, section 10.3). What is
 * sent here is encrypted, and no script chooses it; masking and copying it would be half of all work.
 */
const noMask = (mask: Buffer) => void mask.fill(0)
const ignore = () => {} // `error` or `close` follows

/**
 * Upgrades a connection, TLS or plain, to a WebSocket. Resolves with what runs inside; rejects with `unreachable` when whoever is
 * there does not do it, or the signal's reason. The connection is the caller's to end then.
 */
export function openWebSocket(socket: Socket, authority: string, path: string, signal: AbortSignal): Promise<Socket> {
  return waitFor<Socket>(signal, (resolve, reject) => {
    const webSocket = new WebSocket(`ws://${authority}${path}`, [webSocketProtocol], {
      ...webSocketOptions,
      headers: { host: authority },
      generateMask: noMask,
      createConnection: () => socket,
    })
    const unreachable = (why: string) =>
      reject(new OverlayError('unreachable', `At ${authority}${path} is no WebSocket: ${why}.`))
    webSocket.on('open', () => resolve(new WebSocketSocket(webSocket, socket, socket).socket))
    webSocket.on('error', (error) => unreachable(error.message))
    webSocket.on('unexpected-response', (_, { statusCode, statusMessage }) =>
      unreachable(`it answers ${statusCode} ${statusMessage}`),
    )
    return () => {
      webSocket.removeAllListeners('unexpected-response')
      if (webSocket.readyState !== WebSocket.OPEN) webSocket.terminate()
    }
  })
}
