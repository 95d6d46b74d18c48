import { createCipheriv, createHash, type Hash } from 'node:crypto'
import type { Connection } from '../../src/sdk/index.js'
import type { Side } from './session-run.js'

/** One big transfer in one direction, for looking at memory. Travels with the dial as its appData. */
export interface TransferSpec {
  transferBytes: number
  from: Side
  seed: number
  /** The reader stops here until it is told to go on. */
  stopAfterBytes: number
}

export interface TransferState {
  from: Side
  written: number
  read: number
  checksum: string
  /** The reader has stopped and waits. */
  stopped: boolean
  /** The whole transfer has come to its end here. */
  finished: boolean
  error?: string
}

const pieceBytes = 256 * 1024
/** Sent again and again, so that the test itself makes no garbage. A prime: no two frames begin at the same place of it. */
const patternBytes = 1_000_003

/** One end of a transfer: writes as fast as it goes, or reads, stopping once on the way. */
export class TransferEnd {
  readonly #connection: Connection
  readonly #spec: TransferSpec

  #written = 0
  #read = 0
  #stopped = false
  #finished = false
  #error: string | undefined
  #goOn = () => {}
  #pause: Promise<void> | undefined
  readonly #hash: Hash = createHash('sha256')

  constructor(connection: Connection, spec: TransferSpec, side: Side) {
    this.#connection = connection
    this.#spec = spec

    ;(spec.from === side ? this.#writeAll() : this.#readAll()).then(
      () => {
        this.#finished = true
      },
      (error) => {
        this.#error = String(error)
      },
    )
  }

  state(): TransferState {
    const written = this.#written,
      read = this.#read,
      stopped = this.#stopped,
      finished = this.#finished,
      error = this.#error
    const checksum = this.#hash.copy().digest('hex')
    const { from } = this.#spec
    return { from, written, read, checksum, stopped, finished, ...(error === undefined ? {} : { error }) }
  }

  pauseReading(): void {
    this.#pause ??= new Promise((resolve) => {
      this.#goOn = resolve
    })
  }

  resumeReading(): void {
    this.#pause = undefined
    this.#goOn()
  }

  async #writeAll(): Promise<void> {
    const key = createHash('sha256').update(`${this.#spec.seed}`).digest().subarray(0, 16)
    const pattern = createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(patternBytes))
    while (this.#written < this.#spec.transferBytes) {
      const at = this.#written % patternBytes
      const left = this.#spec.transferBytes - this.#written
      const piece = pattern.subarray(at, Math.min(at + pieceBytes, at + left, patternBytes))
      this.#hash.update(piece)
      await this.#connection.write(piece)
      this.#written += piece.length
    }
    await this.#connection.closeWrite()
  }

  async #readAll(): Promise<void> {
    await this.#connection.closeWrite()
    this.pauseReading()
    for (;;) {
      if (this.#read >= this.#spec.stopAfterBytes && this.#pause !== undefined) {
        this.#stopped = true
        await this.#pause
        this.#stopped = false
      }
      const bytes = await this.#connection.read()
      if (bytes === undefined) return
      this.#hash.update(bytes)
      this.#read += bytes.byteLength
    }
  }
}
