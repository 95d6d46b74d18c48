import { OverlayError } from '../../core/errors.js'
import { formatHostPort, type HostPort, parseHostPort } from './host-port.js'

/** A Unix socket of this machine. */
export interface UnixPath {
  path: string
}

/** Names where a stream begins or ends on this machine's side. */
export type Endpoint = HostPort | UnixPath

const unixPrefix = 'unix:'
/**
 * Limits the path of a socket: `sun_path` of a sockaddr_un on Linux, with its end; other systems have less, and say so themselves.
 */
const maxPathBytes = 107

/** Reads `unix:/path`, or an address that {@link parseHostPort} reads. `what` names the option in errors. Throws `bad_argument`. */
export function parseEndpoint(text: string, what: string, options: { lowestPort?: 0 | 1 } = {}): Endpoint {
  if (!text.startsWith(unixPrefix)) return parseHostPort(text, what, options)
  const path = text.slice(unixPrefix.length)
  const wrong = (why: string) =>
    new OverlayError('bad_argument', `${what} takes a Unix socket as unix:/run/example.sock: ${why}.`)
  if (path === '') throw wrong('the path is missing')
  if (path.includes('\0')) throw wrong('a path has no NUL in it')
  if (Buffer.byteLength(path) > maxPathBytes) throw wrong(`a path has at most ${maxPathBytes} bytes`)
  if (process.platform === 'win32') throw wrong('this system has none')
  return { path }
}

/** Writes an endpoint; the inverse of {@link parseEndpoint}. */
export function formatEndpoint(endpoint: Endpoint): string {
  return 'path' in endpoint ? `${unixPrefix}${endpoint.path}` : formatHostPort(endpoint)
}
