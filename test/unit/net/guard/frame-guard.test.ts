import { expect, test } from 'vitest'
import { FrameGuard } from '../../../../src/net/guard/frame-guard.js'

function frame(type: number, flags: number, length: number, payload = 0): Uint8Array {
  const bytes = new Uint8Array(12 + payload).fill(2)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, 0)
  view.setUint8(1, type)
  view.setUint16(2, flags)
  view.setUint32(4, 1)
  view.setUint32(8, length)
  return bytes
}

function guarded() {
  const seen = { opened: 0, pinged: 0 }
  const guard = new FrameGuard({ maxFrameBytes: 1000, opened: () => seen.opened++, pinged: () => seen.pinged++ })
  return { guard, seen }
}

const traffic = [frame(1, 1, 0), frame(0, 1, 1000, 1000), frame(0, 0, 0), frame(2, 1, 7), frame(1, 0, 2 ** 32 - 1)]

test('streams and pings are counted across payloads that look like frames, however they are cut', () => {
  const all = traffic.flatMap((bytes) => [...bytes])
  for (const size of [1, 5, 12, 13, 5000]) {
    const { guard, seen } = guarded()
    for (let from = 0; from < all.length; from += size) guard.push([Uint8Array.from(all.slice(from, from + size))])
    expect(seen).toEqual({ opened: 2, pinged: 1 })
  }
})

test('a frame that no window has room for is refused at its header', () => {
  const { guard } = guarded()
  expect(() => guard.push([frame(0, 0, 1001)])).toThrow(/frame of 1001 bytes is over 1000/)
  expect(() => guarded().guard.push([frame(0, 0, 2 ** 32 - 1)])).toThrow(/4294967295/)
})
