import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface DialRequest {
  dialId: Uint8Array<ArrayBuffer>
  service: string
  instanceId: string
  appData: Uint8Array<ArrayBuffer>
  connectTimeoutMs: number
  direct: boolean
  receiveWindowBytes: number
}

export namespace DialRequest {
  let _codec: Codec<DialRequest>

  export const codec = (): Codec<DialRequest> => {
    if (_codec == null) {
      _codec = message<DialRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.dialId != null && obj.dialId.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.dialId)
        }

        if ((obj.service != null && obj.service !== '')) {
          w.uint32(18)
          w.string(obj.service)
        }

        if ((obj.instanceId != null && obj.instanceId !== '')) {
          w.uint32(26)
          w.string(obj.instanceId)
        }

        if ((obj.appData != null && obj.appData.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.appData)
        }

        if ((obj.connectTimeoutMs != null && obj.connectTimeoutMs !== 0)) {
          w.uint32(40)
          w.uint32(obj.connectTimeoutMs)
        }

        if ((obj.direct != null && obj.direct !== false)) {
          w.uint32(48)
          w.bool(obj.direct)
        }

        if ((obj.receiveWindowBytes != null && obj.receiveWindowBytes !== 0)) {
          w.uint32(56)
          w.uint32(obj.receiveWindowBytes)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          dialId: uint8ArrayAlloc(0),
          service: '',
          instanceId: '',
          appData: uint8ArrayAlloc(0),
          connectTimeoutMs: 0,
          direct: false,
          receiveWindowBytes: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.dialId = reader.bytes()
              break
            }
            case 2: {
              obj.service = reader.string()
              break
            }
            case 3: {
              obj.instanceId = reader.string()
              break
            }
            case 4: {
              obj.appData = reader.bytes()
              break
            }
            case 5: {
              obj.connectTimeoutMs = reader.uint32()
              break
            }
            case 6: {
              obj.direct = reader.bool()
              break
            }
            case 7: {
              obj.receiveWindowBytes = reader.uint32()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.dialId`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.service`,
                value: reader.string()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.instanceId`,
                value: reader.string()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.appData`,
                value: reader.bytes()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.connectTimeoutMs`,
                value: reader.uint32()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.direct`,
                value: reader.bool()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.receiveWindowBytes`,
                value: reader.uint32()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface DialRequestDialIdFieldEvent {
    field: '$.dialId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface DialRequestServiceFieldEvent {
    field: '$.service'
    value: string
  }

  export interface DialRequestInstanceIdFieldEvent {
    field: '$.instanceId'
    value: string
  }

  export interface DialRequestAppDataFieldEvent {
    field: '$.appData'
    value: Uint8Array<ArrayBuffer>
  }

  export interface DialRequestConnectTimeoutMsFieldEvent {
    field: '$.connectTimeoutMs'
    value: number
  }

  export interface DialRequestDirectFieldEvent {
    field: '$.direct'
    value: boolean
  }

  export interface DialRequestReceiveWindowBytesFieldEvent {
    field: '$.receiveWindowBytes'
    value: number
  }

  export function encode (obj: Partial<DialRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, DialRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DialRequest>): DialRequest {
    return decodeMessage(buf, DialRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DialRequest>): Generator<DialRequestDialIdFieldEvent | DialRequestServiceFieldEvent | DialRequestInstanceIdFieldEvent | DialRequestAppDataFieldEvent | DialRequestConnectTimeoutMsFieldEvent | DialRequestDirectFieldEvent | DialRequestReceiveWindowBytesFieldEvent> {
    return streamMessage(buf, DialRequest.codec(), opts)
  }
}

export interface DialAnswer {
  status: number
  reason: string
  sessionId: Uint8Array<ArrayBuffer>
  secret: Uint8Array<ArrayBuffer>
  receiveWindowBytes: number
  direct: boolean
}

export namespace DialAnswer {
  let _codec: Codec<DialAnswer>

  export const codec = (): Codec<DialAnswer> => {
    if (_codec == null) {
      _codec = message<DialAnswer>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.status != null && obj.status !== 0)) {
          w.uint32(8)
          w.uint32(obj.status)
        }

        if ((obj.reason != null && obj.reason !== '')) {
          w.uint32(18)
          w.string(obj.reason)
        }

        if ((obj.sessionId != null && obj.sessionId.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.sessionId)
        }

        if ((obj.secret != null && obj.secret.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.secret)
        }

        if ((obj.receiveWindowBytes != null && obj.receiveWindowBytes !== 0)) {
          w.uint32(40)
          w.uint32(obj.receiveWindowBytes)
        }

        if ((obj.direct != null && obj.direct !== false)) {
          w.uint32(48)
          w.bool(obj.direct)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          status: 0,
          reason: '',
          sessionId: uint8ArrayAlloc(0),
          secret: uint8ArrayAlloc(0),
          receiveWindowBytes: 0,
          direct: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.status = reader.uint32()
              break
            }
            case 2: {
              obj.reason = reader.string()
              break
            }
            case 3: {
              obj.sessionId = reader.bytes()
              break
            }
            case 4: {
              obj.secret = reader.bytes()
              break
            }
            case 5: {
              obj.receiveWindowBytes = reader.uint32()
              break
            }
            case 6: {
              obj.direct = reader.bool()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.status`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.reason`,
                value: reader.string()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.sessionId`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.secret`,
                value: reader.bytes()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.receiveWindowBytes`,
                value: reader.uint32()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.direct`,
                value: reader.bool()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface DialAnswerStatusFieldEvent {
    field: '$.status'
    value: number
  }

  export interface DialAnswerReasonFieldEvent {
    field: '$.reason'
    value: string
  }

  export interface DialAnswerSessionIdFieldEvent {
    field: '$.sessionId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface DialAnswerSecretFieldEvent {
    field: '$.secret'
    value: Uint8Array<ArrayBuffer>
  }

  export interface DialAnswerReceiveWindowBytesFieldEvent {
    field: '$.receiveWindowBytes'
    value: number
  }

  export interface DialAnswerDirectFieldEvent {
    field: '$.direct'
    value: boolean
  }

  export function encode (obj: Partial<DialAnswer>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, DialAnswer.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DialAnswer>): DialAnswer {
    return decodeMessage(buf, DialAnswer.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DialAnswer>): Generator<DialAnswerStatusFieldEvent | DialAnswerReasonFieldEvent | DialAnswerSessionIdFieldEvent | DialAnswerSecretFieldEvent | DialAnswerReceiveWindowBytesFieldEvent | DialAnswerDirectFieldEvent> {
    return streamMessage(buf, DialAnswer.codec(), opts)
  }
}

export interface ResumeRequest {
  sessionId: Uint8Array<ArrayBuffer>
  secret: Uint8Array<ArrayBuffer>
  received: number
  credit: number
}

export namespace ResumeRequest {
  let _codec: Codec<ResumeRequest>

  export const codec = (): Codec<ResumeRequest> => {
    if (_codec == null) {
      _codec = message<ResumeRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.sessionId != null && obj.sessionId.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.sessionId)
        }

        if ((obj.secret != null && obj.secret.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.secret)
        }

        if ((obj.received != null && obj.received !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.received)
        }

        if ((obj.credit != null && obj.credit !== 0)) {
          w.uint32(32)
          w.uint64Number(obj.credit)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          sessionId: uint8ArrayAlloc(0),
          secret: uint8ArrayAlloc(0),
          received: 0,
          credit: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.sessionId = reader.bytes()
              break
            }
            case 2: {
              obj.secret = reader.bytes()
              break
            }
            case 3: {
              obj.received = reader.uint64Number()
              break
            }
            case 4: {
              obj.credit = reader.uint64Number()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.sessionId`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.secret`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.received`,
                value: reader.uint64Number()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.credit`,
                value: reader.uint64Number()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface ResumeRequestSessionIdFieldEvent {
    field: '$.sessionId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ResumeRequestSecretFieldEvent {
    field: '$.secret'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ResumeRequestReceivedFieldEvent {
    field: '$.received'
    value: number
  }

  export interface ResumeRequestCreditFieldEvent {
    field: '$.credit'
    value: number
  }

  export function encode (obj: Partial<ResumeRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ResumeRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ResumeRequest>): ResumeRequest {
    return decodeMessage(buf, ResumeRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ResumeRequest>): Generator<ResumeRequestSessionIdFieldEvent | ResumeRequestSecretFieldEvent | ResumeRequestReceivedFieldEvent | ResumeRequestCreditFieldEvent> {
    return streamMessage(buf, ResumeRequest.codec(), opts)
  }
}

export interface ResumeAnswer {
  status: number
  reason: string
  received: number
  credit: number
  ended: boolean
  abortCode: number
}

export namespace ResumeAnswer {
  let _codec: Codec<ResumeAnswer>

  export const codec = (): Codec<ResumeAnswer> => {
    if (_codec == null) {
      _codec = message<ResumeAnswer>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.status != null && obj.status !== 0)) {
          w.uint32(8)
          w.uint32(obj.status)
        }

        if ((obj.reason != null && obj.reason !== '')) {
          w.uint32(18)
          w.string(obj.reason)
        }

        if ((obj.received != null && obj.received !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.received)
        }

        if ((obj.credit != null && obj.credit !== 0)) {
          w.uint32(32)
          w.uint64Number(obj.credit)
        }

        if ((obj.ended != null && obj.ended !== false)) {
          w.uint32(40)
          w.bool(obj.ended)
        }

        if ((obj.abortCode != null && obj.abortCode !== 0)) {
          w.uint32(48)
          w.uint32(obj.abortCode)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          status: 0,
          reason: '',
          received: 0,
          credit: 0,
          ended: false,
          abortCode: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.status = reader.uint32()
              break
            }
            case 2: {
              obj.reason = reader.string()
              break
            }
            case 3: {
              obj.received = reader.uint64Number()
              break
            }
            case 4: {
              obj.credit = reader.uint64Number()
              break
            }
            case 5: {
              obj.ended = reader.bool()
              break
            }
            case 6: {
              obj.abortCode = reader.uint32()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.status`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.reason`,
                value: reader.string()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.received`,
                value: reader.uint64Number()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.credit`,
                value: reader.uint64Number()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.ended`,
                value: reader.bool()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.abortCode`,
                value: reader.uint32()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface ResumeAnswerStatusFieldEvent {
    field: '$.status'
    value: number
  }

  export interface ResumeAnswerReasonFieldEvent {
    field: '$.reason'
    value: string
  }

  export interface ResumeAnswerReceivedFieldEvent {
    field: '$.received'
    value: number
  }

  export interface ResumeAnswerCreditFieldEvent {
    field: '$.credit'
    value: number
  }

  export interface ResumeAnswerEndedFieldEvent {
    field: '$.ended'
    value: boolean
  }

  export interface ResumeAnswerAbortCodeFieldEvent {
    field: '$.abortCode'
    value: number
  }

  export function encode (obj: Partial<ResumeAnswer>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ResumeAnswer.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ResumeAnswer>): ResumeAnswer {
    return decodeMessage(buf, ResumeAnswer.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ResumeAnswer>): Generator<ResumeAnswerStatusFieldEvent | ResumeAnswerReasonFieldEvent | ResumeAnswerReceivedFieldEvent | ResumeAnswerCreditFieldEvent | ResumeAnswerEndedFieldEvent | ResumeAnswerAbortCodeFieldEvent> {
    return streamMessage(buf, ResumeAnswer.codec(), opts)
  }
}

export interface Abort {
  code: number
  reason: string
}

export namespace Abort {
  let _codec: Codec<Abort>

  export const codec = (): Codec<Abort> => {
    if (_codec == null) {
      _codec = message<Abort>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.code != null && obj.code !== 0)) {
          w.uint32(8)
          w.uint32(obj.code)
        }

        if ((obj.reason != null && obj.reason !== '')) {
          w.uint32(18)
          w.string(obj.reason)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          code: 0,
          reason: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.code = reader.uint32()
              break
            }
            case 2: {
              obj.reason = reader.string()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.code`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.reason`,
                value: reader.string()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface AbortCodeFieldEvent {
    field: '$.code'
    value: number
  }

  export interface AbortReasonFieldEvent {
    field: '$.reason'
    value: string
  }

  export function encode (obj: Partial<Abort>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Abort.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Abort>): Abort {
    return decodeMessage(buf, Abort.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Abort>): Generator<AbortCodeFieldEvent | AbortReasonFieldEvent> {
    return streamMessage(buf, Abort.codec(), opts)
  }
}

export interface DirectOffer {
  multiaddrs: string[]
  step: number
  round: number
  punch: string[]
  router: number
}

export namespace DirectOffer {
  let _codec: Codec<DirectOffer>

  export const codec = (): Codec<DirectOffer> => {
    if (_codec == null) {
      _codec = message<DirectOffer>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.multiaddrs != null && obj.multiaddrs.length > 0) {
          for (const value of obj.multiaddrs) {
            w.uint32(10)
            w.string(value)
          }
        }

        if ((obj.step != null && obj.step !== 0)) {
          w.uint32(16)
          w.uint32(obj.step)
        }

        if ((obj.round != null && obj.round !== 0)) {
          w.uint32(24)
          w.uint32(obj.round)
        }

        if (obj.punch != null && obj.punch.length > 0) {
          for (const value of obj.punch) {
            w.uint32(34)
            w.string(value)
          }
        }

        if ((obj.router != null && obj.router !== 0)) {
          w.uint32(40)
          w.uint32(obj.router)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          multiaddrs: [],
          step: 0,
          round: 0,
          punch: [],
          router: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.multiaddrs != null && obj.multiaddrs.length === opts.limits.multiaddrs) {
                throw new MaxLengthError('Decode error - repeated field "multiaddrs" had too many elements')
              }

              if (obj.multiaddrs.length === 16) {
                throw new MaxLengthError('Decode error - repeated field "multiaddrs" had too many elements')
              }

              obj.multiaddrs.push(reader.string())
              break
            }
            case 2: {
              obj.step = reader.uint32()
              break
            }
            case 3: {
              obj.round = reader.uint32()
              break
            }
            case 4: {
              if (opts.limits?.punch != null && obj.punch.length === opts.limits.punch) {
                throw new MaxLengthError('Decode error - repeated field "punch" had too many elements')
              }

              if (obj.punch.length === 16) {
                throw new MaxLengthError('Decode error - repeated field "punch" had too many elements')
              }

              obj.punch.push(reader.string())
              break
            }
            case 5: {
              obj.router = reader.uint32()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          multiaddrs: 16,
          punch: 16
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.multiaddrs != null && obj.multiaddrs === opts.limits.multiaddrs) {
                throw new MaxLengthError('Streaming decode error - repeated field "multiaddrs" had too many elements')
              }

              if (obj.multiaddrs === 16) {
                throw new MaxLengthError('Streaming decode error - repeated field "multiaddrs" had too many elements')
              }

              yield {
                field: `${prefix}.multiaddrs[]`,
                index: obj.multiaddrs,
                value: reader.string()
              }

              obj.multiaddrs++

              break
            }
            case 2: {
              yield {
                field: `${prefix}.step`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.round`,
                value: reader.uint32()
              }
              break
            }
            case 4: {
              if (opts.limits?.punch != null && obj.punch === opts.limits.punch) {
                throw new MaxLengthError('Streaming decode error - repeated field "punch" had too many elements')
              }

              if (obj.punch === 16) {
                throw new MaxLengthError('Streaming decode error - repeated field "punch" had too many elements')
              }

              yield {
                field: `${prefix}.punch[]`,
                index: obj.punch,
                value: reader.string()
              }

              obj.punch++

              break
            }
            case 5: {
              yield {
                field: `${prefix}.router`,
                value: reader.uint32()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface DirectOfferMultiaddrsFieldEvent {
    field: '$.multiaddrs[]'
    index: number
    value: string
  }

  export interface DirectOfferStepFieldEvent {
    field: '$.step'
    value: number
  }

  export interface DirectOfferRoundFieldEvent {
    field: '$.round'
    value: number
  }

  export interface DirectOfferPunchFieldEvent {
    field: '$.punch[]'
    index: number
    value: string
  }

  export interface DirectOfferRouterFieldEvent {
    field: '$.router'
    value: number
  }

  export function encode (obj: Partial<DirectOffer>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, DirectOffer.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DirectOffer>): DirectOffer {
    return decodeMessage(buf, DirectOffer.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DirectOffer>): Generator<DirectOfferMultiaddrsFieldEvent | DirectOfferStepFieldEvent | DirectOfferRoundFieldEvent | DirectOfferPunchFieldEvent | DirectOfferRouterFieldEvent> {
    return streamMessage(buf, DirectOffer.codec(), opts)
  }
}
