import { isIPv4, isIPv6, type Socket } from 'node:net'
import { utf8 } from '../../core/bytes.js'
import type { Endpoint, UnixPath } from './endpoint.js'
import type { HostPort } from './host-port.js'

/**
 * The PROXY protocol, version 2 (haproxy.org/download/3.0/doc/proxy-protocol.txt, section 2.2): what is sent to a backend before
 * the caller's first byte, so that it learns who is calling.
 */

/** Twelve bytes no other protocol begins with (section 2.2). */
const signature = Uint8Array.of(0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a)
const version = 0x20
const command = { local: 0x00, proxy: 0x01 } as const
const family = { unspecified: 0x00, tcp4: 0x11, tcp6: 0x21, unixStream: 0x31 } as const
/** Section 2.2: each of the two addresses of an AF_UNIX connection. */
const unixAddressBytes = 108

/** Types of the values after the addresses; 0xE0 to 0xEF are for applications (section 2.2.7). */
export const proxyValueTypes = {
  /** PP2_TYPE_UNIQUE_ID: the session's id, at most 128 bytes. */
  uniqueId: 0x05,
  /** Name of the calling identity, UTF-8. */
  callerName: 0xe0,
  /** Its peer id, as text. */
  callerPeerId: 0xe1,
  /** Its roles, separated by commas. */
  callerRoles: 0xe2,
} as const

const maxUniqueIdBytes = 128
const maxValueBytes = 65_535

export interface ProxyCaller {
  name: string
  peerId: string
  roles: readonly string[]
  sessionId: string
}

/** Names both ends of the connection that carries what a caller says, as its own machine sees it. */
export type SocketEnds = { source: HostPort; destination: HostPort } | { destination: UnixPath }

/** Returns the ends of a connected socket; of a Unix socket only the target's has a name. */
export function socketEnds(socket: Socket, target: Endpoint): SocketEnds {
  if ('path' in target) return { destination: target }
  const end = (host = '', port = 0): HostPort => ({ host, port })
  return {
    source: end(socket.localAddress, socket.localPort),
    destination: end(socket.remoteAddress, socket.remotePort),
  }
}

/**
 * Makes the header for one connection. Its ends are those of the connection that carries it: a caller has a name, not an IP
 * address, and one made up would be believed. Values that do not fit into a TLV or the whole are left out, last ones first.
 */
export function proxyHeader(caller: ProxyCaller, ends: SocketEnds): Uint8Array {
  const [kind, addresses] = encodeAddresses(ends)
  const parts = [addresses]
  let length = addresses.byteLength
  const values: Array<[type: number, text: string, maxBytes: number]> = [
    [proxyValueTypes.callerName, caller.name, maxValueBytes],
    [proxyValueTypes.callerPeerId, caller.peerId, maxValueBytes],
    [proxyValueTypes.uniqueId, caller.sessionId, maxUniqueIdBytes],
    [proxyValueTypes.callerRoles, caller.roles.join(','), maxValueBytes],
  ]
  for (const [type, text, maxBytes] of values) {
    const value = utf8(text)
    if (value.byteLength > maxBytes || length + 3 + value.byteLength > maxValueBytes) continue
    parts.push(Uint8Array.of(type, value.byteLength >> 8, value.byteLength & 0xff), value)
    length += 3 + value.byteLength
  }
  return Buffer.concat([signature, Uint8Array.of(version | command.proxy, kind, length >> 8, length & 0xff), ...parts])
}

/** Makes the header of a connection that is our own, such as a health probe: the backend takes it as it is. */
export function localProxyHeader(): Uint8Array {
  return Buffer.concat([signature, Uint8Array.of(version | command.local, family.unspecified, 0, 0)])
}

function encodeAddresses(ends: SocketEnds): [kind: number, bytes: Uint8Array] {
  if (!('source' in ends)) {
    const bytes = Buffer.alloc(2 * unixAddressBytes)
    bytes.write(ends.destination.path, unixAddressBytes, unixAddressBytes - 1)
    return [family.unixStream, bytes]
  }
  const { source, destination } = ends
  const ports = Buffer.alloc(4)
  ports.writeUInt16BE(source.port, 0)
  ports.writeUInt16BE(destination.port, 2)
  if (isIPv4(source.host) && isIPv4(destination.host)) {
    return [family.tcp4, Buffer.concat([ipv4Bytes(source.host), ipv4Bytes(destination.host), ports])]
  }
  if (isIPv6(source.host) && isIPv6(destination.host)) {
    return [family.tcp6, Buffer.concat([ipv6Bytes(source.host), ipv6Bytes(destination.host), ports])]
  }
  return [family.unspecified, new Uint8Array(0)]
}

function ipv4Bytes(address: string): Uint8Array {
  return Uint8Array.from(address.split('.').map(Number))
}

function ipv6Bytes(address: string): Uint8Array {
  const [withoutZone = ''] = address.split('%')
  // A URL writes every form of an address in one: hexadecimal groups, the longest run of zeros as `::`.
  const [before = '', after = ''] = new URL(`http://[${withoutZone}]`).hostname.slice(1, -1).split('::')
  const groups = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)))
  const [left, right] = [groups(before), groups(after)]
  const all = [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right]
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 0xff]))
}
