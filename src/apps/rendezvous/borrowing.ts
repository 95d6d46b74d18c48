import { lstatSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { fromBase64, toBase64 } from '../../core/bytes.js'
import { whenAborted } from '../../core/waiting.js'
import type { RendezvousStream } from '../../rendezvous/rendezvous.js'
import type { HeldLine } from './events.js'
import { holderPids, holderSocket } from './holders.js'
import { type FromLender, onMessages, sendMessage, type Terms } from './loans.js'

/** Limits the wait for a holder, ms: it is on this machine and answers at once, or is frozen. */
const answerTimeoutMs = 2_000

/** Is what was borrowed of one process that holds the line for an earlier run. */
export interface Loan {
  readonly pid: number
  /** Ended when the other side ends, and when the holder does. */
  readonly streams: readonly RendezvousStream[]
  /** Returns which of the peers are still there; undefined when none is. */
  held(): HeldLine | undefined
  /** Calls back when a peer is not heard any more, or is again; at once for those who are silent already. */
  onSilence(tell: (peerId: string, silent: boolean) => void): void
  /** Gives the streams back; the holder goes on alone. */
  giveBack(): void
  /** Ends the holder, and so the programs at the other ends. Resolves when it has gone, or does not go. */
  hangUp(): Promise<void>
}

/** Borrows the lines of all processes of this user that hold some for such a run. Never rejects. */
export async function borrow(terms: Terms): Promise<Loan[]> {
  const asked = holderPids().map(async (pid) => {
    const path = holderSocket(pid)
    return path === undefined ? undefined : await ask(pid, path, terms).catch(() => undefined)
  })
  return (await Promise.all(asked)).filter((loan) => loan !== undefined)
}

function ask(pid: number, path: string, terms: Terms): Promise<Loan | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path)
    const giveUp = setTimeout(() => socket.destroy(), answerTimeoutMs)
    let borrowed: Borrowed | undefined
    socket.on('connect', () => sendMessage(socket, { type: 'borrow', terms }))
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // Nobody listens there: the holder was killed, and another program has its process id now.
      if (error.code === 'ECONNREFUSED') removeSocket(path)
    })
    socket.on('close', () => {
      clearTimeout(giveUp)
      borrowed?.end()
      resolve(undefined)
    })
    onMessages<FromLender>(socket, (message) => {
      if (message.type === 'lent') {
        clearTimeout(giveUp)
        borrowed = new Borrowed(pid, socket, message.streams)
        resolve(borrowed)
      } else if (message.type === 'refused') socket.destroy()
      else borrowed?.onMessage(message)
    })
  })
}

function removeSocket(path: string): void {
  try {
    if (lstatSync(path).isSocket()) rmSync(path, { force: true })
  } catch {
    // Somebody else has.
  }
}

class Borrowed implements Loan {
  readonly #socket: Socket

  readonly #streams: Map<number, BorrowedStream>
  readonly #silent = new Set<string>()
  #tellSilence: (peerId: string, silent: boolean) => void = () => {}

  constructor(
    readonly pid: number,
    socket: Socket,
    streams: ReadonlyArray<{ stream: number; peerId: string }>,
  ) {
    this.#socket = socket

    this.#streams = new Map(streams.map(({ stream, peerId }) => [stream, new BorrowedStream(peerId, stream, socket)]))
  }

  get streams(): RendezvousStream[] {
    return [...this.#streams.values()]
  }

  held(): HeldLine | undefined {
    const peerIds = new Set(this.streams.map(({ peerId }) => peerId))
    return peerIds.size === 0 ? undefined : { pid: this.pid, peerIds: [...peerIds] }
  }

  onSilence(tell: (peerId: string, silent: boolean) => void): void {
    this.#tellSilence = tell
    for (const peerId of this.#silent) tell(peerId, true)
  }

  giveBack(): void {
    this.#socket.end()
    this.#socket.unref()
  }

  async hangUp(): Promise<void> {
    if (this.#socket.destroyed) return
    const gone = new Promise<void>((resolve) => this.#socket.once('close', () => resolve()))
    const giveUp = setTimeout(() => this.#socket.destroy(), answerTimeoutMs)
    sendMessage(this.#socket, { type: 'hang-up' })
    await gone
    clearTimeout(giveUp)
  }

  onMessage(message: Exclude<FromLender, { type: 'lent' | 'refused' }>): void {
    if (message.type === 'silent') {
      if (message.silent) this.#silent.add(message.peerId)
      else this.#silent.delete(message.peerId)
      this.#tellSilence(message.peerId, message.silent)
      return
    }
    const stream = this.#streams.get(message.stream)
    if (message.type === 'bytes') stream?.onBytes(fromBase64(message.base64) ?? new Uint8Array())
    else if (message.type === 'taken') stream?.onTaken(message.bytes)
    else {
      this.#streams.delete(message.stream)
      stream?.onEnd()
    }
  }

  /** Called when the holder is gone. */
  end(): void {
    const streams = [...this.#streams.values()]
    this.#streams.clear()
    for (const stream of streams) stream.onEnd()
  }
}

/** A stream that another process holds. */
class BorrowedStream implements RendezvousStream {
  readonly #id: number
  readonly #socket: Socket

  readonly direction = 'outbound'
  pendingBytes = 0
  #handlers: Parameters<RendezvousStream['receive']>[0] | undefined
  /** Holds what came before anybody listened. */
  readonly #early: Uint8Array[] = []
  readonly #waiting = new Set<() => void>()
  #ended = false

  constructor(
    readonly peerId: string,
    id: number,
    socket: Socket,
  ) {
    this.#id = id
    this.#socket = socket
  }

  receive(handlers: Parameters<RendezvousStream['receive']>[0]): void {
    this.#handlers = handlers
    for (const bytes of this.#early.splice(0)) handlers.onBytes(bytes)
    if (this.#ended) handlers.onEnd()
  }

  write(bytes: Uint8Array): boolean {
    if (this.#ended || !this.#socket.writable) return false
    this.pendingBytes += bytes.byteLength
    sendMessage(this.#socket, { type: 'write', stream: this.#id, base64: toBase64(bytes) })
    return true
  }

  async drained(signal?: AbortSignal): Promise<void> {
    if (this.pendingBytes === 0 || signal?.aborted) return
    await new Promise<void>((resolve) => {
      this.#waiting.add(resolve)
      whenAborted(signal, () => {
        this.#waiting.delete(resolve)
        resolve()
      })
    })
  }

  pause(): void {
    sendMessage(this.#socket, { type: 'pause', stream: this.#id, paused: true })
  }

  resume(): void {
    sendMessage(this.#socket, { type: 'pause', stream: this.#id, paused: false })
  }

  /** Does nothing: only the holder ends the stream. */
  async close(): Promise<void> {}

  onBytes(bytes: Uint8Array): void {
    if (this.#handlers === undefined) this.#early.push(bytes)
    else this.#handlers.onBytes(bytes)
  }

  onTaken(bytes: number): void {
    this.pendingBytes -= bytes
    if (this.pendingBytes <= 0) this.#wake()
  }

  onEnd(): void {
    if (this.#ended) return
    this.#ended = true
    this.#wake()
    this.#handlers?.onEnd()
  }

  #wake(): void {
    this.pendingBytes = 0
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }
}
