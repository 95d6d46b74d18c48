import { OverlayError } from '../../core/errors.js'
import { formatHostPort, type HostPort, parseHostPort } from './host-port.js'

/** A Unix socket of this machine. */
export interface UnixPath {
  path: string
}

/** Where a stream of this machine's side begins or ends. */
export type Endpoint = HostPort | UnixPath

const unixPrefix = 'unix:'
/** `sun_path` of a sockaddr_un on Linux, with its end; others have less, and say so themselves. */
const maxPathBytes = 107

/** Reads `unix:/path`, or what {@link parseHostPort} reads. `what` names the option in errors. Throws `bad_argument`. */
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

/** The inverse of {@link parseEndpoint}. */
export function formatEndpoint(endpoint: Endpoint): string {
  return 'path' in endpoint ? `${unixPrefix}${endpoint.path}` : formatHostPort(endpoint)
}
