import { createServer, type IncomingMessage, type Server } from 'node:http'
import { isIP, type Socket } from 'node:net'
import { type SecureContext, TLSSocket } from 'node:tls'
import { WebSocketServer } from 'ws'
import { firstBytesTimeoutMs, maxSilentSockets, maxWebSocketHeaderBytes } from '../core/limits.js'
import { ignoreErrors } from '../core/socket-errors.js'
import { webSocketProtocol } from '../wire/protocols.js'
import type { Admission } from './admission.js'
import { WebSocketSocket, webSocketOptions } from './websocket-socket.js'

export interface WebSocketOptions {
  /** Returns the certificate of `/tls/ws`, as it is now; without this function there is none to listen with. */
  secureContext?: () => SecureContext
  /**
   * Returns whether the machine of this address is a TLS terminator of ours, which is believed when it says whose connection it
   * passes on; default: none is.
   */
  trustsProxy?: (address: string) => boolean
}

/** Says what the admission was asked already. */
export interface Admitted {
  arrived: boolean
  begins: boolean
}

export interface DoorOptions extends WebSocketOptions {
  secure: boolean
  admission: Admission | undefined
  /** Takes the socket that runs inside the WebSocket. */
  enter: (socket: Socket, admitted: Admitted) => void
}

/**
 * Takes TCP connections that become WebSockets, whatever path they ask for: TLS where it is on, then the request, all within 5 s
 * and with at most 8 KiB of header. Of more than 2 048 that have not come so far the oldest goes. Other requests get 426 and are
 * closed.
 */
export class WebSocketDoor {
  readonly #options: DoorOptions
  readonly #http: Server
  readonly #webSockets = new WebSocketServer({
    ...webSocketOptions,
    noServer: true,
    clientTracking: false,
    handleProtocols: (offered) => (offered.has(webSocketProtocol) ? webSocketProtocol : false),
  })
  /** Holds the connections that have not become a WebSocket yet, the oldest first. */
  readonly #waiting = new Map<Socket, NodeJS.Timeout>()
  readonly #all = new Set<Socket>()

  constructor(options: DoorOptions) {
    this.#options = options
    this.#http = createServer({ maxHeaderSize: maxWebSocketHeaderBytes }, (_, response) => {
      response.writeHead(426, { connection: 'close', upgrade: 'websocket', 'content-type': 'text/plain' })
      response.end('This is a relay of chat-p2p. It speaks WebSocket only.\n')
    })
    this.#http.on('upgrade', (request, socket: Socket, head) => this.#upgrade(request, socket, head))
    this.#http.on('clientError', (_, socket) => socket.destroy())
  }

  /** Takes a connection that has just come. */
  add(socket: Socket): void {
    const { secure, admission } = this.#options
    ignoreErrors(socket)
    // Whom a proxy passes on is known, and let in, when the request has come.
    if (!this.#isProxy(socket) && admission !== undefined) {
      if (!admission.arrived(socket) || (secure && !admission.begins(socket))) {
        socket.destroy()
        return
      }
    }
    this.#all.add(socket)
    this.#waiting.set(
      socket,
      setTimeout(() => socket.destroy(), firstBytesTimeoutMs),
    )
    if (this.#waiting.size > maxSilentSockets) this.#waiting.keys().next().value?.destroy()
    socket.once('close', () => {
      this.#leave(socket)
      this.#all.delete(socket)
    })
    const { secureContext } = this.#options
    if (!secure || secureContext === undefined) this.#request(socket, socket)
    else {
      const secured = new TLSSocket(socket, {
        isServer: true,
        secureContext: secureContext(),
        ALPNProtocols: ['http/1.1'],
      })
      secured.on('error', () => socket.destroy())
      secured.once('secure', () => this.#request(secured, socket))
    }
  }

  close(): void {
    for (const socket of this.#all) socket.destroy()
  }

  /** Reads the request; behind TLS it comes from another socket (`socket`) than the one that connected (`came`). */
  #request(socket: Socket, came: Socket): void {
    below.set(socket, came)
    this.#http.emit('connection', socket)
  }

  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const came = below.get(socket)
    if (came === undefined) {
      socket.destroy()
      return
    }
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      this.#leave(came)
      const passedOn = this.#isProxy(came)
      const remoteAddress = passedOn
        ? (clientOf(request, this.#options.trustsProxy) ?? came.remoteAddress)
        : came.remoteAddress
      const inside = new WebSocketSocket(webSocket, socket, { remoteAddress, remotePort: came.remotePort })
      this.#options.enter(inside.socket, { arrived: !passedOn, begins: !passedOn && this.#options.secure })
    })
  }

  #leave(socket: Socket): void {
    clearTimeout(this.#waiting.get(socket))
    this.#waiting.delete(socket)
  }

  #isProxy({ remoteAddress }: Socket): boolean {
    return remoteAddress !== undefined && this.#options.trustsProxy?.(remoteAddress) === true
  }
}

/** Says what a request's socket runs on. */
const below = new WeakMap<Socket, Socket>()

/**
 * Returns the address that asked the outermost of our proxies: the last one in `X-Forwarded-For` that is none of a proxy of ours.
 * Anybody could have written what stands before it.
 */
export function clientOf(
  { headers }: Pick<IncomingMessage, 'headers'>,
  trustsProxy: (address: string) => boolean = () => false,
): string | undefined {
  const said = headers['x-forwarded-for']
  const addresses = (Array.isArray(said) ? said.join(',') : (said ?? ''))
    .split(',')
    .map((text) => plainAddress(text.trim()))
  const client = addresses.findLast((address) => address === undefined || !trustsProxy(address))
  return client
}

/** Returns an address without the port that some write behind it; undefined for what is no IP address. */
function plainAddress(text: string): string | undefined {
  const [, bracketed, four] = /^\[(.+)\](?::\d+)?$|^([\d.]+)(?::\d+)?$/.exec(text) ?? []
  const address = bracketed ?? four ?? text
  return isIP(address) === 0 ? undefined : address
}
