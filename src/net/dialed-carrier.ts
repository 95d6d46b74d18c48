import { Uint8ArrayList } from 'uint8arraylist'
import type { Clock } from '../core/clock.js'
import type { OverlayError } from '../core/errors.js'
import type { Carrier, CarrierReader } from './carrier.js'
import type { TlsCarrier } from './tls-carrier.js'

/** The dialer's hello on a TLS socket: what goes out with the first frame, and what follows when the host has answered. */
export interface DialerHello {
  request: Uint8Array
  /** Resolves when the host has proved who it is. */
  answered: Promise<HostHello>
}

/** Tells what follows from a host's answer. */
export interface HostHello {
  /** Goes out before anything else; may be empty. */
  confirm: Uint8Array
  /** The path may carry another session when one is over. */
  carriesAgain: boolean
}

/**
 * A TLS socket as its dialer has it: the first frame goes out together with the hello, all others wait until the host has answered
 * it, and nothing of the host's is handed over before it has proved who it is.
 */
export class DialedCarrier implements Carrier {
  readonly tellsEnd = false
  /** The TLS socket underneath. */
  readonly carrier: TlsCarrier
  /** What the first frame goes out with; none when it has. */
  #request: Uint8Array | undefined
  #held: Array<Uint8Array | Uint8ArrayList> = []
  #reader: CarrierReader | undefined
  #state: 'hello' | 'open' | 'over' = 'hello'
  #failure: OverlayError | undefined
  #carriesAgain = false

  constructor(carrier: TlsCarrier, hello: DialerHello) {
    this.carrier = carrier
    this.#request = hello.request
    hello.answered.then(
      (hello) => this.#open(hello),
      (error: OverlayError) => this.#fail(error),
    )
  }

  /** Says whether the host can let go of the path when a session is over, for another one. */
  get carriesAgain(): boolean {
    return this.#carriesAgain
  }

  get writable(): boolean {
    return this.#state === 'open' && this.carrier.writable
  }

  get gone(): Promise<void> {
    return this.carrier.gone
  }

  read(reader: CarrierReader): void {
    this.#reader = reader
    if (this.#state === 'open') this.carrier.read(reader)
    else if (this.#failure !== undefined) reader.closed(false, this.#failure)
  }

  release(): void {
    this.#reader = undefined
    if (this.#state === 'open') this.carrier.release()
  }

  send(bytes: Uint8Array | Uint8ArrayList): void {
    const request = this.#request
    this.#request = undefined
    if (request !== undefined) this.carrier.send(new Uint8ArrayList(request, bytes))
    else if (this.#state === 'hello') this.#held.push(bytes)
    else this.carrier.send(bytes)
  }

  abort(error: Error): void {
    this.#over()
    this.carrier.abort(error)
  }

  end(clock: Clock, timeoutMs: number): void {
    this.#flush()
    this.#over()
    this.carrier.end(clock, timeoutMs)
  }

  #open({ confirm, carriesAgain }: HostHello): void {
    if (this.#state !== 'hello') return
    this.#state = 'open'
    this.#carriesAgain = carriesAgain
    if (confirm.byteLength > 0) this.carrier.send(confirm)
    this.#flush()
    const reader = this.#reader
    if (reader === undefined) return
    this.carrier.read(reader)
    if (this.writable) reader.drained()
  }

  #flush(): void {
    for (const bytes of this.#held.splice(0)) this.carrier.send(bytes)
  }

  #fail(error: OverlayError): void {
    if (this.#state !== 'hello') return
    const reader = this.#reader
    this.#over()
    this.#failure = error
    reader?.closed(false, error)
  }

  #over(): void {
    this.#state = 'over'
    this.#reader = undefined
    this.#held = []
  }
}
