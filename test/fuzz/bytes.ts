import fc from 'fast-check'

const varint = fc.oneof(fc.nat(200), fc.nat(), fc.maxSafeNat()).map((value) => {
  const bytes: number[] = []
  while (value >= 128) {
    bytes.push((value % 128) | 0x80)
    value = Math.floor(value / 128)
  }
  return [...bytes, value]
})
const random = fc.uint8Array({ maxLength: 64 }).map((bytes) => [...bytes])
const text = fc.string({ unit: 'binary', maxLength: 24 }).map((value) => [...Buffer.from(value)])

/** Something behind its length, as in protobuf and in all our streams; sometimes with a wrong one. */
const framed = (inner: fc.Arbitrary<number[]>): fc.Arbitrary<number[]> =>
  fc
    .tuple(
      inner,
      fc.option(
        varint.map((length) => length),
        { freq: 15 },
      ),
    )
    .map(([body, wrong]) => [
      ...(wrong ?? (body.length < 128 ? [body.length] : [(body.length & 0x7f) | 0x80, body.length >> 7])),
      ...body,
    ])

/** Fields of protobuf messages, nested, in any order, of any type, with numbers as ours have them. */
const { message } = fc.letrec<{ message: number[]; field: number[] }>((tie) => ({
  field: fc.oneof(
    { depthSize: 'small' },
    fc.tuple(fc.integer({ min: 1, max: 24 }), varint).map(([number, value]) => tagged(number, 0, value)),
    fc.tuple(fc.integer({ min: 1, max: 24 }), framed(text)).map(([number, value]) => tagged(number, 2, value)),
    fc.tuple(fc.integer({ min: 1, max: 24 }), framed(random)).map(([number, value]) => tagged(number, 2, value)),
    fc
      .tuple(fc.integer({ min: 1, max: 24 }), framed(tie('message')))
      .map(([number, value]) => tagged(number, 2, value)),
  ),
  message: fc.array(tie('field'), { maxLength: 8 }).map((fields) => fields.flat()),
}))

function tagged(number: number, type: number, value: number[]): number[] {
  const tag = (number << 3) | type
  return [...(tag < 128 ? [tag] : [(tag & 0x7f) | 0x80, tag >> 7]), ...value]
}

/** Flips, cuts, repeats and inserts in what would have been well formed. */
const mutation = fc.tuple(fc.constantFrom('keep', 'flip', 'cut', 'repeat', 'insert'), fc.nat(), fc.nat(255))

function mutate(bytes: number[], [how, at, value]: [string, number, number]): number[] {
  const index = bytes.length === 0 ? 0 : at % bytes.length
  if (how === 'flip') return bytes.with(index % Math.max(1, bytes.length), value).slice(0, bytes.length || 1)
  if (how === 'cut') return bytes.slice(0, index)
  if (how === 'repeat') return [...bytes, ...bytes.slice(index)]
  if (how === 'insert') return [...bytes.slice(0, index), value, ...bytes.slice(index)]
  return bytes
}

/** Bytes as a hostile peer would send them to a decoder. */
export const hostileBytes: fc.Arbitrary<Uint8Array> = fc
  .tuple(
    fc.oneof(
      message,
      framed(message),
      random,
      fc.array(framed(random), { maxLength: 6 }).map((all) => all.flat()),
    ),
    mutation,
  )
  .map(([bytes, change]) => Uint8Array.from(bytes.length === 0 ? bytes : mutate(bytes, change)))

/** Bytes, and where they are cut into the pieces that arrive. */
export const hostilePieces: fc.Arbitrary<Uint8Array[]> = fc
  .tuple(hostileBytes, fc.array(fc.nat(16), { maxLength: 12 }))
  .map(([bytes, sizes]) => {
    const pieces: Uint8Array[] = []
    let from = 0
    for (const size of sizes) {
      pieces.push(bytes.subarray(from, from + size))
      from += size
    }
    return [...pieces, bytes.subarray(from)]
  })

/** Text as somebody would type or paste it, or a file could hold it. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: fc.constantFrom(...'/@:.,-_ \t\n\r\\[]{}"0123456789abcipdnstu'), maxLength: 40 }),
  fc.json({ maxDepth: 3 }),
)
