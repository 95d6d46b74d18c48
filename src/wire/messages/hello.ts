import { decodeMessage, encodeMessage, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface HelloRequest {
  certificate: Uint8Array<ArrayBuffer>
  revision: number
  digest: Uint8Array<ArrayBuffer>
  features: number
  rotations: number
}

export namespace HelloRequest {
  let _codec: Codec<HelloRequest>

  export const codec = (): Codec<HelloRequest> => {
    if (_codec == null) {
      _codec = message<HelloRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.certificate != null && obj.certificate.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.certificate)
        }

        if ((obj.revision != null && obj.revision !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.revision)
        }

        if ((obj.digest != null && obj.digest.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.digest)
        }

        if ((obj.features != null && obj.features !== 0)) {
          w.uint32(80)
          w.uint32(obj.features)
        }

        if ((obj.rotations != null && obj.rotations !== 0)) {
          w.uint32(88)
          w.uint32(obj.rotations)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          certificate: uint8ArrayAlloc(0),
          revision: 0,
          digest: uint8ArrayAlloc(0),
          features: 0,
          rotations: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.certificate = reader.bytes()
              break
            }
            case 2: {
              obj.revision = reader.uint64Number()
              break
            }
            case 3: {
              obj.digest = reader.bytes()
              break
            }
            case 10: {
              obj.features = reader.uint32()
              break
            }
            case 11: {
              obj.rotations = reader.uint32()
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
                field: `${prefix}.certificate`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.revision`,
                value: reader.uint64Number()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.digest`,
                value: reader.bytes()
              }
              break
            }
            case 10: {
              yield {
                field: `${prefix}.features`,
                value: reader.uint32()
              }
              break
            }
            case 11: {
              yield {
                field: `${prefix}.rotations`,
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

  export interface HelloRequestCertificateFieldEvent {
    field: '$.certificate'
    value: Uint8Array<ArrayBuffer>
  }

  export interface HelloRequestRevisionFieldEvent {
    field: '$.revision'
    value: number
  }

  export interface HelloRequestDigestFieldEvent {
    field: '$.digest'
    value: Uint8Array<ArrayBuffer>
  }

  export interface HelloRequestFeaturesFieldEvent {
    field: '$.features'
    value: number
  }

  export interface HelloRequestRotationsFieldEvent {
    field: '$.rotations'
    value: number
  }

  export function encode (obj: Partial<HelloRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, HelloRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<HelloRequest>): HelloRequest {
    return decodeMessage(buf, HelloRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<HelloRequest>): Generator<HelloRequestCertificateFieldEvent | HelloRequestRevisionFieldEvent | HelloRequestDigestFieldEvent | HelloRequestFeaturesFieldEvent | HelloRequestRotationsFieldEvent> {
    return streamMessage(buf, HelloRequest.codec(), opts)
  }
}

export interface HelloResponse {
  status: number
  reason: string
  certificate: Uint8Array<ArrayBuffer>
  revision: number
  document: Uint8Array<ArrayBuffer>
  digest: Uint8Array<ArrayBuffer>
  features: number
  awaitsConfirm: boolean
  rotations: number
  renewal: Uint8Array<ArrayBuffer>
}

export namespace HelloResponse {
  let _codec: Codec<HelloResponse>

  export const codec = (): Codec<HelloResponse> => {
    if (_codec == null) {
      _codec = message<HelloResponse>((obj, w, opts = {}) => {
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

        if ((obj.certificate != null && obj.certificate.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.certificate)
        }

        if ((obj.revision != null && obj.revision !== 0)) {
          w.uint32(32)
          w.uint64Number(obj.revision)
        }

        if ((obj.document != null && obj.document.byteLength > 0)) {
          w.uint32(42)
          w.bytes(obj.document)
        }

        if ((obj.digest != null && obj.digest.byteLength > 0)) {
          w.uint32(50)
          w.bytes(obj.digest)
        }

        if ((obj.features != null && obj.features !== 0)) {
          w.uint32(80)
          w.uint32(obj.features)
        }

        if ((obj.awaitsConfirm != null && obj.awaitsConfirm !== false)) {
          w.uint32(88)
          w.bool(obj.awaitsConfirm)
        }

        if ((obj.rotations != null && obj.rotations !== 0)) {
          w.uint32(96)
          w.uint32(obj.rotations)
        }

        if ((obj.renewal != null && obj.renewal.byteLength > 0)) {
          w.uint32(106)
          w.bytes(obj.renewal)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          status: 0,
          reason: '',
          certificate: uint8ArrayAlloc(0),
          revision: 0,
          document: uint8ArrayAlloc(0),
          digest: uint8ArrayAlloc(0),
          features: 0,
          awaitsConfirm: false,
          rotations: 0,
          renewal: uint8ArrayAlloc(0)
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
              obj.certificate = reader.bytes()
              break
            }
            case 4: {
              obj.revision = reader.uint64Number()
              break
            }
            case 5: {
              obj.document = reader.bytes()
              break
            }
            case 6: {
              obj.digest = reader.bytes()
              break
            }
            case 10: {
              obj.features = reader.uint32()
              break
            }
            case 11: {
              obj.awaitsConfirm = reader.bool()
              break
            }
            case 12: {
              obj.rotations = reader.uint32()
              break
            }
            case 13: {
              obj.renewal = reader.bytes()
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
                field: `${prefix}.certificate`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.revision`,
                value: reader.uint64Number()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.document`,
                value: reader.bytes()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.digest`,
                value: reader.bytes()
              }
              break
            }
            case 10: {
              yield {
                field: `${prefix}.features`,
                value: reader.uint32()
              }
              break
            }
            case 11: {
              yield {
                field: `${prefix}.awaitsConfirm`,
                value: reader.bool()
              }
              break
            }
            case 12: {
              yield {
                field: `${prefix}.rotations`,
                value: reader.uint32()
              }
              break
            }
            case 13: {
              yield {
                field: `${prefix}.renewal`,
                value: reader.bytes()
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

  export interface HelloResponseStatusFieldEvent {
    field: '$.status'
    value: number
  }

  export interface HelloResponseReasonFieldEvent {
    field: '$.reason'
    value: string
  }

  export interface HelloResponseCertificateFieldEvent {
    field: '$.certificate'
    value: Uint8Array<ArrayBuffer>
  }

  export interface HelloResponseRevisionFieldEvent {
    field: '$.revision'
    value: number
  }

  export interface HelloResponseDocumentFieldEvent {
    field: '$.document'
    value: Uint8Array<ArrayBuffer>
  }

  export interface HelloResponseDigestFieldEvent {
    field: '$.digest'
    value: Uint8Array<ArrayBuffer>
  }

  export interface HelloResponseFeaturesFieldEvent {
    field: '$.features'
    value: number
  }

  export interface HelloResponseAwaitsConfirmFieldEvent {
    field: '$.awaitsConfirm'
    value: boolean
  }

  export interface HelloResponseRotationsFieldEvent {
    field: '$.rotations'
    value: number
  }

  export interface HelloResponseRenewalFieldEvent {
    field: '$.renewal'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<HelloResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, HelloResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<HelloResponse>): HelloResponse {
    return decodeMessage(buf, HelloResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<HelloResponse>): Generator<HelloResponseStatusFieldEvent | HelloResponseReasonFieldEvent | HelloResponseCertificateFieldEvent | HelloResponseRevisionFieldEvent | HelloResponseDocumentFieldEvent | HelloResponseDigestFieldEvent | HelloResponseFeaturesFieldEvent | HelloResponseAwaitsConfirmFieldEvent | HelloResponseRotationsFieldEvent | HelloResponseRenewalFieldEvent> {
    return streamMessage(buf, HelloResponse.codec(), opts)
  }
}

export interface HelloConfirm {
  status: number
  reason: string
  document: Uint8Array<ArrayBuffer>
}

export namespace HelloConfirm {
  let _codec: Codec<HelloConfirm>

  export const codec = (): Codec<HelloConfirm> => {
    if (_codec == null) {
      _codec = message<HelloConfirm>((obj, w, opts = {}) => {
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

        if ((obj.document != null && obj.document.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.document)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          status: 0,
          reason: '',
          document: uint8ArrayAlloc(0)
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
              obj.document = reader.bytes()
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
                field: `${prefix}.document`,
                value: reader.bytes()
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

  export interface HelloConfirmStatusFieldEvent {
    field: '$.status'
    value: number
  }

  export interface HelloConfirmReasonFieldEvent {
    field: '$.reason'
    value: string
  }

  export interface HelloConfirmDocumentFieldEvent {
    field: '$.document'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<HelloConfirm>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, HelloConfirm.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<HelloConfirm>): HelloConfirm {
    return decodeMessage(buf, HelloConfirm.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<HelloConfirm>): Generator<HelloConfirmStatusFieldEvent | HelloConfirmReasonFieldEvent | HelloConfirmDocumentFieldEvent> {
    return streamMessage(buf, HelloConfirm.codec(), opts)
  }
}

export interface Renewal {
  certificate: Uint8Array<ArrayBuffer>
}

export namespace Renewal {
  let _codec: Codec<Renewal>

  export const codec = (): Codec<Renewal> => {
    if (_codec == null) {
      _codec = message<Renewal>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.certificate != null && obj.certificate.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.certificate)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          certificate: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.certificate = reader.bytes()
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
                field: `${prefix}.certificate`,
                value: reader.bytes()
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

  export interface RenewalCertificateFieldEvent {
    field: '$.certificate'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Renewal>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Renewal.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Renewal>): Renewal {
    return decodeMessage(buf, Renewal.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Renewal>): Generator<RenewalCertificateFieldEvent> {
    return streamMessage(buf, Renewal.codec(), opts)
  }
}
