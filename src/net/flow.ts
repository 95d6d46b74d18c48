import type { Socket } from 'node:net'
import type { Uint8ArrayList } from 'uint8arraylist'
import { whenAborted } from '../core/waiting.js'
import type { SendingTurns } from './sending-turns.js'

/**
 * Limits the bytes of one frame, which is what one stream sends before it is another one's turn; with its header it fits one noise
 * message.
 */
const frameBytes = 65_519 - 12

const finFlag = 4
/** Values of yamux's StreamState. */
const [established, paused] = [3, 5]

/** Names the parts of a yamux stream that decide what flows (@libp2p/utils 7.4.1, @libp2p/yamux 8.0.3). */
export interface FlowStream {
  readStatus: string
  state: number
  recvWindow: number
  recvWindowCapacity: number
  sendWindowUpdate(): void
  sendResume(): void
  sendData(data: Uint8ArrayList): { sentBytes: number; canSendMore: boolean }
  handleData(frame: { header: { flag: number } }): void
  processFlags(flags: number): void
}

export interface FlowMuxer {
  streams: FlowStream[]
  maConn: { writableNeedsDrain: boolean }
  onData(data: Uint8Array | Uint8ArrayList): void
}

/** Says how often, at most, a listener is told that a connection is heard; ms. */
const heardEveryMs = 250

/** Knows whether anything comes on a connection, whichever stream it is for. */
class Hearing {
  readonly #listeners = new Set<() => void>()
  #at = performance.now()
  #toldAt = 0

  get at(): number {
    return this.#at
  }

  heard(): void {
    this.#at = performance.now()
    if (this.#listeners.size === 0 || this.#at - this.#toldAt < heardEveryMs) return
    this.#toldAt = this.#at
    for (const listener of [...this.#listeners]) listener()
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

const hearings = new WeakMap<object, Hearing>()

/** Follows whether anything comes on a connection. Called once for each connection, before it carries anything. */
export function followHearing(muxer: FlowMuxer): Hearing {
  const hearing = new Hearing()
  hearings.set(muxer, hearing)
  const onData = muxer.onData.bind(muxer)
  muxer.onData = (data) => {
    hearing.heard()
    onData(data)
  }
  return hearing
}

/**
 * Calls `listener` while anything comes on the connection that carries a stream, a few times a second at most: where many
 * streams share a slow line, one of them may be silent for long and its other end well. Returns what ends it.
 */
export function onConnectionHeard(stream: object, listener: () => void): () => void {
  return hearings.get(stream)?.listen(listener) ?? (() => {})
}

/** Returns whether anything came on a connection in the last `ms`. */
export function wasHeardWithin(connection: object, ms: number): boolean {
  const hearing = hearings.get((connection as { muxer?: object }).muxer ?? connection)
  return hearing !== undefined && performance.now() - hearing.at < ms
}

/** Names the parts of a stream that say whether it takes more. */
interface WritingStream {
  readonly writableNeedsDrain: boolean
  readonly writeBufferLength: number
  addEventListener(event: string, listener: () => void): void
  removeEventListener(event: string, listener: () => void): void
}

/**
 * Returns true when all that a stream was given has gone out. The stream's `drain` event alone says only that something may go out.
 */
export function hasRoom(stream: WritingStream): boolean {
  return !stream.writableNeedsDrain && stream.writeBufferLength === 0
}

/** Resolves when all that a stream was given has gone out, when it is over, or when the signal fires. Never rejects. */
export function untilRoom(stream: EndingStream & WritingStream, signal?: AbortSignal): Promise<void> {
  if (hasRoom(stream) || stream.status !== 'open' || signal?.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    let forget = () => {}
    const done = () => {
      stop()
      stream.removeEventListener('close', done)
      forget()
      resolve()
    }
    const stop = onRoom(stream, done)
    stream.addEventListener('close', done)
    forget = whenAborted(signal, done)
  })
}

/** Names the parts of a stream that say when there is nothing more to read. */
interface EndingStream {
  readonly status: string
  readonly readableEnded: boolean
  readonly readBufferLength: number
  addEventListener(event: string, listener: () => void): void
  removeEventListener(event: string, listener: () => void): void
}

/**
 * Calls `listener` once, when everything that arrived on a stream has been handed over and nothing more comes. A stream may
 * close while it holds what a paused reader has not taken; that is still read, and then it ends.
 */
export function onEnded(stream: EndingStream, listener: () => void): void {
  let told = false
  const end = () => {
    if (told) return
    told = true
    stream.removeEventListener('end', end)
    stream.removeEventListener('close', onClose)
    listener()
  }
  const onClose = () => {
    if (stream.readBufferLength === 0) end()
  }
  stream.addEventListener('end', end)
  stream.addEventListener('close', onClose)
  const isOver = () => stream.readableEnded || (stream.status !== 'open' && stream.status !== 'closing')
  if (isOver()) queueMicrotask(() => stream.readBufferLength === 0 && end())
}

/** Calls `listener` each time when all that a stream was given has gone out after it was full. Returns what ends it. */
export function onRoom(stream: WritingStream, listener: () => void): () => void {
  let stopped = false
  // After the stream itself has looked at what it has to send, which it does in a microtask of its own.
  const look = () => queueMicrotask(() => !stopped && hasRoom(stream) && listener())
  for (const event of ['drain', 'idle']) stream.addEventListener(event, look)
  return () => {
    stopped = true
    for (const event of ['drain', 'idle']) stream.removeEventListener(event, look)
  }
}

/**
 * Mends the flow of one stream. Called for each stream of our nodes, once, before it carries anything.
 *
 * Reading: libp2p's `resume()` first hands over what it kept, then opens the window, also when the reader has paused again
 * in the middle. Nothing holds the sender from then on, until the stream is cut at 4 MiB unread. And the end that comes in one
 * frame with the last bytes would be taken for the end before them. And each message would be answered by a window update: here the
 * window is opened again when half of it is used, as go-yamux does.
 *
 * Writing: a frame may be as big as the window, a window update lets a stream send although the connection is full, and
 * when a connection has room again, its oldest stream with something to say always comes first. Where many streams share a
 * slow line, the younger ones then hear nothing for seconds. Here a frame is just under 64 KiB, a full connection takes none,
 * and streams take turns.
 */
export function mendFlow(stream: FlowStream, turns: SendingTurns<FlowStream>, hearing: Hearing): void {
  hearings.set(stream, hearing)
  const sendResume = stream.sendResume.bind(stream)
  stream.sendResume = () => {
    if (stream.readStatus !== 'paused') sendResume()
  }
  const sendWindowUpdate = stream.sendWindowUpdate.bind(stream)
  stream.sendWindowUpdate = () => {
    // The first one says that the stream is opened or accepted.
    const isEstablished = stream.state === established || stream.state === paused
    if (!isEstablished || stream.recvWindowCapacity < stream.recvWindow / 2) sendWindowUpdate()
  }
  const handleData = stream.handleData.bind(stream)
  stream.handleData = (frame) => {
    const { header } = frame
    if ((header.flag & finFlag) === 0) return handleData(frame)
    handleData({ ...frame, header: { ...header, flag: header.flag & ~finFlag } })
    stream.processFlags(finFlag)
  }
  const sendData = stream.sendData.bind(stream)
  stream.sendData = (data) => {
    if (turns.isFull) return { sentBytes: 0, canSendMore: false }
    const sent = sendData(data.byteLength > frameBytes ? data.sublist(0, frameBytes) : data)
    if (sent.sentBytes > 0) turns.sent(stream)
    return sent
  }
}

/**
 * Lets what a socket is given in one turn of the event loop go out in one write. Called once, before anything is written: noise
 * writes the length of each message apart from it, and one message is often followed by another.
 */
export function writeTogether(socket: Socket): Socket {
  const write = socket.write.bind(socket) as (...given: unknown[]) => boolean
  let gathering = false
  socket.write = (...given: unknown[]) => {
    if (!gathering) {
      gathering = true
      socket.cork()
      process.nextTick(() => {
        gathering = false
        socket.uncork()
      })
    }
    return write(...given)
  }
  return socket
}
