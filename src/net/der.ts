/** One element of DER (X.690): its tag, and where its content lies in the bytes it was read from. */
export interface DerElement {
  tag: number
  /** Where the element itself begins. */
  at: number
  start: number
  end: number
}

/**
 * Reads the element at `at`, which must end at `limit` at the latest. Throws RangeError for anything that is no DER of one-byte
 * tags.
 */
export function readDer(bytes: Uint8Array, at: number, limit: number): DerElement {
  const tag = bytes[at]
  const first = bytes[at + 1]
  if (tag === undefined || first === undefined || at + 2 > limit) throw new RangeError('the DER ends too early')
  if ((tag & 0x1f) === 0x1f) throw new RangeError('a DER tag has more than one byte')
  let start = at + 2
  let length = first
  if (first >= 0x80) {
    const count = first & 0x7f
    if (count === 0 || count > 3) throw new RangeError('a DER length is out of range')
    length = 0
    for (let index = 0; index < count; index++) length = length * 256 + (bytes[start++] ?? Number.NaN)
    const shortest = length < 0x80 ? 0 : length < 0x100 ? 1 : length < 0x10000 ? 2 : 3
    if (count !== shortest) throw new RangeError('a DER length is not in its shortest form')
  }
  const end = start + length
  if (!(end <= limit)) throw new RangeError('the DER ends too early')
  return { tag, at, start, end }
}

/** Reads all elements between `start` and `end`. */
export function readDerList(bytes: Uint8Array, { start, end }: Pick<DerElement, 'start' | 'end'>): DerElement[] {
  const elements: DerElement[] = []
  for (let at = start; at < end; ) {
    const element = readDer(bytes, at, end)
    elements.push(element)
    at = element.end
  }
  return elements
}

/** Returns an element of this tag with these parts as its content. */
export function der(tag: number, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  const { byteLength } = content
  const length =
    byteLength < 0x80
      ? [byteLength]
      : byteLength < 0x100
        ? [0x81, byteLength]
        : [0x82, byteLength >> 8, byteLength & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}
