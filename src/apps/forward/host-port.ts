import { isIPv4, isIPv6 } from 'node:net'
import { OverlayError } from '../../core/errors.js'

/** One end of a TCP connection. An IPv6 host is without brackets. */
export interface HostPort {
  host: string
  port: number
}

/**
 * Reads `host:port`, `[ipv6]:port`, or a port alone, which means 127.0.0.1. `what` names the option in errors. Port 0 is for
 * listening on any free port; `lowestPort` is 1 where that makes no sense. Throws `bad_argument`.
 */
export function parseHostPort(text: string, what: string, options: { lowestPort?: 0 | 1 } = {}): HostPort {
  const wrong = (why: string) =>
    new OverlayError('bad_argument', `${what} takes host:port, for example 127.0.0.1:22 or [::1]:22: ${why}.`)
  const bracketed = /^\[([^\]]*)\]:(.*)$/.exec(text)
  if (bracketed !== null) {
    const [, host, port] = bracketed as unknown as [string, string, string]
    if (!isIPv6(host)) throw wrong(`'${host}' is not an IPv6 address`)
    return { host, port: readPort(port, options, wrong) }
  }
  if (/^\d+$/.test(text)) return { host: '127.0.0.1', port: readPort(text, options, wrong) }
  const colon = text.lastIndexOf(':')
  if (colon < 0) throw wrong(`'${text}' has no port`)
  const host = text.slice(0, colon)
  if (host.includes(':') || host.includes('[')) {
    throw wrong(`an IPv6 address goes in brackets, and '${text}' has them not or not in the right place`)
  }
  if (!isIPv4(host) && !isHostName(host)) throw wrong(`'${host}' is neither an IP address nor a host name`)
  return { host, port: readPort(text.slice(colon + 1), options, wrong) }
}

/** Writes host and port; the inverse of {@link parseHostPort}. */
export function formatHostPort({ host, port }: HostPort): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`
}

/** Returns true when only this machine can reach what listens there, as far as the text tells. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
}

function readPort(text: string, { lowestPort = 0 }: { lowestPort?: 0 | 1 }, wrong: (why: string) => Error): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (port >= lowestPort && port <= 65_535) return port
  throw wrong(`'${text}' is not a port from ${lowestPort} to 65535`)
}

function isHostName(text: string): boolean {
  const label = '[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?'
  // All digits at the end is an IP address with a slip in it.
  return text.length <= 253 && new RegExp(`^(${label}\\.)*${label}\\.?$`, 'i').test(text) && !/(^|\.)\d+\.?$/.test(text)
}
