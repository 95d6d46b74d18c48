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

/** Puts one varint together, byte by byte as they come. */
export class VarintDecoder {
  #value = 0
  #scale = 1
  #bytes = 0

  /** The number, once `push` has said that it is complete. */
  get value(): number {
    return this.#value
  }

  /**
   * Takes the next byte, and says whether it was the last. Throws `protocol_error` when the varint is longer than its value needs (so
   * that each value has one form), or above 2^53-1.
   */
  push(byte: number): boolean {
    this.#value += (byte & 0x7f) * this.#scale
    this.#scale *= 0x80
    this.#bytes++
    if (byte >= 0x80 && this.#bytes < maxVarintBytes) return false
    if (this.#bytes > 1 && byte === 0) {
      throw new OverlayError('protocol_error', 'A number is longer than it needs to be.')
    }
    if (byte < 0x80 && Number.isSafeInteger(this.#value)) return true
    throw new OverlayError('protocol_error', 'A number is above 2^53-1.')
  }
}

/** Reads the varint at `offset`. Throws `protocol_error` when it is cut off, and as {@link VarintDecoder} does. */
export function decodeVarint(bytes: Uint8Array, offset: number): { value: number; end: number } {
  const decoder = new VarintDecoder()
  for (;;) {
    const byte = bytes[offset++]
    if (byte === undefined) throw new OverlayError('protocol_error', 'A number is cut off.')
    if (decoder.push(byte)) return { value: decoder.value, end: offset }
  }
}
