import { setMaxListeners } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { type Clock, systemClock } from '../../core/clock.js'
import { errorText, OverlayError } from '../../core/errors.js'
import { canOpen } from '../../core/file-limit.js'
import { maxRingingPerPeer } from '../../core/limits.js'
import { Turns } from '../../core/turns.js'
import { whenAborted } from '../../core/waiting.js'
import type { Connection, Context } from '../../sdk/index.js'
import { describeEnd, type ForwardLog, logPaths, PathTrail } from './carried.js'
import type { Endpoint } from './endpoint.js'
import { forwardGrace } from './grace.js'
import { joinSocket, resetSocket } from './join.js'
import { untilServiceKnown } from './known-service.js'
import { startListening } from './local-port.js'

/**
 * Limits the dials that ring at once: a host turns away an identity that rings too often at once, and other programs of the same
 * identity may want to ring, too.
 */
const maxDialing = maxRingingPerPeer / 2
/**
 * Counts the files that a connection, and whatever else goes on, may need to open. At the limit the system drops connections
 * without a word.
 */
const spareFiles = 8

export interface ForwardOptions {
  /** Where local connections are taken; port 0 for any free one. */
  listen: Endpoint
  /** Which instance; without it the service's strategy chooses for every connection anew. */
  instanceId?: string
  /** How long a connection outlives the loss of all its paths, ms; default: the service's, else 5 minutes. */
  sessionGrace?: number
  /** Ends the forwarding when it fires; connections that are still open are broken off. */
  signal: AbortSignal
  log: ForwardLog
  /** Called when local connections are taken, with where that is. */
  onReady?: (address: Endpoint) => void
  /** Default: the machine's. */
  clock?: Clock
}

/**
 * Takes local connections, and dials an instance of the service for each. A connection that cannot be made is reset, and one
 * line says why. Resolves after the signal fired and every connection is gone; rejects with `port_in_use` or `bad_argument` when
 * it can't listen there. The context stays the caller's.
 */
export async function runForward(context: Context, service: string, options: ForwardOptions): Promise<void> {
  const { listen, instanceId, signal, log, onReady, clock = systemClock } = options
  const grace = () => forwardGrace(context, service, options.sessionGrace)
  if (signal.aborted) return
  await untilServiceKnown(context, service, signal)
  const over = new AbortController()
  setMaxListeners(0, over.signal) // one for each connection
  const turns = new Turns(maxDialing)
  const carrying = new Set<Promise<void>>()
  let carried = 0
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    if (!canOpen(spareFiles)) {
      resetSocket(socket)
      log(
        'WARNING',
        `#${++carried} was dropped: this process may open no more files (ulimit -n), ${carrying.size} connections run`,
      )
      return
    }
    const done = carry(socket, `#${++carried}`).finally(() => carrying.delete(done))
    carrying.add(done)
  })

  const carry = async (socket: Socket, name: string): Promise<void> => {
    let connection: Connection
    try {
      connection = await dialFor(socket)
    } catch (error) {
      resetSocket(socket)
      if (!over.signal.aborted) log('WARNING', `${name} was not connected: ${errorText(error)}`)
      return
    }
    const startMs = clock.monotonic()
    const trail = new PathTrail(connection)
    log('INFO', `${name} connected to ${connection.instanceId}, via ${trail}`)
    logPaths(connection, name, log)
    const error = await joinSocket(connection, socket, { signal: over.signal })
    const { bytesRead: received, bytesWritten: sent } = connection.stats
    log('INFO', `${name} ${describeEnd({ received, sent, durationMs: clock.monotonic() - startMs, trail, error })}`)
  }

  const dialFor = async (socket: Socket): Promise<Connection> => {
    const gone = new AbortController()
    const giveUp = () => gone.abort(new OverlayError('canceled', 'the local side gave up'))
    socket.on('error', giveUp).on('close', giveUp)
    const forget = whenAborted(over.signal, () => gone.abort(over.signal.reason))
    try {
      const whom = instanceId === undefined ? {} : { instanceId }
      return await turns.take(
        () => context.dial(service, { ...whom, signal: gone.signal, sessionGrace: grace() }),
        gone.signal,
      )
    } finally {
      socket.off('close', giveUp)
      forget()
    }
  }

  const address = await startListening(server, listen)
  onReady?.(address)
  try {
    await new Promise<void>((resolve, reject) => {
      whenAborted(signal, resolve)
      // For example, it ran out of file descriptors: those who are connected stay so.
      server.on('error', (error) => log('WARNING', `a local connection was not taken: ${errorText(error)}`))
      server.once('close', () => reject(new OverlayError('closed', 'The local port was closed.')))
    })
  } finally {
    over.abort(new OverlayError('closed', 'the forward was stopped'))
    await new Promise((resolve) => {
      server.close(resolve)
    })
    await Promise.all(carrying)
  }
}
