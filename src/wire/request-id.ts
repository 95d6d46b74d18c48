import { decodeVarint } from './varint.js'

/** Tag of field 1 as a varint, with which every message begins that has a request id. */
const requestIdTag = 0x08

/** The request id of a directory message whose rest may be unreadable; 0 when it has none. */
export function requestIdOf(message: Uint8Array): number {
  if (message[0] !== requestIdTag) return 0
  try {
    return decodeVarint(message, 1).value
  } catch {
    return 0 // cut off, or no number
  }
}
