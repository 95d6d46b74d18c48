import type { Logger, Stream } from '@libp2p/interface'
import { AbstractStream, type SendResult } from '@libp2p/utils'
import type { Uint8ArrayList } from 'uint8arraylist'

type Item = Uint8ArrayList | 'closeWrite' | 'reset'

let count = 0

const silent = (): void => {}
const log: Logger = Object.assign(silent, { trace: silent, error: silent, enabled: false, newScope: () => log })

/**
 * libp2p's own stream class on top of a wire in memory, with yamux's way of pushing back: `send` returns false when more
 * than `capacity` bytes are on the wire, and `drain` follows.
 */
class MemoryStream extends AbstractStream {
  wire!: MemoryWire
  readonly queue: Item[] = []
  queued = 0

  constructor(
    direction: 'inbound' | 'outbound',
    readonly capacity: number,
  ) {
    super({ id: `${++count}`, direction, log })
  }

  override sendData(data: Uint8ArrayList): SendResult {
    const sentBytes = data.byteLength
    this.queue.push(data.sublist())
    this.queued += sentBytes
    data.consume(sentBytes)
    this.wire.sent(this, sentBytes)
    return { sentBytes, canSendMore: this.queued < this.capacity }
  }

  override sendReset(): void {
    this.queue.length = 0
    this.queued = 0
    this.queue.push('reset')
    this.wire.sent(this, 0)
  }

  override async sendCloseWrite(): Promise<void> {
    this.queue.push('closeWrite')
    this.wire.sent(this, 0)
  }

  override async sendCloseRead(): Promise<void> {}
  override sendPause(): void {}
  override sendResume(): void {}

  /** The other end takes one item off the wire. */
  takeTo(other: MemoryStream): void {
    const item = this.queue.shift()
    if (item === undefined) return
    if (item === 'closeWrite') other.onRemoteCloseWrite()
    else if (item === 'reset') other.onRemoteReset()
    else {
      this.queued -= item.byteLength
      other.onData(item)
      if (this.writableNeedsDrain && this.queued < this.capacity) this.safeDispatchEvent('drain')
    }
  }

  die(): void {
    this.queue.length = 0
    if (this.status === 'open' || this.status === 'closing') this.onTransportClosed()
  }
}

/** What joins two ends: can be frozen and cut. */
export class MemoryWire {
  readonly outbound: MemoryStream
  readonly inbound: MemoryStream
  /** Bytes sent by both ends, ever. */
  bytes = 0
  frozen = false
  #scheduled = false

  constructor(
    readonly network: MemoryNetwork,
    capacity: number,
  ) {
    this.outbound = new MemoryStream('outbound', capacity)
    this.inbound = new MemoryStream('inbound', capacity)
    this.outbound.wire = this.inbound.wire = this
  }

  get ends(): [Stream, Stream] {
    return [this.outbound, this.inbound]
  }

  sent(_from: MemoryStream, bytes: number): void {
    this.bytes += bytes
    this.#schedule()
  }

  freeze(): void {
    this.frozen = true
  }

  thaw(): void {
    this.frozen = false
    this.#schedule()
  }

  /** Both ends see the stream closed, without an error; what was on the way is lost. */
  cut(): void {
    this.outbound.die()
    this.inbound.die()
  }

  #schedule(): void {
    if (this.#scheduled || this.frozen) return
    this.#scheduled = true
    this.network.busy++
    setImmediate(() => {
      this.#scheduled = false
      this.network.busy--
      if (this.frozen) return
      this.outbound.takeTo(this.inbound)
      this.inbound.takeTo(this.outbound)
      if (this.outbound.queue.length > 0 || this.inbound.queue.length > 0) this.#schedule()
    })
  }
}

/** All wires of one test. */
export class MemoryNetwork {
  readonly wires: MemoryWire[] = []
  busy = 0

  /** A fresh stream: [dialer's end, host's end]. */
  wire(capacity = 256 * 1024): MemoryWire {
    const wire = new MemoryWire(this, capacity)
    this.wires.push(wire)
    return wire
  }

  /** Resolves when nothing moves any more, without time passing. */
  readonly settled = async (): Promise<void> => {
    for (let quiet = 0; quiet < 3; quiet = this.busy === 0 ? quiet + 1 : 0) {
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  get openStreams(): number {
    return this.wires.flatMap(({ ends }) => ends).filter(({ status }) => status === 'open' || status === 'closing')
      .length
  }
}
