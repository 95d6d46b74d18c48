import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type ErrorCode, errorCodes, OverlayError } from '../../core/errors.js'
import type { RendezvousOptions } from '../../rendezvous/options.js'
import type { ChatEvent, FromPeer, HeldLine, Said, ToPeer } from './events.js'

export interface PeerHandlers {
  /** Shows one event; the next ones come when it resolves, so that peers who cause too many have to wait. */
  show(event: ChatEvent): Promise<void>
  /** Called with what the process writes to stderr: its last words, or what `DEBUG` asks for. */
  complain(text: string): void
}

/** The process that holds the connections (peer-process.ts), as the program at the terminal sees it. */
export class Peer {
  readonly #handlers: PeerHandlers

  readonly #child: ChildProcess
  readonly #said: Array<(said: Said) => void> = []
  readonly #ended: Promise<HeldLine[]>
  #showing: Promise<void> = Promise.resolve()

  /** Starts the process and the chat in it. Options must have been checked. */
  constructor(options: RendezvousOptions, handlers: PeerHandlers) {
    this.#handlers = handlers

    const script = fileURLToPath(new URL('./peer-process.js', import.meta.url))
    // In a session of its own: Ctrl-C and the end of the terminal are for us to hear, and to pass on as leaving.
    this.#child = fork(script, [], {
      detached: true,
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => handlers.complain(text))
    this.#ended = new Promise((resolve, reject) => {
      this.#child.on('message', (message: FromPeer) => {
        if (message.type === 'event') this.#show(message.event)
        else if (message.type === 'said') this.#said.shift()?.(message.said)
        else if (message.type === 'left') resolve(this.#showing.then(() => message.held))
        else reject(failure(message))
      })
      this.#child.once('error', reject)
      this.#child.once('exit', (code, signal) => {
        reject(new OverlayError('internal', `The process that held the connections has ended (${signal ?? code}).`))
      })
    })
    this.#ended.catch(() => {})
    this.#send({ type: 'start', options })
  }

  /** Resolves when the process has left, with the lines that are held from now on. Rejects when the process failed. */
  get ended(): Promise<HeldLine[]> {
    return this.#ended
  }

  /** Says a text. Resolves when everyone who keeps up has taken most of it. */
  async say(text: string): Promise<Said> {
    const said = new Promise<Said>((resolve) => this.#said.push(resolve))
    this.#send({ type: 'say', text })
    return await said
  }

  leave(hangUp: boolean): void {
    this.#send({ type: 'leave', hangUp })
  }

  /** Lets this process end, whatever the other one does. */
  release(): void {
    if (this.#child.connected) this.#child.disconnect()
    this.#child.stderr?.destroy()
    this.#child.unref()
  }

  #show(event: ChatEvent): void {
    this.#showing = this.#showing
      .then(() => this.#handlers.show(event))
      .then(() => this.#send({ type: 'shown', events: 1 }))
  }

  #send(message: ToPeer): void {
    if (this.#child.connected) this.#child.send(message, () => {}) // `ended` tells when it could not be
  }
}

function failure({ code, message, stack }: Extract<FromPeer, { type: 'failed' }>): OverlayError {
  const error = new OverlayError(Object.hasOwn(errorCodes, code) ? (code as ErrorCode) : 'internal', message)
  if (stack !== undefined) error.stack = stack
  return error
}
