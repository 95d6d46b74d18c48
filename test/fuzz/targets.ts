import fc from 'fast-check'
import { Uint8ArrayList } from 'uint8arraylist'
import { parseCommand } from '../../src/apps/chat/commands.js'
import { FrameReader } from '../../src/apps/chat/protocol.js'
import { parseEndpoint } from '../../src/apps/forward/endpoint.js'
import { parseHostPort } from '../../src/apps/forward/host-port.js'
import { LineDecoder } from '../../src/apps/rendezvous/framing.js'
import { checkIdentityName, checkInstanceId, parseAddress } from '../../src/core/address.js'
import { isOverlayError } from '../../src/core/errors.js'
import { maxSessionFrameBytes } from '../../src/core/limits.js'
import { escapeControls, hasUnseen, shownName, truncateUtf8, utf8Length } from '../../src/core/text.js'
import { peek } from '../../src/identity/envelope.js'
import { parseIdentity } from '../../src/identity/identity-json.js'
import { checkRole } from '../../src/identity/policy.js'
import { peekTerminator } from '../../src/identity/terminator.js'
import { FrameGuard } from '../../src/net/guard/frame-guard.js'
import { acceptedHere, StreamGuard } from '../../src/net/guard/stream-guard.js'
import { isPublicAddress, parseListenAddress, parsePeerAddress } from '../../src/rendezvous/address.js'
import { FrameDecoder } from '../../src/wire/frame-decoder.js'
import type { Frame } from '../../src/wire/frames.js'
import { MessageDecoder } from '../../src/wire/length-prefix.js'
import * as chat from '../../src/wire/messages/chat.js'
import * as directory from '../../src/wire/messages/directory.js'
import * as hello from '../../src/wire/messages/hello.js'
import * as identity from '../../src/wire/messages/identity.js'
import * as session from '../../src/wire/messages/session.js'
import { requestIdOf } from '../../src/wire/request-id.js'
import { decodeRowPage } from '../../src/wire/row-page.js'
import { decodeVarint } from '../../src/wire/varint.js'
import { hostileBytes, hostilePieces, hostileText } from './bytes.js'

/** Something that reads what others send or a person types. `read` throws an OverlayError for what it refuses, and nothing else. */
export interface Target {
  name: string
  property: fc.IProperty<[unknown]>
}

const target = <T>(name: string, input: fc.Arbitrary<T>, read: (input: T) => void): Target => ({
  name,
  property: fc.property(input, (value) => {
    try {
      read(value)
    } catch (error) {
      if (!isOverlayError(error)) throw error
    }
  }) as fc.IProperty<[unknown]>,
})

/** A codec that protons made: whoever calls it wraps what it throws, so any Error will do. */
interface Codec {
  encode(message: unknown): Uint8Array
  decode(bytes: Uint8Array): unknown
}

const codecs = Object.entries<unknown>({ ...chat, ...directory, ...hello, ...identity, ...session }).filter(
  (entry): entry is [string, Codec] => typeof (entry[1] as Partial<Codec>).decode === 'function',
)

const messages: Target[] = codecs.map(([name, codec]) => ({
  name: `message ${name}`,
  property: fc.property(hostileBytes, (bytes) => {
    let message: unknown
    try {
      message = codec.decode(bytes)
    } catch (error) {
      if (error instanceof Error) return
      throw error
    }
    // What was read can be written, and is read as the same again.
    const again = codec.encode(message)
    if (Buffer.compare(codec.encode(codec.decode(again)), again) !== 0) throw new Error('not the same again')
  }) as fc.IProperty<[unknown]>,
}))

/** Reads a stream: `push` returns what each piece brings, `end` what its end does. Either may throw an OverlayError. */
interface Reader {
  push(piece: Uint8Array): Iterable<unknown>
  end?(): Iterable<unknown>
}

/** Returns all that was read, and what was thrown at last. */
function outcomeOf({ push, end = () => [] }: Reader, pieces: readonly Uint8Array[]): string {
  const read: unknown[] = []
  try {
    for (const piece of pieces) for (const each of push(piece)) read.push(each)
    for (const each of end()) read.push(each)
  } catch (error) {
    if (!isOverlayError(error)) throw error
    read.push(error.code, error.message)
  }
  return JSON.stringify(read, (_, value) => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value))
}

/** A stream means the same, however it is cut into the pieces that arrive. */
const stream = (name: string, open: () => Reader): Target => ({
  name,
  property: fc.property(hostilePieces, (pieces) => {
    const whole = Uint8Array.from(Buffer.concat(pieces))
    const expected = outcomeOf(open(), [whole])
    for (const cut of [pieces, Array.from(whole, (byte) => Uint8Array.of(byte))]) {
      const outcome = outcomeOf(open(), cut)
      if (outcome !== expected) throw new Error(`${outcome} in pieces, ${expected} in one`)
    }
  }) as fc.IProperty<[unknown]>,
})

function* until<T>(next: () => T | undefined): Iterable<T> {
  for (let each = next(); each !== undefined; each = next()) yield each
}

const streams: Target[] = [
  stream('frames of a session', () => {
    const decoder = new FrameDecoder(maxSessionFrameBytes)
    const whole = (frame: Frame) =>
      frame.type === 'data' ? { ...frame, payload: Uint8Array.from(Buffer.concat(frame.payload)) } : frame
    return {
      *push(piece) {
        decoder.push(piece)
        for (const frame of until(() => decoder.next())) yield whole(frame)
      },
    }
  }),
  stream('messages of a stream', () => {
    const decoder = new MessageDecoder()
    return {
      *push(piece) {
        decoder.push(piece)
        yield* until(() => decoder.next(300))
      },
      end: () => [decoder.atBoundary, decoder.bufferedBytes, decoder.rest()],
    }
  }),
  stream('frames of the chat', () => {
    const reader = new FrameReader()
    return {
      push: (piece) => reader.push(piece),
      end: () => {
        reader.end()
        return []
      },
    }
  }),
  stream('lines of the rendezvous chat', () => {
    const decoder = new LineDecoder(32)
    return {
      *push(piece) {
        for (const line of decoder.push(piece)) {
          if (line.text.includes('\n')) throw new Error('a line of two')
          yield line
        }
      },
      end: () => decoder.end(),
    }
  }),
  stream('the guard of a stream', () => {
    const guard = new StreamGuard({
      accepts: acceptedHere(['/a', '/b']),
      rule: () => ({ maxMessageBytes: 64, messages: 4, afterwards: 'anything' }),
      spend: () => {},
    })
    let given = 0
    return {
      *push(piece) {
        given += piece.byteLength
        const out = new Uint8ArrayList()
        try {
          guard.push(piece, out)
        } finally {
          yield* out.subarray()
        }
        if (out.byteLength > given) throw new Error('more came out than went in')
      },
      end: () => [guard.done],
    }
  }),
  stream('the guard of frames', () => {
    const seen: string[] = []
    const guard = new FrameGuard({
      maxFrameBytes: 1000,
      opened: () => void seen.push('opened'),
      pinged: () => void seen.push('pinged'),
    })
    return {
      *push(piece) {
        try {
          guard.push([piece])
        } finally {
          yield* seen.splice(0)
        }
      },
    }
  }),
]

const records: Target[] = [
  target('a varint', hostileBytes, (bytes) => void decodeVarint(bytes, 0)),
  target('the request id of a message', hostileBytes, (bytes) => void requestIdOf(bytes)),
  target('a signed envelope', hostileBytes, (bytes) => void peek(bytes, 1024)),
  target('a terminator', hostileBytes, (bytes) => void peekTerminator(bytes)),
  target(
    'a page of rows',
    fc.record({ names: hostileBytes, figures: hostileBytes, states: hostileBytes, hosts: fc.constant([] as never[]) }),
    (page) => void decodeRowPage(page as Parameters<typeof decodeRowPage>[0], 100),
  ),
]

const texts: Target[] = [
  target('an address of a person', hostileText, (text) => void parseAddress(text, 'chat', (name) => name === 'ssh')),
  target('a name', hostileText, (text) => void checkIdentityName(text)),
  target('an instance id', hostileText, (text) => void checkInstanceId(text)),
  target('a role', hostileText, (text) => void checkRole(text)),
  target('host:port', hostileText, (text) => void parseHostPort(text, 'x')),
  target('an endpoint', hostileText, (text) => void parseEndpoint(text, 'x')),
  target('an address to listen on', hostileText, (text) => void parseListenAddress(`/ip4/${text}`)),
  target('an address of a peer', hostileText, (text) => void isPublicAddress(parsePeerAddress(text).address)),
  target('an identity file', hostileText, (text) => void parseIdentity(text, 'x')),
  target(
    'a line of the chat',
    hostileText,
    (text) => void parseCommand(text, { service: 'chat', hasService: () => false }),
  ),
  target('what is shown', hostileText, (text) => {
    if (/[\x00-\x08\x0b-\x1f\x7f-\x9f]/.test(escapeControls(text))) throw new Error('a control character is left')
    if (hasUnseen(shownName(text))) throw new Error('something unseen is left')
    if (utf8Length(truncateUtf8(text, 10)) > 10) throw new Error('not truncated')
  }),
]

export const targets: readonly Target[] = [...messages, ...streams, ...records, ...texts]
