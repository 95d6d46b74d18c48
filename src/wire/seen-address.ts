import { isIPv4, isIPv6 } from 'node:net'
import { OverlayError } from '../core/errors.js'
import { prefaceBytes, prefaceTokenBytes } from './prefaces.js'

/** An address and port as the other end of a connection sees them; IPv6 without a scope. */
export interface SeenAddress {
  host: string
  port: number
}

/*
 * The answer to the `seen` preface: `family (4 or 6) | port | address`, the latter two XORed with the first bytes of the mask that came with
 * the question, as in STUN (RFC 8489, section 14.2): there are routers that rewrite addresses of theirs wherever they see them.
 */
const headBytes = 3
const addressBytes = { 4: 4, 6: 16 } as const
export const maxSeenAddressBytes = headBytes + addressBytes[6]

/** `mask`: 32 random bytes. */
export function encodeSeenQuestion(mask: Uint8Array): Uint8Array {
  if (mask.byteLength !== prefaceTokenBytes) throw new RangeError(`a mask has ${prefaceTokenBytes} bytes`)
  return Uint8Array.of(prefaceBytes.seen, ...mask)
}

/** `host` is an IP address; one of IPv4 in IPv6's form is told as what it is. Throws RangeError for anything else. */
export function encodeSeenAnswer({ host, port }: SeenAddress, mask: Uint8Array): Uint8Array {
  const plain = plainAddress(host)
  const bytes = isIPv4(plain) ? plain.split('.').map(Number) : ipv6Bytes(plain)
  const body = Uint8Array.of(port >> 8, port & 0xff, ...bytes)
  return Uint8Array.of(isIPv4(plain) ? 4 : 6, ...masked(body, mask))
}

/** Undefined while the answer is not complete. Throws `protocol_error` for what is none. */
export function decodeSeenAnswer(bytes: Uint8Array, mask: Uint8Array): SeenAddress | undefined {
  const family = bytes[0]
  if (family === undefined) return undefined
  if (family !== 4 && family !== 6) throw malformed('its family is neither 4 nor 6')
  const length = headBytes + addressBytes[family]
  if (bytes.byteLength < length) return undefined
  if (bytes.byteLength > length) throw malformed('it is longer than its content')
  const [high, low, ...address] = masked(bytes.subarray(1), mask)
  const port = high! * 256 + low!
  if (port === 0) throw malformed('its port is 0')
  return { host: family === 4 ? address.join('.') : ipv6Text(address), port }
}

/** An IPv4 address that came through a socket for both families, as itself; without a scope. */
export function plainAddress(host: string): string {
  return host.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
}

function masked(bytes: Uint8Array, mask: Uint8Array): Uint8Array {
  return bytes.map((byte, index) => byte ^ mask[index]!)
}

/** The 16 bytes of an IPv6 address. Throws RangeError for what is none. */
export function ipv6Bytes(host: string): number[] {
  if (!isIPv6(host)) throw new RangeError(`${host} is no IP address`)
  const dotted = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(host)
  const hex = (high: string, low: string) => (Number(high) * 256 + Number(low)).toString(16)
  const text = dotted ? host.replace(dotted[0], `${hex(dotted[1]!, dotted[2]!)}:${hex(dotted[3]!, dotted[4]!)}`) : host
  const [head = '', tail = ''] = text.split('::')
  const groups = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)))
  const [first, last] = [groups(head), groups(tail)]
  const zeros = Array<number>(8 - first.length - last.length).fill(0)
  return [...first, ...zeros, ...last].flatMap((group) => [group >> 8, group & 0xff])
}

/** As Node writes it, so that two can be compared as texts. */
function ipv6Text(bytes: readonly number[]): string {
  const groups = Array.from({ length: 8 }, (_, at) => (bytes[2 * at]! * 256 + bytes[2 * at + 1]!).toString(16))
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}

function malformed(what: string): OverlayError {
  return new OverlayError('protocol_error', `A relay's answer about an address is malformed: ${what}.`)
}
