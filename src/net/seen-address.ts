import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { OverlayError } from '../core/errors.js'
import { maxSeenSockets, seenLingerMs } from '../core/limits.js'
import { waitFor } from '../core/waiting.js'
import { prefaceBytes, prefaceTokenBytes, tokenOf } from '../wire/prefaces.js'
import { decodeSeenAnswer, encodeSeenAnswer, encodeSeenQuestion, type SeenAddress } from '../wire/seen-address.js'
import { reachOf } from './candidates.js'
import { connectSocket, type SocketAddress } from './connect-socket.js'
import type { Preface } from './first-bytes.js'

/**
 * Tells, at a relay, whoever asks from which address the connection comes. Anybody may ask, as it costs next to nothing and says
 * what the asker's network shows to everyone: fewer bytes go out than came, and the connection counts as a stranger's.
 */
export class SeenAddresses {
  /** Holds the sockets on which somebody asked, the oldest first. */
  readonly #sockets = new Set<Socket>()
  readonly preface: Preface = {
    byte: prefaceBytes.seen,
    length: 1 + prefaceTokenBytes,
    ofStrangers: true,
    take: (socket, preface) => this.#take(socket, tokenOf(preface)),
  }

  #take(socket: Socket, mask: Uint8Array): void {
    const { remoteAddress, remotePort } = socket
    if (remoteAddress === undefined || remotePort === undefined) {
      socket.destroy()
      return
    }
    this.#sockets.add(socket)
    if (this.#sockets.size > maxSeenSockets) this.#sockets.values().next().value?.destroy()
    const timer = setTimeout(() => socket.destroy(), seenLingerMs)
    socket.once('close', () => {
      clearTimeout(timer)
      this.#sockets.delete(socket)
    })
    socket.write(encodeSeenAnswer({ host: remoteAddress, port: remotePort }, mask))
    // Nothing else is said on it. It stays open while the asker needs its router to remember the port.
    socket.on('data', () => socket.destroy())
    socket.resume()
  }
}

/** Holds what a relay sees, and the connection on which it was asked: the router forgets the port soon after that is closed. */
export interface SeenFrom {
  seen: SeenAddress
  socket: Socket
}

/**
 * Asks the relay at this address how it sees `localPort` of this machine; `permits` says to which addresses of its name a
 * connection may be made. Rejects with `unreachable`, `protocol_error` or the signal's reason.
 */
export async function askSeenAddress(
  relay: SocketAddress,
  from: { localPort: number; permits?: (address: string) => boolean },
  signal: AbortSignal,
): Promise<SeenFrom> {
  const mask = randomBytes(prefaceTokenBytes)
  const socket = await connectSocket(relay, signal, from)
  try {
    socket.write(encodeSeenQuestion(mask))
    const seen = await waitFor<SeenAddress>(signal, (resolve, reject) => {
      let came: Buffer = Buffer.alloc(0)
      const onData = (bytes: Buffer) => {
        came = Buffer.concat([came, bytes])
        try {
          const answer = decodeSeenAnswer(came, mask)
          if (answer !== undefined) resolve(answer)
        } catch (error) {
          reject(error)
        }
      }
      const onClose = () => reject(new OverlayError('unreachable', 'The relay does not tell which address it sees.'))
      socket.on('data', onData).on('close', onClose)
      return () => socket.off('data', onData).off('close', onClose)
    })
    // Who believes that opens what is on this machine alone to whoever it is going to meet.
    if (reachOf(seen.host) === 'loopback' && reachOf(socket.remoteAddress ?? '') !== 'loopback') {
      throw new OverlayError('protocol_error', 'A relay elsewhere says that it is on this machine.')
    }
    return { seen, socket: socket.resume() }
  } catch (error) {
    socket.destroy()
    throw error
  }
}
