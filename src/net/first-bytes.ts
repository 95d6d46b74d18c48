import type { Server, Socket } from 'node:net'
import type { Listener, Transport } from '@libp2p/interface'
import type { TCPComponents } from '@libp2p/tcp'
import { OverlayError } from '../core/errors.js'
import { firstBytesTimeoutMs, maxSilentSockets } from '../core/limits.js'
import { ignoreErrors } from '../core/socket-errors.js'
import { prefaceBytes } from '../wire/prefaces.js'
import type { Admission } from './admission.js'
import { relayEndOf } from './dialable.js'
import { writeTogether } from './flow.js'
import type { Admitted, WebSocketDoor, WebSocketOptions } from './websocket-door.js'

/** Takes the connections that begin with a given byte of ours. */
export interface Preface {
  byte: number
  /** Bytes of the whole preface, the first one included. */
  length: number
  /** Says that whoever shows it goes on counting as a stranger, as one does who begins to speak libp2p. Default false. */
  ofStrangers?: boolean
  /**
   * Called with the socket, which is paused; what came behind the preface has been put back. The taker ends the socket, unless the
   * listener closes before.
   */
  take(socket: Socket, preface: Buffer): void
}

/**
 * Makes libp2p's TCP transport share its ports: the first byte of a connection tells whether it is libp2p's or begins with one of
 * the given prefaces; anything else is hung up on at once, as is what stays silent for 5 s or stops within its preface. Of more
 * than 2 048 that have not said anything yet the oldest goes. On a `/ws` or `/tls/ws` address the same runs inside WebSockets.
 */
export function tcpBesides(
  prefaces: readonly Preface[],
  admission: Admission | undefined,
  webSockets: WebSocketOptions | undefined,
  create: (components: TCPComponents) => Transport,
): (components: TCPComponents) => Transport {
  return (components) => {
    const transport = create(components)
    const createListener = transport.createListener.bind(transport)
    transport.createListener = (options) => shared(createListener(options), prefaces, admission, webSockets)
    return transport
  }
}

function shared(
  listener: Listener,
  prefaces: readonly Preface[],
  admission: Admission | undefined,
  webSockets: WebSocketOptions | undefined,
): Listener {
  // Not part of its public face (@libp2p/tcp 11.0.28): the server whose connections it takes.
  const { server } = listener as unknown as { server: Server }
  const [toLibp2p, ...others] = server.listeners('connection')
  if (toLibp2p === undefined || others.length > 0) {
    throw new OverlayError('internal', 'The TCP listener of libp2p is not as it was: see src/net/first-bytes.ts.')
  }
  const sockets = new FirstBytes(prefaces, admission, toLibp2p as (socket: Socket) => void)
  server.removeAllListeners('connection')
  let door: WebSocketDoor | undefined
  server.on('connection', (socket) => (door ?? sockets).add(socket))
  const { listen, getAddrs } = listener
  listener.listen = async (address) => {
    const { webSocket } = relayEndOf(address) ?? {}
    if (webSocket !== undefined) {
      const { secure } = webSocket
      // Most nodes never need this.
      const { WebSocketDoor } = await import('./websocket-door.js')
      const suffix = secure ? '/tls/ws' : '/ws'
      door = new WebSocketDoor({ ...webSockets, secure, admission, enter: (...entered) => sockets.add(...entered) })
      listener.getAddrs = () => getAddrs.call(listener).map((each) => each.encapsulate(suffix))
    }
    return listen.call(listener, address)
  }
  const close = listener.close.bind(listener)
  listener.close = (...options) => {
    // A server has closed only when all its connections have.
    sockets.close()
    door?.close()
    return close(...options)
  }
  return listener
}

/** Holds the connections of one listener until it is known whose they are. */
export class FirstBytes {
  /** Holds those that have not shown all of their preface, the oldest first. */
  readonly #waiting = new Map<Socket, NodeJS.Timeout>()
  readonly #taken = new Set<Socket>()
  readonly #byFirstByte: ReadonlyMap<number, Preface>
  readonly #admission: Admission | undefined
  readonly #toLibp2p: (socket: Socket) => void

  constructor(prefaces: readonly Preface[], admission: Admission | undefined, toLibp2p: (socket: Socket) => void) {
    this.#byFirstByte = new Map(prefaces.map((preface) => [preface.byte, preface]))
    this.#admission = admission
    this.#toLibp2p = toLibp2p
  }

  add(socket: Socket, admitted?: Admitted): void {
    if (admitted?.arrived !== true && this.#admission?.arrived(socket) === false) {
      ignoreErrors(socket).destroy()
      return
    }
    const timer = setTimeout(() => socket.destroy(), firstBytesTimeoutMs)
    this.#waiting.set(socket, timer)
    if (this.#waiting.size > maxSilentSockets) this.#waiting.keys().next().value?.destroy()
    const begins = () => admitted?.begins === true || this.#admission?.begins(socket) !== false
    let came: Buffer = Buffer.alloc(0)
    const forget = () => {
      clearTimeout(timer)
      this.#waiting.delete(socket)
      socket.off('data', onData)
      socket.off('close', forget)
      socket.off('error', ignore)
    }
    const onData = (bytes: Buffer) => {
      came = came.byteLength === 0 ? bytes : Buffer.concat([came, bytes])
      const preface = this.#byFirstByte.get(came[0]!)
      if (preface !== undefined && came.byteLength < preface.length) return
      socket.pause()
      forget()
      if (came[0] === prefaceBytes.libp2p) {
        if (!begins()) {
          ignoreErrors(socket).destroy()
          return
        }
        socket.unshift(came)
        writeTogether(socket)
        this.#toLibp2p(socket)
        socket.resume()
      } else if (preface === undefined || (preface.ofStrangers === true && !begins())) {
        ignoreErrors(socket).destroy()
      } else {
        if (came.byteLength > preface.length) socket.unshift(came.subarray(preface.length))
        if (preface.ofStrangers !== true) this.#admission?.taken(socket)
        this.#taken.add(socket)
        ignoreErrors(socket)
        socket.once('close', () => this.#taken.delete(socket))
        preface.take(socket, came.subarray(0, preface.length))
      }
    }
    socket.on('data', onData)
    socket.on('close', forget)
    socket.on('error', ignore)
  }

  /** Ends the connections that have not shown all of their preface. */
  closeSilent(): void {
    for (const socket of [...this.#waiting.keys()]) socket.destroy()
  }

  close(): void {
    for (const socket of [...this.#waiting.keys(), ...this.#taken]) socket.destroy()
  }
}

function ignore(): void {}
