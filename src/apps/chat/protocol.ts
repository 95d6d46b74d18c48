import { OverlayError } from '../../core/errors.js'
import { maxMessageBytes } from '../../core/limits.js'
import { ChatMessage } from '../../wire/messages/chat.js'

/*
 * The chat's protocol inside a session: in both directions, ChatMessages, each behind its length as an unsigned varint.
 * Texts are numbered 1, 2, 3… in each direction; a receipt says that a text, and all before it, have been shown.
 */

/** Tags, lengths and the id around the text of one message. */
const overheadBytes = 32
export const maxFrameBytes = maxMessageBytes + overheadBytes

export function encodeFrame(message: ChatMessage): Uint8Array {
  const body = ChatMessage.encode(message)
  const prefix: number[] = []
  for (let rest = body.byteLength; ; rest >>>= 7) {
    if (rest < 0x80) {
      prefix.push(rest)
      break
    }
    prefix.push((rest & 0x7f) | 0x80)
  }
  const frame = new Uint8Array(prefix.length + body.byteLength)
  frame.set(prefix)
  frame.set(body, prefix.length)
  return frame
}

/**
 * Cuts a byte stream into messages. Holds at most one incomplete frame, of at most `maxBytes`. `push` and `end` throw
 * `protocol_error` for whatever isn't exactly that; the reader is of no use afterwards.
 */
export class FrameReader {
  #chunks: Uint8Array[] = []
  #bytes = 0
  /** Length of the frame being read and of its prefix, once known. */
  #frame: { prefixBytes: number; bodyBytes: number } | undefined

  constructor(private readonly maxBytes: number = maxFrameBytes) {}

  /** The messages completed by these bytes, one by one: those before a damaged one still come. */
  *push(chunk: Uint8Array): Generator<ChatMessage> {
    this.#chunks.push(chunk)
    this.#bytes += chunk.byteLength
    for (;;) {
      this.#frame ??= this.#readPrefix()
      if (this.#frame === undefined) return
      const { prefixBytes, bodyBytes } = this.#frame
      if (this.#bytes < prefixBytes + bodyBytes) return
      const buffered = this.#joined()
      const body = buffered.subarray(prefixBytes, prefixBytes + bodyBytes)
      this.#chunks = [buffered.subarray(prefixBytes + bodyBytes)]
      this.#bytes -= prefixBytes + bodyBytes
      this.#frame = undefined
      yield decodeBody(body)
    }
  }

  /** To be called when the stream is over: throws when that was in the middle of a message. */
  end(): void {
    if (this.#bytes > 0) throw damaged('it stopped in the middle of a message')
  }

  #readPrefix(): { prefixBytes: number; bodyBytes: number } | undefined {
    if (this.#bytes === 0) return undefined
    const buffered = this.#joined()
    let bodyBytes = 0
    for (let index = 0; index < 4; index++) {
      const byte = buffered[index]
      if (byte === undefined) return undefined
      bodyBytes |= (byte & 0x7f) << (7 * index)
      if (byte < 0x80) {
        if (bodyBytes === 0 || bodyBytes > this.maxBytes) throw damaged(`a message of ${bodyBytes} bytes`)
        return { prefixBytes: index + 1, bodyBytes }
      }
    }
    throw damaged('a length that is none')
  }

  #joined(): Uint8Array {
    const [only, ...more] = this.#chunks
    if (only !== undefined && more.length === 0) return only
    const joined = new Uint8Array(Buffer.concat(this.#chunks))
    this.#chunks = [joined]
    return joined
  }
}

function decodeBody(body: Uint8Array): ChatMessage {
  let message: ChatMessage
  try {
    message = ChatMessage.decode(body)
  } catch (error) {
    throw damaged('a message that cannot be decoded', error)
  }
  const id = message.text?.id ?? message.receipt?.id
  if (id === undefined || id === 0) throw damaged('a message that is neither text nor receipt')
  // protons reads malformed UTF-8 as something else; well-formed text is found in the message byte for byte.
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  if (message.text !== undefined && !bytes.includes(Buffer.from(message.text.text))) {
    throw damaged('a text that is not UTF-8')
  }
  return message
}

/** The error of everything a peer sends that is not part of this protocol. */
export function damaged(what: string, cause?: unknown): OverlayError {
  return new OverlayError('protocol_error', `The other side sent what is no chat: ${what}.`, { cause })
}
