import { OverlayError } from '../../core/errors.js'
import { maxMessageBytes } from '../../core/limits.js'
import { MessageDecoder, withLength } from '../../wire/length-prefix.js'
import { ChatMessage } from '../../wire/messages/chat.js'

/*
 * The chat's protocol inside a session: in both directions, ChatMessages, each behind its length as an unsigned varint.
 * Texts are numbered 1, 2, 3… in each direction; a receipt says that a text, and all before it, have been shown.
 */

/** Counts the tags, lengths and the id around the text of one message. */
const overheadBytes = 32
export const maxFrameBytes = maxMessageBytes + overheadBytes

export function encodeFrame(message: ChatMessage): Uint8Array {
  return withLength(ChatMessage.encode(message))
}

/**
 * Cuts a byte stream into messages. Holds at most one incomplete frame, of at most `maxBytes`. `push` and `end` throw
 * `protocol_error` for anything else; the reader is of no use afterwards.
 */
export class FrameReader {
  readonly #decoder = new MessageDecoder()
  readonly #maxBytes: number

  constructor(maxBytes: number = maxFrameBytes) {
    this.#maxBytes = maxBytes
  }

  /** Yields the messages completed by these bytes, one by one: those before a damaged one still come. */
  *push(chunk: Uint8Array): Generator<ChatMessage> {
    this.#decoder.push(chunk)
    for (let body = this.#next(); body !== undefined; body = this.#next()) yield decodeBody(body)
  }

  /** Called when the stream is over: throws when that was in the middle of a message. */
  end(): void {
    if (!this.#decoder.atBoundary) throw damaged('it stopped in the middle of a message')
  }

  #next(): Uint8Array | undefined {
    try {
      return this.#decoder.next(this.#maxBytes)
    } catch (error) {
      throw damaged('a message that is none, or too long', error)
    }
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

/** Makes the error for whatever a peer sends that is not part of this protocol. */
export function damaged(what: string, cause?: unknown): OverlayError {
  return new OverlayError('protocol_error', `The other side sent what is no chat: ${what}.`, { cause })
}
