import { isIP } from 'node:net'
import { TextEncoder } from 'node:util'
import { OverlayError } from '../core/errors.js'

/** Names where a SOCKS5 proxy is to connect to (RFC 1928, section 4). */
export interface SocksTarget {
  host: string
  port: number
}

export interface SocksCredentials {
  username: string
  password: string
}

const version = 5
const methods = { none: 0, password: 2, unacceptable: 0xff } as const
const connectCommand = 1
const addressTypes = { ip4: 1, name: 3, ip6: 4 } as const
/** Words for the replies of RFC 1928, section 6, by number. */
const replies: readonly string[] = [
  'succeeded',
  'it failed',
  'its rules do not allow the connection',
  'the network is unreachable from there',
  'the host is unreachable from there',
  'the connection was refused',
  'it took too long',
  'it does not know the command',
  'it does not know this kind of address',
]

/** Reads exactly `length` bytes. */
export type ReadExactly = (length: number) => Promise<Uint8Array>

/**
 * Has a SOCKS5 proxy connect to the target: everything that follows on the connection is the target's. The proxy resolves names.
 * Rejects with `proxy_failed` when the proxy does not do it, or as `read` does. Not one byte more is read than the proxy's answer
 * has.
 */
export async function socksConnect(
  target: SocksTarget,
  credentials: SocksCredentials | undefined,
  { write, read }: { write: (bytes: Uint8Array) => void; read: ReadExactly },
): Promise<void> {
  write(encodeGreeting(credentials !== undefined))
  const [, method] = versioned(await read(2), version)
  if (method === methods.password && credentials !== undefined) {
    write(encodePassword(credentials))
    // RFC 1929: the version of this exchange is 1.
    if ((await read(2))[1] !== 0) throw refused('it does not know this name and password')
  } else if (method !== methods.none) {
    throw refused(
      credentials === undefined
        ? 'it asks for a name and password'
        : 'it asks for another proof than a name and password',
    )
  }
  write(encodeConnect(target))
  const [, status, , type] = versioned(await read(4), version)
  if (status !== 0) throw refused(replies[status!] ?? `it says ${status}`)
  // The address that it connects from tells nothing that is needed.
  await read((type === addressTypes.ip6 ? 16 : type === addressTypes.ip4 ? 4 : (await read(1))[0]!) + 2)
}

export function encodeGreeting(withPassword: boolean): Uint8Array {
  return withPassword
    ? Uint8Array.of(version, 2, methods.none, methods.password)
    : Uint8Array.of(version, 1, methods.none)
}

export function encodePassword({ username, password }: SocksCredentials): Uint8Array {
  return Uint8Array.of(1, ...counted(username), ...counted(password))
}

export function encodeConnect({ host, port }: SocksTarget): Uint8Array {
  return Uint8Array.of(version, connectCommand, 0, ...encodeHost(host), port >> 8, port & 0xff)
}

function encodeHost(host: string): Uint8Array {
  const kind = isIP(host)
  if (kind === 0) return Uint8Array.of(addressTypes.name, ...counted(host))
  return kind === 4
    ? Uint8Array.of(addressTypes.ip4, ...host.split('.').map(Number))
    : Uint8Array.of(addressTypes.ip6, ...ip6Bytes(host))
}

/**
 * Returns the 16 bytes of an IPv6 address. A URL writes all forms of it in one: groups in hex, the longest run of zeros left out.
 */
function ip6Bytes(host: string): number[] {
  const [head = '', tail] = new URL(`http://[${host.replace(/%.*$/, '')}]`).hostname.slice(1, -1).split('::')
  const groups = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)))
  const [first, last] = [groups(head), groups(tail ?? '')]
  const all = [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last]
  return all.flatMap((group) => [group >> 8, group & 0xff])
}

function counted(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text)
  if (bytes.byteLength > 255) throw refused('SOCKS5 has no room for names and passwords of more than 255 bytes')
  return Uint8Array.of(bytes.byteLength, ...bytes)
}

function versioned(bytes: Uint8Array, expected: number): Uint8Array {
  if (bytes[0] !== expected) throw refused('it speaks no SOCKS5')
  return bytes
}

function refused(why: string): OverlayError {
  return new OverlayError('proxy_failed', why)
}
