import type { Uint8ArrayList } from 'uint8arraylist'

/** Below this mean size, keeping pieces costs more than their bytes: each takes more than a hundred bytes, however small it is. */
const minMeanPieceBytes = 512
const maxPieces = 32

/**
 * Copies bytes that wait in many small pieces into one, so that they cost what they weigh. Called after each piece that is
 * added; what is copied is in proportion to the pieces.
 */
export function joinPieces(list: Uint8ArrayList): void {
  const { length } = (list as unknown as { bufs: Uint8Array[] }).bufs
  if (length <= maxPieces || length * minMeanPieceBytes < list.byteLength) return
  const joined = list.slice()
  list.consume(list.byteLength)
  list.append(joined)
}
