import { seeded } from './random.js'

/** The same bytes as they may arrive: at once, one by one, and cut at random; each with a name that says how, and the seed. */
export function inPieces(bytes: Uint8Array, seed = Date.now() % 1_000_000): Array<[how: string, pieces: Uint8Array[]]> {
  return [
    ['in one piece', [bytes]],
    ['byte by byte', Array.from(bytes, (byte) => Uint8Array.of(byte))],
    ...[seed, seed + 1, seed + 2].map((each): [string, Uint8Array[]] => [
      `in pieces of seed ${each}`,
      cutAtRandom(bytes, each),
    ]),
  ]
}

/** Pieces of 1 to 16 bytes mostly, some longer. */
function cutAtRandom(bytes: Uint8Array, seed: number): Uint8Array[] {
  const random = seeded(seed)
  const pieces: Uint8Array[] = []
  for (let from = 0; from < bytes.byteLength; ) {
    const size = 1 + Math.floor(random() * (random() < 0.2 ? 400 : 16))
    pieces.push(bytes.subarray(from, from + size))
    from += size
  }
  return pieces
}
