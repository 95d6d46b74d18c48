import type { Connection, Stream, StreamCloseEvent, StreamMessageEvent } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { toHex } from '../core/bytes.js'
import type { Pace } from '../core/rates.js'
import type { Admission } from './admission.js'
import { CircuitShares } from './circuit-shares.js'
import { hasRoom, onRoom } from './flow.js'
import { circuitStatus, hopRefusal } from './hop-refusal.js'

/**
 * Joins the two ends of a circuit in both directions and resolves when both streams are over. What one end sends faster
 * than the other takes is not read any further until everything taken so far has gone out: a stuck end costs at most one
 * stream window read and one waiting to be sent. A half that ends in order is closed at the other end, anything else
 * resets both.
 */
export function joinStreams(a: Stream, b: Stream, pace?: Pace): Promise<void> {
  forward(a, b, pace)
  forward(b, a, pace)
  return Promise.all([over(a), over(b)]).then(() => {})
}

function over(stream: Stream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.status !== 'open' && stream.status !== 'closing') resolve()
    else stream.addEventListener('close', () => resolve(), { once: true })
  })
}

function forward(from: Stream, to: Stream, pace: Pace | undefined): void {
  let ended = false
  /** Set while an end that goes too fast is not read. */
  let resting = false
  const rest = (ms: number) => {
    resting = true
    if (from.readStatus === 'readable') from.pause()
    setTimeout(() => {
      resting = false
      if (from.readStatus === 'paused' && hasRoom(to)) from.resume()
    }, ms).unref()
  }
  const onMessage = ({ data }: StreamMessageEvent) => {
    if (to.writeStatus !== 'writable') return
    let room: boolean
    try {
      room = to.send(data)
    } catch (error) {
      from.abort(error as Error)
      return
    }
    if (!room && from.readStatus === 'readable') from.pause()
    const waitMs = pace?.(data.byteLength) ?? 0
    if (waitMs > 0 && !resting) rest(waitMs)
  }
  const onEnd = () => {
    ended = true
    to.close().catch((error: Error) => to.abort(error))
  }
  const onClose = ({ error }: StreamCloseEvent) => {
    // Without the end of its stream first it was cut, even when nobody says why.
    if (error !== undefined || !(ended || from.remoteWriteStatus === 'closed')) {
      to.abort(error ?? new Error('The other end of the circuit is gone.'))
    }
  }
  from.addEventListener('message', onMessage)
  from.addEventListener('end', onEnd)
  from.addEventListener('close', onClose)
  onRoom(to, () => {
    if (!resting && from.readStatus === 'paused') from.resume()
  })
  if (from.readableEnded) onEnd()
}

/** Names the parts of circuit relay's server that the pump is put into. */
interface CircuitServer {
  handleConnect(
    request: {
      connection: Connection
      stream: { pb(message: unknown): unknown; unwrap(): Stream }
      request: { peer?: { id: Uint8Array; addrs: Uint8Array[] } }
    },
    options: unknown,
  ): Promise<void>
  stopHop(request: { connection: Connection }, options: unknown): Promise<Stream | undefined>
}

/**
 * Makes a circuit relay server join streams with {@link joinStreams}. Its own `pipe(src, dst, src)` has no backpressure, and
 * listens to the dialer's stream twice: one of the two keeps every byte for as long as the circuit lives
 * (`messageStreamToDuplex` of @libp2p/utils 7.4.1). Handshake, reservations and limits stay the server's.
 * Each member has a share of circuits, so that none can use up what a host's connection carries.
 * The server always takes a host's first connection; `route` says which one instead, for the process that the dialer means.
 */
export function replacePump(
  service: unknown,
  route: (connection: Connection, processId: number | undefined) => Connection = (connection) => connection,
  admission?: Pick<Admission, 'circuit' | 'pace'>,
): void {
  const server = service as CircuitServer
  const { handleConnect, stopHop } = server
  const shares = new CircuitShares()
  server.handleConnect = async (request, options) => {
    const host = toHex(request.request.peer?.id ?? new Uint8Array(0))
    const dialer = request.connection.remotePeer.toString()
    const giveBack = admission === undefined ? shares.take(dialer, host) : admission.circuit(dialer, host)
    if (giveBack === undefined) {
      const refused = request.stream.unwrap()
      refused.send(hopRefusal(circuitStatus.resourceLimitExceeded))
      await refused.close()
      return
    }
    let source: Stream | undefined
    let destination: Stream | undefined
    const { promise: over, resolve } = Promise.withResolvers<void>()
    const abort = (error: Error) => {
      source?.abort(error)
      destination?.abort(error)
    }
    // All the server does with the two streams is to hand them to its `pipe`, and to abort them when the reservation ends.
    // Neither of these carries anything; both end when the real streams are over.
    const standIn = () => ({ source: nothingUntil(over), sink: () => over, abort })
    const circuit = Object.create(server, {
      stopHop: {
        value: async (hop: { connection: Connection }, hopOptions: unknown) => {
          const connection = route(hop.connection, meantProcess(request.request.peer?.addrs))
          destination = await stopHop.call(server, { ...hop, connection }, hopOptions)
          return destination && standIn()
        },
      },
    })
    const stream = {
      pb: (message: unknown) => request.stream.pb(message),
      /** Called when the dialer has been told that the circuit stands. */
      unwrap: () => {
        source = request.stream.unwrap()
        joinStreams(source, destination!, admission?.pace(dialer)).then(resolve)
        over.then(giveBack)
        return standIn()
      },
    }
    try {
      await handleConnect.call(circuit, { ...request, stream } as never, options)
    } finally {
      if (source === undefined) giveBack()
    }
  }
}

/** Returns the process in a dialer's address of a host, `/p2p/<host>/memory/<process id>`; undefined when it names none. */
function meantProcess(addresses: readonly Uint8Array[] | undefined): number | undefined {
  // The server has read them before.
  const parts = addresses?.[0] === undefined ? [] : multiaddr(addresses[0]).getComponents()
  const value = parts.find(({ name }) => name === 'memory')?.value
  return value === undefined ? undefined : Number(value)
}

function nothingUntil(over: Promise<void>): AsyncIterable<never> {
  return { [Symbol.asyncIterator]: () => ({ next: () => over.then(() => ({ done: true, value: undefined })) }) }
}
