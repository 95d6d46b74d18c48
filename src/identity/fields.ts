import { peerIdFromString } from '@libp2p/peer-id'
import { errorText, OverlayError } from '../core/errors.js'

/** Runs a decoder and its checks on signed content; whatever it throws becomes `certificate_invalid` saying `what` it was. */
export function decodeSigned<T>(what: string, decode: () => T): T {
  try {
    return decode()
  } catch (cause) {
    throw new OverlayError('certificate_invalid', `${what} is malformed: ${errorText(cause)}`, { cause })
  }
}

/** Returns `text` when it is a peer id in its usual form; throws `bad_argument`. */
export function checkPeerId(text: string): string {
  let usual: string | undefined
  try {
    usual = peerIdFromString(text).toString()
  } catch {
    // said below
  }
  if (usual !== text || text === '') throw new OverlayError('bad_argument', 'A peer id is malformed.')
  return text
}

/** Returns `value` when it is a whole number within the bounds; throws `bad_argument`. */
export function checkInteger(what: string, value: number, min: number, max: number = Number.MAX_SAFE_INTEGER): number {
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    throw new OverlayError('bad_argument', `The ${what} must be a whole number from ${min} to ${max}, not ${value}.`)
  }
  return value
}
