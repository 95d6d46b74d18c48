import { existsSync, lstatSync, rmSync } from 'node:fs'
import type { Server } from 'node:net'
import { dirname } from 'node:path'
import { connectSocket } from '../../core/connect.js'
import { asOverlayError, OverlayError } from '../../core/errors.js'
import { type Endpoint, formatEndpoint, type UnixPath } from './endpoint.js'

/**
 * Limits the wait for the owner of a Unix socket, ms. A socket that nobody listens on refuses at once; this is for one whose owner
 * hangs.
 */
const askOwnerMs = 1_000

/**
 * Starts listening where `listen` says, and resolves with where that is. A Unix socket is for this user only (mode 0600) from
 * its first moment, and one that a dead process left is replaced. Rejects with `port_in_use` or `bad_argument`.
 */
export async function startListening(server: Server, listen: Endpoint): Promise<Endpoint> {
  if ('path' in listen) await clearSocket(listen)
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, listen)))
    const onListening = () => {
      server.removeAllListeners('error')
      if ('path' in listen) return resolve(listen)
      const { address, port } = server.address() as { address: string; port: number }
      resolve({ host: address, port })
    }
    // Bound before the call returns, so that nobody else's file is made with this mask.
    const mask = 'path' in listen ? process.umask(0o177) : undefined
    try {
      server.listen({ ...listen, exclusive: true }, onListening)
    } finally {
      if (mask !== undefined) process.umask(mask)
    }
  })
}

/** Removes a socket nobody listens on any more. */
async function clearSocket({ path }: UnixPath): Promise<void> {
  const where = formatEndpoint({ path })
  // The system says "not permitted" of a folder that is not there.
  if (!existsSync(dirname(path))) {
    throw new OverlayError('bad_argument', `Cannot listen on ${where}: there is no such folder.`, { path })
  }
  const info = lstatSync(path, { throwIfNoEntry: false })
  if (info === undefined) return
  if (!info.isSocket()) {
    throw new OverlayError('bad_argument', `Cannot listen on ${where}: there is a file that is no socket.`, { path })
  }
  try {
    const socket = await connectSocket({ path }, { signal: AbortSignal.timeout(askOwnerMs) })
    socket.destroy()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') return rmSync(path, { force: true })
  }
  throw new OverlayError('port_in_use', `${where} is in use by another program: choose another path.`, { path })
}

function listenError(error: NodeJS.ErrnoException, listen: Endpoint): OverlayError {
  const where = formatEndpoint(listen)
  const wrong = (text: string) => new OverlayError('bad_argument', text, { cause: error })
  const unix = 'path' in listen
  switch (error.code) {
    case 'EADDRINUSE':
      return new OverlayError(
        'port_in_use',
        `${where} is in use by another program: choose another ${unix ? 'path' : 'port, or 0 for any free one'}.`,
        { cause: error },
      )
    case 'EACCES':
      return wrong(
        unix
          ? `Not permitted to make ${where}: choose a folder of your own.`
          : `Not permitted to listen on ${where}: choose a port from 1024 on.`,
      )
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return wrong(`Cannot listen on ${where}: it is no address of this machine.`)
    default:
      return asOverlayError(error, 'internal', `Cannot listen on ${where}`)
  }
}
