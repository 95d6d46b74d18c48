import { createHmac } from 'node:crypto'
import type { Socket } from 'node:net'
import { multiaddr } from '@multiformats/multiaddr'
import { anySignal } from '../core/abort.js'
import { toHex } from '../core/bytes.js'
import { OverlayError } from '../core/errors.js'
import { encodePreface, prefaceBytes, prefaceTokenBytes, tokenOf } from '../wire/prefaces.js'
import { connectSocket, type SocketAddress, socketAddressOf } from './connect-socket.js'
import type { Preface } from './first-bytes.js'

/** What a connection has to show to be for this session; its two sides alone know the secret. It names the session and proves nothing. */
export function directToken(sessionSecret: Uint8Array): Uint8Array {
  return createHmac('sha256', sessionSecret).update('chat-p2p/direct/1').digest()
}

/** Connections between the two sides of a session without a relay, on the port that the node listens on; either side may make them. */
export class DirectSockets {
  /** By token, in hex. */
  readonly #expected = new Map<string, (socket: Socket) => void>()
  readonly preface: Preface = {
    byte: prefaceBytes.direct,
    length: 1 + prefaceTokenBytes,
    take: (socket, preface) => {
      const take = this.#expected.get(toHex(tokenOf(preface)))
      if (take === undefined) socket.destroy()
      else take(socket)
    },
  }

  /** Hands connections that show the token to `take`, paused, until the returned function is called. */
  expect(token: Uint8Array, take: (socket: Socket) => void): () => void {
    const key = toHex(token)
    this.#expected.set(key, take)
    return () => {
      if (this.#expected.get(key) === take) this.#expected.delete(key)
    }
  }

  /**
   * Connects to the first of these addresses that answers, and shows the token. They come from others: those that are no TCP addresses are
   * passed over. Rejects with `unreachable`, or the signal's reason.
   */
  async connect(addresses: readonly string[], token: Uint8Array, signal: AbortSignal): Promise<Socket> {
    const targets = addresses.flatMap((address) => targetOf(address) ?? [])
    if (targets.length === 0) throw new OverlayError('unreachable', 'No address of the other side is known.')
    const others = new AbortController()
    const either = anySignal(signal, others.signal)
    const attempts = targets.map((target) => connectSocket(target, either))
    try {
      const first = await Promise.any(attempts)
      for (const attempt of attempts) {
        attempt.then((socket) => socket !== first && socket.destroy()).catch(() => {}) // one was enough
      }
      first.write(encodePreface(prefaceBytes.direct, token))
      return first
    } catch (error) {
      signal.throwIfAborted()
      throw error instanceof AggregateError ? error.errors.at(-1) : error
    } finally {
      others.abort(new OverlayError('canceled', 'Another address was faster.'))
    }
  }
}

function targetOf(address: string): SocketAddress | undefined {
  try {
    return socketAddressOf(multiaddr(address))
  } catch {
    return undefined
  }
}
