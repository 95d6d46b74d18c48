import { type Clock, systemClock } from '../../core/clock.js'
import { asOverlayError, OverlayError } from '../../core/errors.js'
import type { Connection } from '../../sdk/types.js'
import type { ChatMessage } from '../../wire/messages/chat.js'
import { damaged, encodeFrame, FrameReader } from './protocol.js'

export interface CallOptions {
  /**
   * Shows one text; its receipt goes out when this has returned or resolved. While it has not, nothing more is read.
   * A rejection ends the call.
   */
  onText: (text: string) => void | Promise<void>
  /** The clock for the two limits below; default: the machine's. */
  clock?: Clock
  /** How long `hangUp` waits for the receipts of what was sent; ms, default 3 000. */
  flushTimeoutMs?: number
  /** How long the end of the session may take after that; ms, default 5 000. */
  closeTimeoutMs?: number
}

export interface CallEnd {
  /** What went wrong; undefined when either side ended the call in order. */
  error?: OverlayError
  /** Texts the other side never confirmed, oldest first. */
  undelivered: string[]
}

interface Outgoing {
  id: number
  text: string
  settle: { resolve: () => void; reject: (error: OverlayError) => void }
}

/**
 * Limits the texts that are sent and not confirmed; above this, further ones wait their turn, so that a mute peer costs no memory.
 */
const maxUnconfirmed = 1_000

/**
 * One call: texts and receipts over one connection, which it owns and closes. It ends by `hangUp`, by the other side, or by an
 * error; `ended` then resolves (it never rejects) with what remained undelivered.
 *
 * The side that hangs up first waits for the receipts of its own texts. From then on it neither shows nor confirms what still
 * comes, so that the other side is right in calling that undelivered.
 */
export class Call {
  readonly ended: Promise<CallEnd>
  readonly #connection: Connection
  readonly #options: Required<CallOptions>
  #finish!: (end: CallEnd) => void
  #finished = false
  /** Texts without a receipt, oldest first; the first `#written` of them have been written. */
  readonly #pending: Outgoing[] = []
  #written = 0
  #sent = 0
  #confirmed = 0
  /** Highest text shown here, and the highest one confirmed to the other side. */
  #shown = 0
  #receipted = 0
  #writing = false
  #lastWrite: Promise<void> = Promise.resolve()
  #closing: Promise<void> | undefined
  /** Set once we no longer look at what comes. */
  #deaf = false
  /** Set once no more texts go out. */
  #mute = false
  #wakeFlush: () => void = () => {}

  constructor(connection: Connection, options: CallOptions) {
    this.#connection = connection
    this.#options = { clock: systemClock, flushTimeoutMs: 3_000, closeTimeoutMs: 5_000, ...options }
    this.ended = new Promise((resolve) => {
      this.#finish = resolve
    })
    void this.#read()
  }

  /** Counts the texts sent so far, and those of them that have no receipt yet. */
  get counts(): { sent: number; unconfirmed: number } {
    return { sent: this.#sent, unconfirmed: this.#pending.length }
  }

  /**
   * Sends one text of at most `maxMessageBytes`. Resolves when the session has taken it, which can take long while it is
   * interrupted; rejects with `closed` when the call ended before. Either way, `ended` tells whether it was delivered.
   */
  send(text: string): Promise<void> {
    if (this.#finished) return Promise.reject(notTaken())
    return new Promise((resolve, reject) => {
      this.#pending.push({ id: ++this.#sent, text: text.toWellFormed(), settle: { resolve, reject } })
      this.#startPump()
    })
  }

  /** Ends the call in order: waits, within limits, for outstanding receipts, then closes. May be called again. */
  hangUp(): Promise<CallEnd> {
    this.#closing ??= this.#hangUp()
    return this.ended
  }

  /** Ends the call at once; the other side gets `aborted`. */
  abort(): void {
    this.#connection.abort()
    this.#end(undefined)
  }

  async #hangUp(): Promise<void> {
    if (this.#pending.length > 0 && !this.#finished) {
      await this.#orTimeout(this.#options.flushTimeoutMs, (resolve) => {
        this.#wakeFlush = resolve
      })
    }
    this.#deaf = true
    await this.#close()
  }

  /** Lets receipts on their way go out, then closes the session. */
  async #close(): Promise<void> {
    this.#mute = true
    const { closeTimeoutMs } = this.#options
    this.#startPump()
    await this.#orTimeout(closeTimeoutMs, (resolve) => void this.#lastWrite.then(resolve))
    try {
      await this.#connection.close({ timeout: closeTimeoutMs })
    } catch {
      // Ended by an error in the meantime, or not in time: what has no receipt counts as undelivered either way.
      this.#connection.abort()
    }
    this.#end(undefined)
  }

  async #read(): Promise<void> {
    const frames = new FrameReader()
    try {
      for (;;) {
        const chunk = await this.#connection.read()
        if (chunk === undefined) break
        for (const message of frames.push(chunk)) {
          if (this.#deaf) continue
          const shown = this.#take(message)
          if (shown !== undefined) await shown
        }
      }
      if (!this.#deaf) frames.end()
    } catch (error) {
      this.#fail(asOverlayError(error, 'internal', 'The call broke'))
      return
    }
    this.#wakeFlush()
    this.#closing ??= this.#close()
  }

  #take(message: ChatMessage): Promise<void> | undefined {
    if (message.receipt !== undefined) {
      this.#confirm(message.receipt.id)
      return undefined
    }
    const { id, text } = message.text ?? { id: 0, text: '' }
    if (id !== this.#shown + 1) throw damaged(`text number ${id} after ${this.#shown}`)
    const shown = this.#options.onText(text)
    const confirm = () => {
      this.#shown = id
      this.#startPump()
    }
    if (shown instanceof Promise) return shown.then(confirm)
    confirm()
    return undefined
  }

  #confirm(id: number): void {
    const newest = this.#confirmed + this.#written
    if (id < this.#confirmed || id > newest) throw damaged(`a receipt for text number ${id} of ${newest}`)
    const count = id - this.#confirmed
    this.#pending.splice(0, count)
    this.#written -= count
    this.#confirmed = id
    if (this.#pending.length === 0) this.#wakeFlush()
    this.#startPump()
  }

  /**
   * Begins to write what waits: one writer at a time, so that reading never waits for writing: two full send buffers would stop
   * both sides.
   */
  #startPump(): void {
    if (this.#writing) return
    this.#writing = true
    this.#lastWrite = this.#write()
  }

  async #write(): Promise<void> {
    try {
      for (;;) {
        if (this.#receipted < this.#shown) {
          const id = this.#shown
          this.#receipted = id
          await this.#connection.write(encodeFrame({ receipt: { id } }))
          continue
        }
        const next = this.#pending[this.#written]
        if (next === undefined || this.#mute || this.#written >= maxUnconfirmed) return
        this.#written++
        await this.#connection.write(encodeFrame({ text: { id: next.id, text: next.text } }))
        next.settle.resolve()
      }
    } catch {
      // The session is over, and reading is about to say why.
      this.#mute = true
    } finally {
      this.#writing = false
    }
  }

  #fail(error: OverlayError): void {
    if (this.#deaf) return // the session may end as it likes once we have hung up
    if (error.code === 'protocol_error' || error.code === 'internal') this.#connection.abort('not a chat message')
    this.#end(error)
  }

  #end(error: OverlayError | undefined): void {
    if (this.#finished) return
    this.#finished = true
    this.#deaf = true
    this.#mute = true
    const undelivered = this.#pending.map(({ text }) => text)
    for (const { settle } of this.#pending) settle.reject(notTaken())
    this.#wakeFlush()
    this.#finish({ undelivered, ...(error === undefined ? {} : { error }) })
  }

  #orTimeout(timeoutMs: number, start: (resolve: () => void) => void): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(timeoutMs, resolve)
      start(() => {
        cancel()
        resolve()
      })
    })
  }
}

const notTaken = (): OverlayError => new OverlayError('closed', 'The call ended before the message was sent.')
