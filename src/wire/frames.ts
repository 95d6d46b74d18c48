import { OverlayError } from '../core/errors.js'
import { maxAppDataBytes, maxInstanceIdBytes, maxNameBytes, maxReasonBytes } from '../core/limits.js'
import { utf8Length } from '../core/text.js'
import { Abort, DialAnswer, DialRequest, DirectOffer, ResumeAnswer, ResumeRequest } from './messages/session.js'
import { decodeVarint } from './varint.js'

/** Numbers of the frames of the session protocol: never reused, never renumbered. PROTOCOL.md says what each is for. */
export const frameTypes = {
  dial: 1,
  dialAnswer: 2,
  resume: 3,
  resumeAnswer: 4,
  data: 5,
  ack: 6,
  fin: 7,
  abort: 8,
  ping: 9,
  pong: 10,
  direct: 11,
  cancel: 12,
  choose: 13,
  close: 14,
  again: 15,
} as const

export interface DataFrame {
  type: 'data'
  offset: number
  /** In pieces so that nobody has to copy it; never empty. */
  payload: Uint8Array[]
}

/** A frame whose body is plain numbers, or nothing. */
export type NumberFrame =
  /** All bytes below `received` have come (the end counts as one more); the peer may send up to the offset `credit`. */
  | { type: 'ack'; received: number; credit: number }
  /** The sender's stream ends at `offset`. */
  | { type: 'fin'; offset: number }
  | { type: 'ping'; id: number }
  /** Answers the ping of this id, and all before it on this path. */
  | { type: 'pong'; id: number }
  /** The dialer gives up while it rings. */
  | { type: 'cancel' }
  /** The dialer sends new data on this path from now on; a higher number is a later choice. */
  | { type: 'choose'; number: number }
  /** The sender closes this path in good order; on TLS sockets only, where the end of the bytes does not say so. */
  | { type: 'close' }
  /** The session of this path is over: another may be asked for on it. The dialer asks, the host answers with the same. */
  | { type: 'again' }

/** A frame whose body is a protobuf message. */
export type MessageFrame =
  | { type: 'dial'; request: DialRequest }
  | { type: 'dialAnswer'; answer: DialAnswer }
  | { type: 'resume'; request: ResumeRequest }
  | { type: 'resumeAnswer'; answer: ResumeAnswer }
  | { type: 'abort'; code: number; reason: string }
  | { type: 'direct'; offer: DirectOffer }

/** One frame as a value. Offsets, credit and ids are integers from 0 to 2^53-1. */
export type Frame = DataFrame | NumberFrame | MessageFrame

export const dialIdBytes = 16
export const sessionIdBytes = 16
export const sessionSecretBytes = 32
/** Addresses of either kind in one DIRECT frame, and bytes of each; the number is also in session.proto. */
export const maxDirectAddresses = 16
export const maxDirectAddressBytes = 512

/** Bytes of all pieces together. */
export function payloadLength(payload: readonly Uint8Array[]): number {
  let length = 0
  for (const piece of payload) length += piece.byteLength
  return length
}

/** The error for bytes that are no frame. */
export function malformed(what: string): OverlayError {
  return new OverlayError('protocol_error', `A session frame is malformed: ${what}.`)
}

/** The numbers that are the body of this frame; undefined when its body is a message. */
export function numbersOf(frame: NumberFrame | MessageFrame): number[] | undefined {
  switch (frame.type) {
    case 'ack':
      return [frame.received, frame.credit]
    case 'fin':
      return [frame.offset]
    case 'ping':
    case 'pong':
      return [frame.id]
    case 'choose':
      return [frame.number]
    case 'cancel':
    case 'close':
    case 'again':
      return []
    default:
      return undefined
  }
}

/** The protobuf body of this frame; throws for one whose body is numbers. */
export function messageOf(frame: NumberFrame | MessageFrame): Uint8Array {
  switch (frame.type) {
    case 'dial':
      return DialRequest.encode(frame.request)
    case 'dialAnswer':
      return DialAnswer.encode(frame.answer)
    case 'resume':
      return ResumeRequest.encode(frame.request)
    case 'resumeAnswer':
      return ResumeAnswer.encode(frame.answer)
    case 'abort':
      return Abort.encode({ code: frame.code, reason: frame.reason })
    case 'direct':
      return DirectOffer.encode(frame.offer)
    default:
      throw new RangeError(`a ${frame.type} frame has no message`)
  }
}

/** Reads the body of any frame but DATA; throws `protocol_error`. */
export function decodeBody(type: number, body: Uint8Array): NumberFrame | MessageFrame {
  switch (type) {
    case frameTypes.ack: {
      const [received, credit] = numbers(body, 2)
      return { type: 'ack', received: received!, credit: credit! }
    }
    case frameTypes.fin:
      return { type: 'fin', offset: numbers(body, 1)[0]! }
    case frameTypes.ping:
      return { type: 'ping', id: numbers(body, 1)[0]! }
    case frameTypes.pong:
      return { type: 'pong', id: numbers(body, 1)[0]! }
    case frameTypes.choose:
      return { type: 'choose', number: numbers(body, 1)[0]! }
    case frameTypes.cancel:
      numbers(body, 0)
      return { type: 'cancel' }
    case frameTypes.close:
      numbers(body, 0)
      return { type: 'close' }
    case frameTypes.again:
      numbers(body, 0)
      return { type: 'again' }
    default:
      return decodeMessage(type, body)
  }
}

function decodeMessage(type: number, body: Uint8Array): MessageFrame {
  switch (type) {
    case frameTypes.dial: {
      const request = message('DIAL', () => DialRequest.decode(body))
      sized('a dial id', request.dialId, dialIdBytes)
      capped('a service name', utf8Length(request.service), maxNameBytes)
      capped('an instance id', utf8Length(request.instanceId), maxInstanceIdBytes)
      capped('appData', request.appData.byteLength, maxAppDataBytes)
      return { type: 'dial', request }
    }
    case frameTypes.dialAnswer: {
      const answer = message('DIAL_ANSWER', () => DialAnswer.decode(body))
      capped('a reason', utf8Length(answer.reason), maxReasonBytes)
      if (answer.sessionId.byteLength > 0) sized('a session id', answer.sessionId, sessionIdBytes)
      if (answer.secret.byteLength > 0) sized('a session secret', answer.secret, sessionSecretBytes)
      return { type: 'dialAnswer', answer }
    }
    case frameTypes.resume: {
      const request = message('RESUME', () => ResumeRequest.decode(body))
      sized('a session id', request.sessionId, sessionIdBytes)
      sized('a session secret', request.secret, sessionSecretBytes)
      safe(request.received, request.credit)
      return { type: 'resume', request }
    }
    case frameTypes.resumeAnswer: {
      const answer = message('RESUME_ANSWER', () => ResumeAnswer.decode(body))
      capped('a reason', utf8Length(answer.reason), maxReasonBytes)
      safe(answer.received, answer.credit)
      return { type: 'resumeAnswer', answer }
    }
    case frameTypes.abort: {
      const { code, reason } = message('ABORT', () => Abort.decode(body))
      capped('a reason', utf8Length(reason), maxReasonBytes)
      return { type: 'abort', code, reason }
    }
    case frameTypes.direct: {
      const limits = { multiaddrs: maxDirectAddresses, punch: maxDirectAddresses }
      const offer = message('DIRECT', () => DirectOffer.decode(body, { limits }))
      for (const address of [...offer.multiaddrs, ...offer.punch]) {
        capped('an address', utf8Length(address), maxDirectAddressBytes)
      }
      return { type: 'direct', offer }
    }
    default:
      throw malformed(`type ${type} is unknown`)
  }
}

function numbers(body: Uint8Array, count: number): number[] {
  const values: number[] = []
  let offset = 0
  for (let index = 0; index < count; index++) {
    const { value, end } = decodeVarint(body, offset)
    values.push(value)
    offset = end
  }
  if (offset !== body.byteLength) throw malformed('it is longer than its content')
  return values
}

function message<T>(name: string, decode: () => T): T {
  try {
    return decode()
  } catch (cause) {
    throw new OverlayError('protocol_error', `A ${name} frame is malformed.`, { cause })
  }
}

function sized(what: string, bytes: Uint8Array, length: number): void {
  if (bytes.byteLength !== length) throw malformed(`${what} has ${bytes.byteLength} bytes instead of ${length}`)
}

function capped(what: string, length: number, cap: number): void {
  if (length > cap) throw malformed(`${what} of ${length} bytes is over the cap of ${cap}`)
}

function safe(...values: number[]): void {
  for (const value of values) if (!Number.isSafeInteger(value) || value < 0) throw malformed('a number is out of range')
}
