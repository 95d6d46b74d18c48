import { Uint8ArrayList } from 'uint8arraylist'
import { expect, test } from 'vitest'
import type { Carrier, CarrierReader } from '../../../src/net/carrier.js'
import { acceptPath } from '../../../src/session/accept-handshake.js'
import { dialOn } from '../../../src/session/dial-handshake.js'
import { HostTable } from '../../../src/session/host-table.js'
import { encodeFrame } from '../../../src/wire/frame-batch.js'
import { FrameDecoder } from '../../../src/wire/frame-decoder.js'
import type { Frame } from '../../../src/wire/frames.js'
import { dialRequest } from './fixture.js'
import { ManualClock } from './manual-clock.js'

/** A carrier whose other side reads when the test says so. */
class HeldCarrier implements Carrier {
  readonly tellsEnd = false
  readonly gone = new Promise<void>(() => {})
  writable = true
  reader: CarrierReader | undefined
  readonly sent = new FrameDecoder(200_000)
  read(reader: CarrierReader): void {
    this.reader = reader
  }
  release(): void {}
  send(bytes: Uint8Array | Uint8ArrayList): void {
    this.sent.push(bytes)
  }
  abort(): void {}
  end(): void {}
  come(...frames: Frame[]): void {
    this.reader!.data(new Uint8ArrayList(...frames.map((frame) => encodeFrame(frame))))
  }
  frames(): Frame[] {
    const frames: Frame[] = []
    for (let frame = this.sent.next(); frame !== undefined; frame = this.sent.next()) frames.push(frame)
    return frames
  }
}

const clock = new ManualClock()
const ping = (id: number): Frame => ({ type: 'ping', id })

/** A call that rings: the host's end of its path. */
function ringing(): HeldCarrier {
  const carrier = new HeldCarrier()
  acceptPath(carrier, {
    remotePeerId: 'dialer',
    label: 'relay1',
    kind: 'splice',
    table: new HostTable(),
    clock,
    randomBytes: (length) => new Uint8Array(length),
    onDial: () => {},
  })
  carrier.come({ type: 'dial', request: { ...dialRequest(), receiveWindowBytes: 65_536 } })
  return carrier
}

/** A call that waits for its answer: the dialer's end of its path. */
function waiting(): HeldCarrier {
  const carrier = new HeldCarrier()
  void dialOn(carrier, dialRequest(), { clock })
  return carrier
}

const whoWaits = [
  ['a host that rings', ringing],
  ['a dialer that waits for the answer', waiting],
] as const

test.each(whoWaits)('%s answers who pings and reads, once for all that came together', (_who, open) => {
  const carrier = open()
  carrier.frames()
  carrier.come(ping(1))
  carrier.come(ping(2), ping(3), ping(4))
  expect(carrier.frames()).toEqual([
    { type: 'pong', id: 1 },
    { type: 'pong', id: 4 },
  ])
})

test.each(whoWaits)('%s keeps one answer for who pings without end and does not read', (_who, open) => {
  const carrier = open()
  carrier.frames()
  carrier.writable = false
  for (let id = 1; id <= 10_000; id++) carrier.come(ping(id))
  expect(carrier.frames()).toEqual([])
  carrier.writable = true
  carrier.reader!.drained()
  expect(carrier.frames()).toEqual([{ type: 'pong', id: 10_000 }])
})
