import { connect, type Socket } from 'node:net'
import { OverlayError } from '../../core/errors.js'
import { formatHostPort, type HostPort } from './host-port.js'
import { localProxyHeader } from './proxy-header.js'

export interface ConnectTargetOptions {
  /** How long it may take; ms. */
  timeoutMs: number
  /** Gives up early, with its reason. */
  signal?: AbortSignal
}

/**
 * Opens a TCP connection that nothing has been read from yet; the caller destroys it. Rejects with `unreachable`: its message says
 * where and why, its `details.reason` only why, for those who need not know where.
 */
export function connectTarget(target: HostPort, { timeoutMs, signal }: ConnectTargetOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const socket = connect({ ...target, allowHalfOpen: true })
    const settle = (run: () => void) => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      socket.off('error', onError)
      socket.off('connect', onConnect)
      run()
    }
    const fail = (error: unknown) =>
      settle(() => {
        socket.on('error', () => {}) // said already
        socket.destroy()
        reject(error)
      })
    const failWith = (reason: string, cause?: unknown) =>
      fail(new OverlayError('unreachable', `${formatHostPort(target)} ${reason}`, { reason, cause }))
    const onConnect = () => settle(() => resolve(socket))
    const onError = (error: Error) => failWith(reasonOf(error), error)
    const onAbort = () => fail(signal?.reason)
    const timer = setTimeout(() => failWith(`did not answer within ${timeoutMs / 1000} s`), timeoutMs)
    signal?.addEventListener('abort', onAbort, { once: true })
    socket.once('error', onError)
    socket.once('connect', onConnect)
  })
}

/** Connects and hangs up. Backends that want the PROXY protocol are told that it is nobody's connection. */
export async function probeTarget(
  target: HostPort,
  options: ConnectTargetOptions & { proxyProtocol: boolean },
): Promise<void> {
  const socket = await connectTarget(target, options)
  socket.on('error', () => {}) // it took the connection, which is all we asked
  if (options.proxyProtocol) socket.write(localProxyHeader())
  socket.end(() => socket.destroy())
}

function reasonOf(error: NodeJS.ErrnoException): string {
  // A host name with several addresses fails with an AggregateError that has the code of the first.
  switch (error.code) {
    case 'ECONNREFUSED':
      return 'refuses connections'
    case 'ETIMEDOUT':
      return 'does not answer'
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'has a host name that cannot be resolved'
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'cannot be reached from the host'
    default:
      return `cannot be reached (${error.code ?? error.message})`
  }
}
