import { lookup } from 'node:dns/promises'
import { connect as connectOnce, isIP, type Socket, type SocketConnectOpts } from 'node:net'
import { raceAbort } from './abort.js'
import { systemClock } from './clock.js'
import { OverlayError } from './errors.js'
import { firstStaggered, interleaved, StaggeredError } from './staggered.js'
import { whenAborted } from './waiting.js'

/** Where a stream socket leads: an address or name and a port, or a Unix socket of this machine. */
export type SocketAddress = { host: string; port: number; family?: number } | { path: string }

export interface ConnectOptions {
  /** Ends every attempt; a name that is being looked up included. */
  signal: AbortSignal
  /** Passed on to the socket. */
  allowHalfOpen?: boolean
  /**
   * The socket's own port; default: any. Several sockets to different places may have the same one if all of them are given it (libuv lets
   * an address be used again; not on Windows).
   */
  localPort?: number
  /** Which IP address of a name to try first, when it has that one. */
  firstAddress?: string
  /** Says which of a name's IP addresses may be connected to; default: all. */
  permits?: (address: string) => boolean
}

/** RFC 8305, section 8: the recommended Connection Attempt Delay. */
export const attemptDelayMs = 250
/** A Unix socket whose queue is full says so at once, where TCP would wait. */
const queueFullMs = 20

/**
 * Opens a stream socket; nothing has been read from it, and it has no `error` listener. The addresses of a name are tried as
 * RFC 8305 says, and all of them may go on until the signal fires: Node by itself gives each but the last 250 ms in all.
 * Rejects with what the system says (of the address most worth telling of), with `unreachable` when none of a name's addresses is
 * permitted, or with the signal's reason.
 */
export async function connectSocket(
  address: SocketAddress,
  { signal, firstAddress, permits = () => true, ...options }: ConnectOptions,
): Promise<Socket> {
  signal.throwIfAborted()
  if ('path' in address) return connectPath(address.path, { signal, ...options })
  const { host, port, family = 0 } = address
  if (isIP(host) !== 0) return connectOne({ host, port, ...options }, signal)
  const found = await raceAbort(lookup(host, { all: true, family, verbatim: true }), signal)
  const permitted = found.filter(({ address }) => permits(address))
  if (permitted.length === 0 && found.length > 0) {
    const where = found.map(({ address }) => address).join(', ')
    throw new OverlayError('unreachable', `${host} leads to ${where}, where nothing of this network is known to be.`)
  }
  const isFirst = (one: { address: string }) => one.address === firstAddress
  const addresses = [...permitted.filter(isFirst), ...permitted.filter((one) => !isFirst(one))]
  try {
    return await firstStaggered(
      interleaved(addresses),
      (one, over) => connectOne({ host: one.address, port, ...options }, over),
      { clock: systemClock, delayMs: attemptDelayMs, signal },
    )
  } catch (error) {
    throw error instanceof StaggeredError ? mostTelling(error.failures) : error
  }
}

async function connectPath(path: string, { signal, ...options }: ConnectOptions): Promise<Socket> {
  for (;;) {
    try {
      return await connectOne({ path, ...options }, signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      await raceAbort(new Promise<void>((resolve) => void systemClock.after(queueFullMs, resolve)), signal)
    }
  }
}

function connectOne(options: SocketConnectOpts, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectOnce({ ...options, autoSelectFamily: false } as SocketConnectOpts)
    let forget = () => {}
    const settle = (give: () => void) => {
      forget()
      socket.off('error', onError)
      socket.off('connect', onConnect)
      give()
    }
    const fail = (error: unknown) =>
      settle(() => {
        socket.on('error', () => {}) // said already
        socket.destroy()
        reject(error)
      })
    const onError = (error: Error) => fail(error)
    const onConnect = () => settle(() => resolve(socket))
    socket.once('error', onError)
    socket.once('connect', onConnect)
    forget = whenAborted(signal, () => fail(signal.reason))
  })
}

/** Where one address refuses and another has no route, the one that answered says more. */
function mostTelling(failures: readonly unknown[]): unknown {
  const noRoute = new Set(['ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL'])
  return failures.find((error) => !noRoute.has((error as NodeJS.ErrnoException).code ?? '')) ?? failures[0]
}
