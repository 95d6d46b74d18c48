import { createHmac } from 'node:crypto'
import type { Socket } from 'node:net'
import { toHex } from '../core/bytes.js'
import { prefaceBytes, prefaceTokenBytes, tokenOf } from '../wire/prefaces.js'
import type { Preface } from './first-bytes.js'

/**
 * Returns the token that a connection shows to say for which session it is; the two sides alone know the secret. It names the
 * session and proves nothing.
 */
export function directToken(sessionSecret: Uint8Array): Uint8Array {
  return createHmac('sha256', sessionSecret).update('chat-p2p/direct/1').digest()
}

/**
 * Takes the connections that the other sides of sessions open without a relay, to whatever port this side listens on; each shows
 * its session's token.
 */
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
}
