import { OverlayError } from '../core/errors.js'

/** 2^53-1 needs 53 bits, seven to a byte. */
export const maxVarintBytes = 8

/** Bytes that `value` takes; it must be an integer from 0 to 2^53-1. */
export function varintLength(value: number): number {
  let length = 1
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) length++
  return length
}

/** Writes `value` (an integer from 0 to 2^53-1) at `offset` and returns the offset behind it. */
export function encodeVarint(value: number, target: Uint8Array, offset: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is no varint`)
  while (value >= 0x80) {
    target[offset++] = (value % 0x80) | 0x80
    value = Math.floor(value / 0x80)
  }
  target[offset++] = value
  return offset
}

/**
 * Reads the varint at `offset`. Throws `protocol_error` when it is cut off, longer than its value needs (so that each
 * value has one form), or above 2^53-1.
 */
export function decodeVarint(bytes: Uint8Array, offset: number): { value: number; end: number } {
  let value = 0
  let scale = 1
  for (let length = 1; length <= maxVarintBytes; length++) {
    const byte = bytes[offset++]
    if (byte === undefined) throw new OverlayError('protocol_error', 'A number is cut off.')
    value += (byte & 0x7f) * scale
    scale *= 0x80
    if (byte >= 0x80) continue
    if (length > 1 && byte === 0) throw new OverlayError('protocol_error', 'A number is longer than it needs to be.')
    if (!Number.isSafeInteger(value)) break
    return { value, end: offset }
  }
  throw new OverlayError('protocol_error', 'A number is above 2^53-1.')
}
