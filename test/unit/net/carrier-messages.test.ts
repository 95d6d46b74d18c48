import { expect, test } from 'vitest'
import { OverlayError } from '../../../src/core/errors.js'
import type { CarrierReader } from '../../../src/net/carrier.js'
import { CarrierMessages } from '../../../src/net/carrier-messages.js'
import type { TlsCarrier } from '../../../src/net/tls-carrier.js'

/** Shows what a carrier would be given back. */
class MemoryCarrier {
  reader!: CarrierReader
  returned = 0
  read(reader: CarrierReader): void {
    this.reader = reader
  }
  release(): void {}
  unread({ byteLength }: Uint8Array): void {
    this.returned = byteLength
  }
}

function messages() {
  const carrier = new MemoryCarrier()
  return { carrier, messages: new CarrierMessages(carrier as unknown as TlsCarrier) }
}

test('what comes beyond the messages that were read goes back to the carrier', async () => {
  const { carrier, messages: input } = messages()
  carrier.reader.data(Uint8Array.of(2, 7, 7, 1, 1, 1))
  expect(await input.read(10)).toEqual(Uint8Array.of(7, 7))
  input.stop()
  expect(carrier.returned).toBe(3)
})

test.each([
  ['its time is over', (input: CarrierMessages) => input.fail(new OverlayError('timed_out', 'Late.'))],
  ['a message is too long', (input: CarrierMessages) => void input.read(0).catch(() => {})],
])(
  'nothing of what comes after %s is kept: the path stays open for a moment, for the reason to arrive',
  (_why, fail) => {
    const { carrier, messages: input } = messages()
    fail(input)
    for (let n = 0; n < 100; n++) carrier.reader.data(new Uint8Array(64 * 1024).fill(0xff))
    input.stop()
    expect(carrier.returned).toBeLessThanOrEqual(64 * 1024)
  },
)
