import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface Certificate {
  networkId: string
  serial: Uint8Array<ArrayBuffer>
  name: string
  peerId: string
  roles: string[]
  grants: InstanceGrant[]
  issuedAtMs: number
  expiresAtMs: number
  delegation: Uint8Array<ArrayBuffer>
  receipt: Uint8Array<ArrayBuffer>
  witness: Uint8Array<ArrayBuffer>
  renews: Uint8Array<ArrayBuffer>
  rotations: Uint8Array<ArrayBuffer>[]
}

export namespace Certificate {
  let _codec: Codec<Certificate>

  export const codec = (): Codec<Certificate> => {
    if (_codec == null) {
      _codec = message<Certificate>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.networkId != null && obj.networkId !== '')) {
          w.uint32(10)
          w.string(obj.networkId)
        }

        if ((obj.serial != null && obj.serial.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.serial)
        }

        if ((obj.name != null && obj.name !== '')) {
          w.uint32(26)
          w.string(obj.name)
        }

        if ((obj.peerId != null && obj.peerId !== '')) {
          w.uint32(34)
          w.string(obj.peerId)
        }

        if (obj.roles != null && obj.roles.length > 0) {
          for (const value of obj.roles) {
            w.uint32(42)
            w.string(value)
          }
        }

        if (obj.grants != null && obj.grants.length > 0) {
          for (const value of obj.grants) {
            w.uint32(50)
            InstanceGrant.codec().encode(value, w)
          }
        }

        if ((obj.issuedAtMs != null && obj.issuedAtMs !== 0)) {
          w.uint32(56)
          w.uint64Number(obj.issuedAtMs)
        }

        if ((obj.expiresAtMs != null && obj.expiresAtMs !== 0)) {
          w.uint32(64)
          w.uint64Number(obj.expiresAtMs)
        }

        if ((obj.delegation != null && obj.delegation.byteLength > 0)) {
          w.uint32(74)
          w.bytes(obj.delegation)
        }

        if ((obj.receipt != null && obj.receipt.byteLength > 0)) {
          w.uint32(82)
          w.bytes(obj.receipt)
        }

        if ((obj.witness != null && obj.witness.byteLength > 0)) {
          w.uint32(90)
          w.bytes(obj.witness)
        }

        if ((obj.renews != null && obj.renews.byteLength > 0)) {
          w.uint32(98)
          w.bytes(obj.renews)
        }

        if (obj.rotations != null && obj.rotations.length > 0) {
          for (const value of obj.rotations) {
            w.uint32(106)
            w.bytes(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          networkId: '',
          serial: uint8ArrayAlloc(0),
          name: '',
          peerId: '',
          roles: [],
          grants: [],
          issuedAtMs: 0,
          expiresAtMs: 0,
          delegation: uint8ArrayAlloc(0),
          receipt: uint8ArrayAlloc(0),
          witness: uint8ArrayAlloc(0),
          renews: uint8ArrayAlloc(0),
          rotations: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.networkId = reader.string()
              break
            }
            case 2: {
              obj.serial = reader.bytes()
              break
            }
            case 3: {
              obj.name = reader.string()
              break
            }
            case 4: {
              obj.peerId = reader.string()
              break
            }
            case 5: {
              if (opts.limits?.roles != null && obj.roles.length === opts.limits.roles) {
                throw new MaxLengthError('Decode error - repeated field "roles" had too many elements')
              }

              if (obj.roles.length === 64) {
                throw new MaxLengthError('Decode error - repeated field "roles" had too many elements')
              }

              obj.roles.push(reader.string())
              break
            }
            case 6: {
              if (opts.limits?.grants != null && obj.grants.length === opts.limits.grants) {
                throw new MaxLengthError('Decode error - repeated field "grants" had too many elements')
              }

              if (obj.grants.length === 256) {
                throw new MaxLengthError('Decode error - repeated field "grants" had too many elements')
              }

              obj.grants.push(InstanceGrant.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.grants$
              }))
              break
            }
            case 7: {
              obj.issuedAtMs = reader.uint64Number()
              break
            }
            case 8: {
              obj.expiresAtMs = reader.uint64Number()
              break
            }
            case 9: {
              obj.delegation = reader.bytes()
              break
            }
            case 10: {
              obj.receipt = reader.bytes()
              break
            }
            case 11: {
              obj.witness = reader.bytes()
              break
            }
            case 12: {
              obj.renews = reader.bytes()
              break
            }
            case 13: {
              if (opts.limits?.rotations != null && obj.rotations.length === opts.limits.rotations) {
                throw new MaxLengthError('Decode error - repeated field "rotations" had too many elements')
              }

              if (obj.rotations.length === 8) {
                throw new MaxLengthError('Decode error - repeated field "rotations" had too many elements')
              }

              obj.rotations.push(reader.bytes())
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
          roles: 64,
          grants: 256,
          rotations: 8
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.networkId`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.serial`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.name`,
                value: reader.string()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.peerId`,
                value: reader.string()
              }
              break
            }
            case 5: {
              if (opts.limits?.roles != null && obj.roles === opts.limits.roles) {
                throw new MaxLengthError('Streaming decode error - repeated field "roles" had too many elements')
              }

              if (obj.roles === 64) {
                throw new MaxLengthError('Streaming decode error - repeated field "roles" had too many elements')
              }

              yield {
                field: `${prefix}.roles[]`,
                index: obj.roles,
                value: reader.string()
              }

              obj.roles++

              break
            }
            case 6: {
              if (opts.limits?.grants != null && obj.grants === opts.limits.grants) {
                throw new MaxLengthError('Streaming decode error - repeated field "grants" had too many elements')
              }

              if (obj.grants === 256) {
                throw new MaxLengthError('Streaming decode error - repeated field "grants" had too many elements')
              }

              for (const evt of InstanceGrant.codec().stream(reader, reader.uint32(), `${prefix}.grants[]`, {
                limits: opts.limits?.grants$
              })) {
                yield {
                  ...evt,
                  index: obj.grants
                }
              }

              obj.grants++

              break
            }
            case 7: {
              yield {
                field: `${prefix}.issuedAtMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 8: {
              yield {
                field: `${prefix}.expiresAtMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 9: {
              yield {
                field: `${prefix}.delegation`,
                value: reader.bytes()
              }
              break
            }
            case 10: {
              yield {
                field: `${prefix}.receipt`,
                value: reader.bytes()
              }
              break
            }
            case 11: {
              yield {
                field: `${prefix}.witness`,
                value: reader.bytes()
              }
              break
            }
            case 12: {
              yield {
                field: `${prefix}.renews`,
                value: reader.bytes()
              }
              break
            }
            case 13: {
              if (opts.limits?.rotations != null && obj.rotations === opts.limits.rotations) {
                throw new MaxLengthError('Streaming decode error - repeated field "rotations" had too many elements')
              }

              if (obj.rotations === 8) {
                throw new MaxLengthError('Streaming decode error - repeated field "rotations" had too many elements')
              }

              yield {
                field: `${prefix}.rotations[]`,
                index: obj.rotations,
                value: reader.bytes()
              }

              obj.rotations++

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

  export interface CertificateNetworkIdFieldEvent {
    field: '$.networkId'
    value: string
  }

  export interface CertificateSerialFieldEvent {
    field: '$.serial'
    value: Uint8Array<ArrayBuffer>
  }

  export interface CertificateNameFieldEvent {
    field: '$.name'
    value: string
  }

  export interface CertificatePeerIdFieldEvent {
    field: '$.peerId'
    value: string
  }

  export interface CertificateRolesFieldEvent {
    field: '$.roles[]'
    index: number
    value: string
  }

  export interface CertificateGrantsServiceFieldEvent {
    field: '$.grants[].service'
    value: string
    index: number
  }

  export interface CertificateGrantsInstanceIdFieldEvent {
    field: '$.grants[].instanceId'
    value: string
    index: number
  }

  export interface CertificateIssuedAtMsFieldEvent {
    field: '$.issuedAtMs'
    value: number
  }

  export interface CertificateExpiresAtMsFieldEvent {
    field: '$.expiresAtMs'
    value: number
  }

  export interface CertificateDelegationFieldEvent {
    field: '$.delegation'
    value: Uint8Array<ArrayBuffer>
  }

  export interface CertificateReceiptFieldEvent {
    field: '$.receipt'
    value: Uint8Array<ArrayBuffer>
  }

  export interface CertificateWitnessFieldEvent {
    field: '$.witness'
    value: Uint8Array<ArrayBuffer>
  }

  export interface CertificateRenewsFieldEvent {
    field: '$.renews'
    value: Uint8Array<ArrayBuffer>
  }

  export interface CertificateRotationsFieldEvent {
    field: '$.rotations[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Certificate>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Certificate.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Certificate>): Certificate {
    return decodeMessage(buf, Certificate.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Certificate>): Generator<CertificateNetworkIdFieldEvent | CertificateSerialFieldEvent | CertificateNameFieldEvent | CertificatePeerIdFieldEvent | CertificateRolesFieldEvent | CertificateGrantsServiceFieldEvent | CertificateGrantsInstanceIdFieldEvent | CertificateIssuedAtMsFieldEvent | CertificateExpiresAtMsFieldEvent | CertificateDelegationFieldEvent | CertificateReceiptFieldEvent | CertificateWitnessFieldEvent | CertificateRenewsFieldEvent | CertificateRotationsFieldEvent> {
    return streamMessage(buf, Certificate.codec(), opts)
  }
}

export interface Rotation {
  networkId: string
  position: number
  peerId: string
  issuedAtMs: number
}

export namespace Rotation {
  let _codec: Codec<Rotation>

  export const codec = (): Codec<Rotation> => {
    if (_codec == null) {
      _codec = message<Rotation>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.networkId != null && obj.networkId !== '')) {
          w.uint32(10)
          w.string(obj.networkId)
        }

        if ((obj.position != null && obj.position !== 0)) {
          w.uint32(16)
          w.uint32(obj.position)
        }

        if ((obj.peerId != null && obj.peerId !== '')) {
          w.uint32(26)
          w.string(obj.peerId)
        }

        if ((obj.issuedAtMs != null && obj.issuedAtMs !== 0)) {
          w.uint32(32)
          w.uint64Number(obj.issuedAtMs)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          networkId: '',
          position: 0,
          peerId: '',
          issuedAtMs: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.networkId = reader.string()
              break
            }
            case 2: {
              obj.position = reader.uint32()
              break
            }
            case 3: {
              obj.peerId = reader.string()
              break
            }
            case 4: {
              obj.issuedAtMs = reader.uint64Number()
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
                field: `${prefix}.networkId`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.position`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.peerId`,
                value: reader.string()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.issuedAtMs`,
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

  export interface RotationNetworkIdFieldEvent {
    field: '$.networkId'
    value: string
  }

  export interface RotationPositionFieldEvent {
    field: '$.position'
    value: number
  }

  export interface RotationPeerIdFieldEvent {
    field: '$.peerId'
    value: string
  }

  export interface RotationIssuedAtMsFieldEvent {
    field: '$.issuedAtMs'
    value: number
  }

  export function encode (obj: Partial<Rotation>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Rotation.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Rotation>): Rotation {
    return decodeMessage(buf, Rotation.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Rotation>): Generator<RotationNetworkIdFieldEvent | RotationPositionFieldEvent | RotationPeerIdFieldEvent | RotationIssuedAtMsFieldEvent> {
    return streamMessage(buf, Rotation.codec(), opts)
  }
}

export interface Delegation {
  networkId: string
  serial: Uint8Array<ArrayBuffer>
  peerId: string
  purpose: number
  names: string
  roles: string[]
  grants: InstanceGrant[]
  uses: number
  issuedAtMs: number
  expiresAtMs: number
  validityMs: number
  rotations: Uint8Array<ArrayBuffer>[]
}

export namespace Delegation {
  let _codec: Codec<Delegation>

  export const codec = (): Codec<Delegation> => {
    if (_codec == null) {
      _codec = message<Delegation>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.networkId != null && obj.networkId !== '')) {
          w.uint32(10)
          w.string(obj.networkId)
        }

        if ((obj.serial != null && obj.serial.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.serial)
        }

        if ((obj.peerId != null && obj.peerId !== '')) {
          w.uint32(26)
          w.string(obj.peerId)
        }

        if ((obj.purpose != null && obj.purpose !== 0)) {
          w.uint32(32)
          w.uint32(obj.purpose)
        }

        if ((obj.names != null && obj.names !== '')) {
          w.uint32(42)
          w.string(obj.names)
        }

        if (obj.roles != null && obj.roles.length > 0) {
          for (const value of obj.roles) {
            w.uint32(50)
            w.string(value)
          }
        }

        if (obj.grants != null && obj.grants.length > 0) {
          for (const value of obj.grants) {
            w.uint32(58)
            InstanceGrant.codec().encode(value, w)
          }
        }

        if ((obj.uses != null && obj.uses !== 0)) {
          w.uint32(64)
          w.uint32(obj.uses)
        }

        if ((obj.issuedAtMs != null && obj.issuedAtMs !== 0)) {
          w.uint32(72)
          w.uint64Number(obj.issuedAtMs)
        }

        if ((obj.expiresAtMs != null && obj.expiresAtMs !== 0)) {
          w.uint32(80)
          w.uint64Number(obj.expiresAtMs)
        }

        if ((obj.validityMs != null && obj.validityMs !== 0)) {
          w.uint32(88)
          w.uint64Number(obj.validityMs)
        }

        if (obj.rotations != null && obj.rotations.length > 0) {
          for (const value of obj.rotations) {
            w.uint32(98)
            w.bytes(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          networkId: '',
          serial: uint8ArrayAlloc(0),
          peerId: '',
          purpose: 0,
          names: '',
          roles: [],
          grants: [],
          uses: 0,
          issuedAtMs: 0,
          expiresAtMs: 0,
          validityMs: 0,
          rotations: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.networkId = reader.string()
              break
            }
            case 2: {
              obj.serial = reader.bytes()
              break
            }
            case 3: {
              obj.peerId = reader.string()
              break
            }
            case 4: {
              obj.purpose = reader.uint32()
              break
            }
            case 5: {
              obj.names = reader.string()
              break
            }
            case 6: {
              if (opts.limits?.roles != null && obj.roles.length === opts.limits.roles) {
                throw new MaxLengthError('Decode error - repeated field "roles" had too many elements')
              }

              if (obj.roles.length === 64) {
                throw new MaxLengthError('Decode error - repeated field "roles" had too many elements')
              }

              obj.roles.push(reader.string())
              break
            }
            case 7: {
              if (opts.limits?.grants != null && obj.grants.length === opts.limits.grants) {
                throw new MaxLengthError('Decode error - repeated field "grants" had too many elements')
              }

              if (obj.grants.length === 256) {
                throw new MaxLengthError('Decode error - repeated field "grants" had too many elements')
              }

              obj.grants.push(InstanceGrant.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.grants$
              }))
              break
            }
            case 8: {
              obj.uses = reader.uint32()
              break
            }
            case 9: {
              obj.issuedAtMs = reader.uint64Number()
              break
            }
            case 10: {
              obj.expiresAtMs = reader.uint64Number()
              break
            }
            case 11: {
              obj.validityMs = reader.uint64Number()
              break
            }
            case 12: {
              if (opts.limits?.rotations != null && obj.rotations.length === opts.limits.rotations) {
                throw new MaxLengthError('Decode error - repeated field "rotations" had too many elements')
              }

              if (obj.rotations.length === 8) {
                throw new MaxLengthError('Decode error - repeated field "rotations" had too many elements')
              }

              obj.rotations.push(reader.bytes())
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
          roles: 64,
          grants: 256,
          rotations: 8
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.networkId`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.serial`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.peerId`,
                value: reader.string()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.purpose`,
                value: reader.uint32()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.names`,
                value: reader.string()
              }
              break
            }
            case 6: {
              if (opts.limits?.roles != null && obj.roles === opts.limits.roles) {
                throw new MaxLengthError('Streaming decode error - repeated field "roles" had too many elements')
              }

              if (obj.roles === 64) {
                throw new MaxLengthError('Streaming decode error - repeated field "roles" had too many elements')
              }

              yield {
                field: `${prefix}.roles[]`,
                index: obj.roles,
                value: reader.string()
              }

              obj.roles++

              break
            }
            case 7: {
              if (opts.limits?.grants != null && obj.grants === opts.limits.grants) {
                throw new MaxLengthError('Streaming decode error - repeated field "grants" had too many elements')
              }

              if (obj.grants === 256) {
                throw new MaxLengthError('Streaming decode error - repeated field "grants" had too many elements')
              }

              for (const evt of InstanceGrant.codec().stream(reader, reader.uint32(), `${prefix}.grants[]`, {
                limits: opts.limits?.grants$
              })) {
                yield {
                  ...evt,
                  index: obj.grants
                }
              }

              obj.grants++

              break
            }
            case 8: {
              yield {
                field: `${prefix}.uses`,
                value: reader.uint32()
              }
              break
            }
            case 9: {
              yield {
                field: `${prefix}.issuedAtMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 10: {
              yield {
                field: `${prefix}.expiresAtMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 11: {
              yield {
                field: `${prefix}.validityMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 12: {
              if (opts.limits?.rotations != null && obj.rotations === opts.limits.rotations) {
                throw new MaxLengthError('Streaming decode error - repeated field "rotations" had too many elements')
              }

              if (obj.rotations === 8) {
                throw new MaxLengthError('Streaming decode error - repeated field "rotations" had too many elements')
              }

              yield {
                field: `${prefix}.rotations[]`,
                index: obj.rotations,
                value: reader.bytes()
              }

              obj.rotations++

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

  export interface DelegationNetworkIdFieldEvent {
    field: '$.networkId'
    value: string
  }

  export interface DelegationSerialFieldEvent {
    field: '$.serial'
    value: Uint8Array<ArrayBuffer>
  }

  export interface DelegationPeerIdFieldEvent {
    field: '$.peerId'
    value: string
  }

  export interface DelegationPurposeFieldEvent {
    field: '$.purpose'
    value: number
  }

  export interface DelegationNamesFieldEvent {
    field: '$.names'
    value: string
  }

  export interface DelegationRolesFieldEvent {
    field: '$.roles[]'
    index: number
    value: string
  }

  export interface DelegationGrantsServiceFieldEvent {
    field: '$.grants[].service'
    value: string
    index: number
  }

  export interface DelegationGrantsInstanceIdFieldEvent {
    field: '$.grants[].instanceId'
    value: string
    index: number
  }

  export interface DelegationUsesFieldEvent {
    field: '$.uses'
    value: number
  }

  export interface DelegationIssuedAtMsFieldEvent {
    field: '$.issuedAtMs'
    value: number
  }

  export interface DelegationExpiresAtMsFieldEvent {
    field: '$.expiresAtMs'
    value: number
  }

  export interface DelegationValidityMsFieldEvent {
    field: '$.validityMs'
    value: number
  }

  export interface DelegationRotationsFieldEvent {
    field: '$.rotations[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Delegation>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Delegation.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Delegation>): Delegation {
    return decodeMessage(buf, Delegation.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Delegation>): Generator<DelegationNetworkIdFieldEvent | DelegationSerialFieldEvent | DelegationPeerIdFieldEvent | DelegationPurposeFieldEvent | DelegationNamesFieldEvent | DelegationRolesFieldEvent | DelegationGrantsServiceFieldEvent | DelegationGrantsInstanceIdFieldEvent | DelegationUsesFieldEvent | DelegationIssuedAtMsFieldEvent | DelegationExpiresAtMsFieldEvent | DelegationValidityMsFieldEvent | DelegationRotationsFieldEvent> {
    return streamMessage(buf, Delegation.codec(), opts)
  }
}

export interface Receipt {
  networkId: string
  serial: Uint8Array<ArrayBuffer>
  peerId: string
  name: string
  issuedAtMs: number
}

export namespace Receipt {
  let _codec: Codec<Receipt>

  export const codec = (): Codec<Receipt> => {
    if (_codec == null) {
      _codec = message<Receipt>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.networkId != null && obj.networkId !== '')) {
          w.uint32(10)
          w.string(obj.networkId)
        }

        if ((obj.serial != null && obj.serial.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.serial)
        }

        if ((obj.peerId != null && obj.peerId !== '')) {
          w.uint32(26)
          w.string(obj.peerId)
        }

        if ((obj.name != null && obj.name !== '')) {
          w.uint32(34)
          w.string(obj.name)
        }

        if ((obj.issuedAtMs != null && obj.issuedAtMs !== 0)) {
          w.uint32(40)
          w.uint64Number(obj.issuedAtMs)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          networkId: '',
          serial: uint8ArrayAlloc(0),
          peerId: '',
          name: '',
          issuedAtMs: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.networkId = reader.string()
              break
            }
            case 2: {
              obj.serial = reader.bytes()
              break
            }
            case 3: {
              obj.peerId = reader.string()
              break
            }
            case 4: {
              obj.name = reader.string()
              break
            }
            case 5: {
              obj.issuedAtMs = reader.uint64Number()
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
                field: `${prefix}.networkId`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.serial`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.peerId`,
                value: reader.string()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.name`,
                value: reader.string()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.issuedAtMs`,
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

  export interface ReceiptNetworkIdFieldEvent {
    field: '$.networkId'
    value: string
  }

  export interface ReceiptSerialFieldEvent {
    field: '$.serial'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ReceiptPeerIdFieldEvent {
    field: '$.peerId'
    value: string
  }

  export interface ReceiptNameFieldEvent {
    field: '$.name'
    value: string
  }

  export interface ReceiptIssuedAtMsFieldEvent {
    field: '$.issuedAtMs'
    value: number
  }

  export function encode (obj: Partial<Receipt>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Receipt.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Receipt>): Receipt {
    return decodeMessage(buf, Receipt.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Receipt>): Generator<ReceiptNetworkIdFieldEvent | ReceiptSerialFieldEvent | ReceiptPeerIdFieldEvent | ReceiptNameFieldEvent | ReceiptIssuedAtMsFieldEvent> {
    return streamMessage(buf, Receipt.codec(), opts)
  }
}

export interface InstanceGrant {
  service: string
  instanceId: string
}

export namespace InstanceGrant {
  let _codec: Codec<InstanceGrant>

  export const codec = (): Codec<InstanceGrant> => {
    if (_codec == null) {
      _codec = message<InstanceGrant>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.service != null && obj.service !== '')) {
          w.uint32(10)
          w.string(obj.service)
        }

        if ((obj.instanceId != null && obj.instanceId !== '')) {
          w.uint32(18)
          w.string(obj.instanceId)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          service: '',
          instanceId: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.service = reader.string()
              break
            }
            case 2: {
              obj.instanceId = reader.string()
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
                field: `${prefix}.service`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.instanceId`,
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

  export interface InstanceGrantServiceFieldEvent {
    field: '$.service'
    value: string
  }

  export interface InstanceGrantInstanceIdFieldEvent {
    field: '$.instanceId'
    value: string
  }

  export function encode (obj: Partial<InstanceGrant>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, InstanceGrant.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<InstanceGrant>): InstanceGrant {
    return decodeMessage(buf, InstanceGrant.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<InstanceGrant>): Generator<InstanceGrantServiceFieldEvent | InstanceGrantInstanceIdFieldEvent> {
    return streamMessage(buf, InstanceGrant.codec(), opts)
  }
}

export interface NetworkDocument {
  networkId: string
  networkName: string
  revision: number
  issuedAtMs: number
  relays: RelayEntry[]
  services: ServiceDefinition[]
  revokedSerials: Uint8Array<ArrayBuffer>[]
  previousDigest: Uint8Array<ArrayBuffer>
  earlierDigests: Uint8Array<ArrayBuffer>
  revokedPeers: RevokedPeer[]
  revokedNames: string[]
  rotations: Uint8Array<ArrayBuffer>[]
  nextAuthority: Uint8Array<ArrayBuffer>
}

export namespace NetworkDocument {
  let _codec: Codec<NetworkDocument>

  export const codec = (): Codec<NetworkDocument> => {
    if (_codec == null) {
      _codec = message<NetworkDocument>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.networkId != null && obj.networkId !== '')) {
          w.uint32(10)
          w.string(obj.networkId)
        }

        if ((obj.networkName != null && obj.networkName !== '')) {
          w.uint32(18)
          w.string(obj.networkName)
        }

        if ((obj.revision != null && obj.revision !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.revision)
        }

        if ((obj.issuedAtMs != null && obj.issuedAtMs !== 0)) {
          w.uint32(32)
          w.uint64Number(obj.issuedAtMs)
        }

        if (obj.relays != null && obj.relays.length > 0) {
          for (const value of obj.relays) {
            w.uint32(42)
            RelayEntry.codec().encode(value, w)
          }
        }

        if (obj.services != null && obj.services.length > 0) {
          for (const value of obj.services) {
            w.uint32(50)
            ServiceDefinition.codec().encode(value, w)
          }
        }

        if (obj.revokedSerials != null && obj.revokedSerials.length > 0) {
          for (const value of obj.revokedSerials) {
            w.uint32(58)
            w.bytes(value)
          }
        }

        if ((obj.previousDigest != null && obj.previousDigest.byteLength > 0)) {
          w.uint32(66)
          w.bytes(obj.previousDigest)
        }

        if ((obj.earlierDigests != null && obj.earlierDigests.byteLength > 0)) {
          w.uint32(74)
          w.bytes(obj.earlierDigests)
        }

        if (obj.revokedPeers != null && obj.revokedPeers.length > 0) {
          for (const value of obj.revokedPeers) {
            w.uint32(82)
            RevokedPeer.codec().encode(value, w)
          }
        }

        if (obj.revokedNames != null && obj.revokedNames.length > 0) {
          for (const value of obj.revokedNames) {
            w.uint32(90)
            w.string(value)
          }
        }

        if (obj.rotations != null && obj.rotations.length > 0) {
          for (const value of obj.rotations) {
            w.uint32(98)
            w.bytes(value)
          }
        }

        if ((obj.nextAuthority != null && obj.nextAuthority.byteLength > 0)) {
          w.uint32(106)
          w.bytes(obj.nextAuthority)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          networkId: '',
          networkName: '',
          revision: 0,
          issuedAtMs: 0,
          relays: [],
          services: [],
          revokedSerials: [],
          previousDigest: uint8ArrayAlloc(0),
          earlierDigests: uint8ArrayAlloc(0),
          revokedPeers: [],
          revokedNames: [],
          rotations: [],
          nextAuthority: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.networkId = reader.string()
              break
            }
            case 2: {
              obj.networkName = reader.string()
              break
            }
            case 3: {
              obj.revision = reader.uint64Number()
              break
            }
            case 4: {
              obj.issuedAtMs = reader.uint64Number()
              break
            }
            case 5: {
              if (opts.limits?.relays != null && obj.relays.length === opts.limits.relays) {
                throw new MaxLengthError('Decode error - repeated field "relays" had too many elements')
              }

              if (obj.relays.length === 1024) {
                throw new MaxLengthError('Decode error - repeated field "relays" had too many elements')
              }

              obj.relays.push(RelayEntry.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.relays$
              }))
              break
            }
            case 6: {
              if (opts.limits?.services != null && obj.services.length === opts.limits.services) {
                throw new MaxLengthError('Decode error - repeated field "services" had too many elements')
              }

              if (obj.services.length === 4096) {
                throw new MaxLengthError('Decode error - repeated field "services" had too many elements')
              }

              obj.services.push(ServiceDefinition.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.services$
              }))
              break
            }
            case 7: {
              if (opts.limits?.revokedSerials != null && obj.revokedSerials.length === opts.limits.revokedSerials) {
                throw new MaxLengthError('Decode error - repeated field "revokedSerials" had too many elements')
              }

              if (obj.revokedSerials.length === 16384) {
                throw new MaxLengthError('Decode error - repeated field "revokedSerials" had too many elements')
              }

              obj.revokedSerials.push(reader.bytes())
              break
            }
            case 8: {
              obj.previousDigest = reader.bytes()
              break
            }
            case 9: {
              obj.earlierDigests = reader.bytes()
              break
            }
            case 10: {
              if (opts.limits?.revokedPeers != null && obj.revokedPeers.length === opts.limits.revokedPeers) {
                throw new MaxLengthError('Decode error - repeated field "revokedPeers" had too many elements')
              }

              if (obj.revokedPeers.length === 4096) {
                throw new MaxLengthError('Decode error - repeated field "revokedPeers" had too many elements')
              }

              obj.revokedPeers.push(RevokedPeer.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.revokedPeers$
              }))
              break
            }
            case 11: {
              if (opts.limits?.revokedNames != null && obj.revokedNames.length === opts.limits.revokedNames) {
                throw new MaxLengthError('Decode error - repeated field "revokedNames" had too many elements')
              }

              if (obj.revokedNames.length === 4096) {
                throw new MaxLengthError('Decode error - repeated field "revokedNames" had too many elements')
              }

              obj.revokedNames.push(reader.string())
              break
            }
            case 12: {
              if (opts.limits?.rotations != null && obj.rotations.length === opts.limits.rotations) {
                throw new MaxLengthError('Decode error - repeated field "rotations" had too many elements')
              }

              if (obj.rotations.length === 8) {
                throw new MaxLengthError('Decode error - repeated field "rotations" had too many elements')
              }

              obj.rotations.push(reader.bytes())
              break
            }
            case 13: {
              obj.nextAuthority = reader.bytes()
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
          relays: 1024,
          services: 4096,
          revokedSerials: 16384,
          revokedPeers: 4096,
          revokedNames: 4096,
          rotations: 8
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.networkId`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.networkName`,
                value: reader.string()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.revision`,
                value: reader.uint64Number()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.issuedAtMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 5: {
              if (opts.limits?.relays != null && obj.relays === opts.limits.relays) {
                throw new MaxLengthError('Streaming decode error - repeated field "relays" had too many elements')
              }

              if (obj.relays === 1024) {
                throw new MaxLengthError('Streaming decode error - repeated field "relays" had too many elements')
              }

              for (const evt of RelayEntry.codec().stream(reader, reader.uint32(), `${prefix}.relays[]`, {
                limits: opts.limits?.relays$
              })) {
                yield {
                  ...evt,
                  index: obj.relays
                }
              }

              obj.relays++

              break
            }
            case 6: {
              if (opts.limits?.services != null && obj.services === opts.limits.services) {
                throw new MaxLengthError('Streaming decode error - repeated field "services" had too many elements')
              }

              if (obj.services === 4096) {
                throw new MaxLengthError('Streaming decode error - repeated field "services" had too many elements')
              }

              for (const evt of ServiceDefinition.codec().stream(reader, reader.uint32(), `${prefix}.services[]`, {
                limits: opts.limits?.services$
              })) {
                yield {
                  ...evt,
                  index: obj.services
                }
              }

              obj.services++

              break
            }
            case 7: {
              if (opts.limits?.revokedSerials != null && obj.revokedSerials === opts.limits.revokedSerials) {
                throw new MaxLengthError('Streaming decode error - repeated field "revokedSerials" had too many elements')
              }

              if (obj.revokedSerials === 16384) {
                throw new MaxLengthError('Streaming decode error - repeated field "revokedSerials" had too many elements')
              }

              yield {
                field: `${prefix}.revokedSerials[]`,
                index: obj.revokedSerials,
                value: reader.bytes()
              }

              obj.revokedSerials++

              break
            }
            case 8: {
              yield {
                field: `${prefix}.previousDigest`,
                value: reader.bytes()
              }
              break
            }
            case 9: {
              yield {
                field: `${prefix}.earlierDigests`,
                value: reader.bytes()
              }
              break
            }
            case 10: {
              if (opts.limits?.revokedPeers != null && obj.revokedPeers === opts.limits.revokedPeers) {
                throw new MaxLengthError('Streaming decode error - repeated field "revokedPeers" had too many elements')
              }

              if (obj.revokedPeers === 4096) {
                throw new MaxLengthError('Streaming decode error - repeated field "revokedPeers" had too many elements')
              }

              for (const evt of RevokedPeer.codec().stream(reader, reader.uint32(), `${prefix}.revokedPeers[]`, {
                limits: opts.limits?.revokedPeers$
              })) {
                yield {
                  ...evt,
                  index: obj.revokedPeers
                }
              }

              obj.revokedPeers++

              break
            }
            case 11: {
              if (opts.limits?.revokedNames != null && obj.revokedNames === opts.limits.revokedNames) {
                throw new MaxLengthError('Streaming decode error - repeated field "revokedNames" had too many elements')
              }

              if (obj.revokedNames === 4096) {
                throw new MaxLengthError('Streaming decode error - repeated field "revokedNames" had too many elements')
              }

              yield {
                field: `${prefix}.revokedNames[]`,
                index: obj.revokedNames,
                value: reader.string()
              }

              obj.revokedNames++

              break
            }
            case 12: {
              if (opts.limits?.rotations != null && obj.rotations === opts.limits.rotations) {
                throw new MaxLengthError('Streaming decode error - repeated field "rotations" had too many elements')
              }

              if (obj.rotations === 8) {
                throw new MaxLengthError('Streaming decode error - repeated field "rotations" had too many elements')
              }

              yield {
                field: `${prefix}.rotations[]`,
                index: obj.rotations,
                value: reader.bytes()
              }

              obj.rotations++

              break
            }
            case 13: {
              yield {
                field: `${prefix}.nextAuthority`,
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

  export interface NetworkDocumentNetworkIdFieldEvent {
    field: '$.networkId'
    value: string
  }

  export interface NetworkDocumentNetworkNameFieldEvent {
    field: '$.networkName'
    value: string
  }

  export interface NetworkDocumentRevisionFieldEvent {
    field: '$.revision'
    value: number
  }

  export interface NetworkDocumentIssuedAtMsFieldEvent {
    field: '$.issuedAtMs'
    value: number
  }

  export interface NetworkDocumentRelaysNameFieldEvent {
    field: '$.relays[].name'
    value: string
    index: number
  }

  export interface NetworkDocumentRelaysPeerIdFieldEvent {
    field: '$.relays[].peerId'
    value: string
    index: number
  }

  export interface NetworkDocumentRelaysMultiaddrsFieldEvent {
    field: '$.relays[].multiaddrs[]'
    index: number
    value: string
  }

  export interface NetworkDocumentServicesNameFieldEvent {
    field: '$.services[].name'
    value: string
    index: number
  }

  export interface NetworkDocumentServicesBindRolesFieldEvent {
    field: '$.services[].bind.roles[]'
    index: number
    value: string
  }

  export interface NetworkDocumentServicesBindSemanticFieldEvent {
    field: '$.services[].bind.semantic'
    value: string
    index: number
  }

  export interface NetworkDocumentServicesDialRolesFieldEvent {
    field: '$.services[].dial.roles[]'
    index: number
    value: string
  }

  export interface NetworkDocumentServicesDialSemanticFieldEvent {
    field: '$.services[].dial.semantic'
    value: string
    index: number
  }

  export interface NetworkDocumentServicesMaxTerminatorsFieldEvent {
    field: '$.services[].maxTerminators'
    value: number
    index: number
  }

  export interface NetworkDocumentServicesStrategyFieldEvent {
    field: '$.services[].strategy'
    value: string
    index: number
  }

  export interface NetworkDocumentServicesShardsFieldEvent {
    field: '$.services[].shards'
    value: number
    index: number
  }

  export interface NetworkDocumentServicesSessionGraceMsFieldEvent {
    field: '$.services[].sessionGraceMs'
    value: number
    index: number
  }

  export interface NetworkDocumentServicesDirectFieldEvent {
    field: '$.services[].direct'
    value: boolean
    index: number
  }

  export interface NetworkDocumentRevokedSerialsFieldEvent {
    field: '$.revokedSerials[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface NetworkDocumentPreviousDigestFieldEvent {
    field: '$.previousDigest'
    value: Uint8Array<ArrayBuffer>
  }

  export interface NetworkDocumentEarlierDigestsFieldEvent {
    field: '$.earlierDigests'
    value: Uint8Array<ArrayBuffer>
  }

  export interface NetworkDocumentRevokedPeersPeerIdFieldEvent {
    field: '$.revokedPeers[].peerId'
    value: string
    index: number
  }

  export interface NetworkDocumentRevokedPeersIssuedUntilMsFieldEvent {
    field: '$.revokedPeers[].issuedUntilMs'
    value: number
    index: number
  }

  export interface NetworkDocumentRevokedNamesFieldEvent {
    field: '$.revokedNames[]'
    index: number
    value: string
  }

  export interface NetworkDocumentRotationsFieldEvent {
    field: '$.rotations[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface NetworkDocumentNextAuthorityFieldEvent {
    field: '$.nextAuthority'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<NetworkDocument>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, NetworkDocument.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<NetworkDocument>): NetworkDocument {
    return decodeMessage(buf, NetworkDocument.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<NetworkDocument>): Generator<NetworkDocumentNetworkIdFieldEvent | NetworkDocumentNetworkNameFieldEvent | NetworkDocumentRevisionFieldEvent | NetworkDocumentIssuedAtMsFieldEvent | NetworkDocumentRelaysNameFieldEvent | NetworkDocumentRelaysPeerIdFieldEvent | NetworkDocumentRelaysMultiaddrsFieldEvent | NetworkDocumentServicesNameFieldEvent | NetworkDocumentServicesBindRolesFieldEvent | NetworkDocumentServicesBindSemanticFieldEvent | NetworkDocumentServicesDialRolesFieldEvent | NetworkDocumentServicesDialSemanticFieldEvent | NetworkDocumentServicesMaxTerminatorsFieldEvent | NetworkDocumentServicesStrategyFieldEvent | NetworkDocumentServicesShardsFieldEvent | NetworkDocumentServicesSessionGraceMsFieldEvent | NetworkDocumentServicesDirectFieldEvent | NetworkDocumentRevokedSerialsFieldEvent | NetworkDocumentPreviousDigestFieldEvent | NetworkDocumentEarlierDigestsFieldEvent | NetworkDocumentRevokedPeersPeerIdFieldEvent | NetworkDocumentRevokedPeersIssuedUntilMsFieldEvent | NetworkDocumentRevokedNamesFieldEvent | NetworkDocumentRotationsFieldEvent | NetworkDocumentNextAuthorityFieldEvent> {
    return streamMessage(buf, NetworkDocument.codec(), opts)
  }
}

export interface RevokedPeer {
  peerId: string
  issuedUntilMs: number
}

export namespace RevokedPeer {
  let _codec: Codec<RevokedPeer>

  export const codec = (): Codec<RevokedPeer> => {
    if (_codec == null) {
      _codec = message<RevokedPeer>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.peerId != null && obj.peerId !== '')) {
          w.uint32(10)
          w.string(obj.peerId)
        }

        if ((obj.issuedUntilMs != null && obj.issuedUntilMs !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.issuedUntilMs)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          peerId: '',
          issuedUntilMs: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.peerId = reader.string()
              break
            }
            case 2: {
              obj.issuedUntilMs = reader.uint64Number()
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
                field: `${prefix}.peerId`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.issuedUntilMs`,
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

  export interface RevokedPeerPeerIdFieldEvent {
    field: '$.peerId'
    value: string
  }

  export interface RevokedPeerIssuedUntilMsFieldEvent {
    field: '$.issuedUntilMs'
    value: number
  }

  export function encode (obj: Partial<RevokedPeer>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, RevokedPeer.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RevokedPeer>): RevokedPeer {
    return decodeMessage(buf, RevokedPeer.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RevokedPeer>): Generator<RevokedPeerPeerIdFieldEvent | RevokedPeerIssuedUntilMsFieldEvent> {
    return streamMessage(buf, RevokedPeer.codec(), opts)
  }
}

export interface KeptDocuments {
  documents: Uint8Array<ArrayBuffer>[]
}

export namespace KeptDocuments {
  let _codec: Codec<KeptDocuments>

  export const codec = (): Codec<KeptDocuments> => {
    if (_codec == null) {
      _codec = message<KeptDocuments>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.documents != null && obj.documents.length > 0) {
          for (const value of obj.documents) {
            w.uint32(10)
            w.bytes(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          documents: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.documents != null && obj.documents.length === opts.limits.documents) {
                throw new MaxLengthError('Decode error - repeated field "documents" had too many elements')
              }

              if (obj.documents.length === 64) {
                throw new MaxLengthError('Decode error - repeated field "documents" had too many elements')
              }

              obj.documents.push(reader.bytes())
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
          documents: 64
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.documents != null && obj.documents === opts.limits.documents) {
                throw new MaxLengthError('Streaming decode error - repeated field "documents" had too many elements')
              }

              if (obj.documents === 64) {
                throw new MaxLengthError('Streaming decode error - repeated field "documents" had too many elements')
              }

              yield {
                field: `${prefix}.documents[]`,
                index: obj.documents,
                value: reader.bytes()
              }

              obj.documents++

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

  export interface KeptDocumentsDocumentsFieldEvent {
    field: '$.documents[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<KeptDocuments>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, KeptDocuments.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<KeptDocuments>): KeptDocuments {
    return decodeMessage(buf, KeptDocuments.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<KeptDocuments>): Generator<KeptDocumentsDocumentsFieldEvent> {
    return streamMessage(buf, KeptDocuments.codec(), opts)
  }
}

export interface RelayEntry {
  name: string
  peerId: string
  multiaddrs: string[]
}

export namespace RelayEntry {
  let _codec: Codec<RelayEntry>

  export const codec = (): Codec<RelayEntry> => {
    if (_codec == null) {
      _codec = message<RelayEntry>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.name != null && obj.name !== '')) {
          w.uint32(10)
          w.string(obj.name)
        }

        if ((obj.peerId != null && obj.peerId !== '')) {
          w.uint32(18)
          w.string(obj.peerId)
        }

        if (obj.multiaddrs != null && obj.multiaddrs.length > 0) {
          for (const value of obj.multiaddrs) {
            w.uint32(26)
            w.string(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          name: '',
          peerId: '',
          multiaddrs: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.name = reader.string()
              break
            }
            case 2: {
              obj.peerId = reader.string()
              break
            }
            case 3: {
              if (opts.limits?.multiaddrs != null && obj.multiaddrs.length === opts.limits.multiaddrs) {
                throw new MaxLengthError('Decode error - repeated field "multiaddrs" had too many elements')
              }

              if (obj.multiaddrs.length === 16) {
                throw new MaxLengthError('Decode error - repeated field "multiaddrs" had too many elements')
              }

              obj.multiaddrs.push(reader.string())
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
          multiaddrs: 16
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.name`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.peerId`,
                value: reader.string()
              }
              break
            }
            case 3: {
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

  export interface RelayEntryNameFieldEvent {
    field: '$.name'
    value: string
  }

  export interface RelayEntryPeerIdFieldEvent {
    field: '$.peerId'
    value: string
  }

  export interface RelayEntryMultiaddrsFieldEvent {
    field: '$.multiaddrs[]'
    index: number
    value: string
  }

  export function encode (obj: Partial<RelayEntry>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, RelayEntry.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RelayEntry>): RelayEntry {
    return decodeMessage(buf, RelayEntry.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RelayEntry>): Generator<RelayEntryNameFieldEvent | RelayEntryPeerIdFieldEvent | RelayEntryMultiaddrsFieldEvent> {
    return streamMessage(buf, RelayEntry.codec(), opts)
  }
}

export interface ServiceDefinition {
  name: string
  bind?: Policy
  dial?: Policy
  maxTerminators: number
  strategy: string
  shards: number
  sessionGraceMs?: number
  direct?: boolean
}

export namespace ServiceDefinition {
  let _codec: Codec<ServiceDefinition>

  export const codec = (): Codec<ServiceDefinition> => {
    if (_codec == null) {
      _codec = message<ServiceDefinition>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.name != null && obj.name !== '')) {
          w.uint32(10)
          w.string(obj.name)
        }

        if (obj.bind != null) {
          w.uint32(18)
          Policy.codec().encode(obj.bind, w)
        }

        if (obj.dial != null) {
          w.uint32(26)
          Policy.codec().encode(obj.dial, w)
        }

        if ((obj.maxTerminators != null && obj.maxTerminators !== 0)) {
          w.uint32(32)
          w.uint32(obj.maxTerminators)
        }

        if ((obj.strategy != null && obj.strategy !== '')) {
          w.uint32(42)
          w.string(obj.strategy)
        }

        if ((obj.shards != null && obj.shards !== 0)) {
          w.uint32(48)
          w.uint32(obj.shards)
        }

        if (obj.sessionGraceMs != null) {
          w.uint32(56)
          w.uint32(obj.sessionGraceMs)
        }

        if (obj.direct != null) {
          w.uint32(64)
          w.bool(obj.direct)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          name: '',
          maxTerminators: 0,
          strategy: '',
          shards: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.name = reader.string()
              break
            }
            case 2: {
              obj.bind = Policy.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.bind
              })
              break
            }
            case 3: {
              obj.dial = Policy.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.dial
              })
              break
            }
            case 4: {
              obj.maxTerminators = reader.uint32()
              break
            }
            case 5: {
              obj.strategy = reader.string()
              break
            }
            case 6: {
              obj.shards = reader.uint32()
              break
            }
            case 7: {
              obj.sessionGraceMs = reader.uint32()
              break
            }
            case 8: {
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
                field: `${prefix}.name`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield * Policy.codec().stream(reader, reader.uint32(), `${prefix}.bind`, {
                limits: opts.limits?.bind
              })

              break
            }
            case 3: {
              yield * Policy.codec().stream(reader, reader.uint32(), `${prefix}.dial`, {
                limits: opts.limits?.dial
              })

              break
            }
            case 4: {
              yield {
                field: `${prefix}.maxTerminators`,
                value: reader.uint32()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.strategy`,
                value: reader.string()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.shards`,
                value: reader.uint32()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.sessionGraceMs`,
                value: reader.uint32()
              }
              break
            }
            case 8: {
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

  export interface ServiceDefinitionNameFieldEvent {
    field: '$.name'
    value: string
  }

  export interface ServiceDefinitionBindRolesFieldEvent {
    field: '$.bind.roles[]'
    index: number
    value: string
  }

  export interface ServiceDefinitionBindSemanticFieldEvent {
    field: '$.bind.semantic'
    value: string
  }

  export interface ServiceDefinitionDialRolesFieldEvent {
    field: '$.dial.roles[]'
    index: number
    value: string
  }

  export interface ServiceDefinitionDialSemanticFieldEvent {
    field: '$.dial.semantic'
    value: string
  }

  export interface ServiceDefinitionMaxTerminatorsFieldEvent {
    field: '$.maxTerminators'
    value: number
  }

  export interface ServiceDefinitionStrategyFieldEvent {
    field: '$.strategy'
    value: string
  }

  export interface ServiceDefinitionShardsFieldEvent {
    field: '$.shards'
    value: number
  }

  export interface ServiceDefinitionSessionGraceMsFieldEvent {
    field: '$.sessionGraceMs'
    value: number
  }

  export interface ServiceDefinitionDirectFieldEvent {
    field: '$.direct'
    value: boolean
  }

  export function encode (obj: Partial<ServiceDefinition>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ServiceDefinition.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServiceDefinition>): ServiceDefinition {
    return decodeMessage(buf, ServiceDefinition.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServiceDefinition>): Generator<ServiceDefinitionNameFieldEvent | ServiceDefinitionBindRolesFieldEvent | ServiceDefinitionBindSemanticFieldEvent | ServiceDefinitionDialRolesFieldEvent | ServiceDefinitionDialSemanticFieldEvent | ServiceDefinitionMaxTerminatorsFieldEvent | ServiceDefinitionStrategyFieldEvent | ServiceDefinitionShardsFieldEvent | ServiceDefinitionSessionGraceMsFieldEvent | ServiceDefinitionDirectFieldEvent> {
    return streamMessage(buf, ServiceDefinition.codec(), opts)
  }
}

export interface Policy {
  roles: string[]
  semantic: string
}

export namespace Policy {
  let _codec: Codec<Policy>

  export const codec = (): Codec<Policy> => {
    if (_codec == null) {
      _codec = message<Policy>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.roles != null && obj.roles.length > 0) {
          for (const value of obj.roles) {
            w.uint32(10)
            w.string(value)
          }
        }

        if ((obj.semantic != null && obj.semantic !== '')) {
          w.uint32(18)
          w.string(obj.semantic)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          roles: [],
          semantic: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.roles != null && obj.roles.length === opts.limits.roles) {
                throw new MaxLengthError('Decode error - repeated field "roles" had too many elements')
              }

              if (obj.roles.length === 256) {
                throw new MaxLengthError('Decode error - repeated field "roles" had too many elements')
              }

              obj.roles.push(reader.string())
              break
            }
            case 2: {
              obj.semantic = reader.string()
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
          roles: 256
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.roles != null && obj.roles === opts.limits.roles) {
                throw new MaxLengthError('Streaming decode error - repeated field "roles" had too many elements')
              }

              if (obj.roles === 256) {
                throw new MaxLengthError('Streaming decode error - repeated field "roles" had too many elements')
              }

              yield {
                field: `${prefix}.roles[]`,
                index: obj.roles,
                value: reader.string()
              }

              obj.roles++

              break
            }
            case 2: {
              yield {
                field: `${prefix}.semantic`,
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

  export interface PolicyRolesFieldEvent {
    field: '$.roles[]'
    index: number
    value: string
  }

  export interface PolicySemanticFieldEvent {
    field: '$.semantic'
    value: string
  }

  export function encode (obj: Partial<Policy>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Policy.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Policy>): Policy {
    return decodeMessage(buf, Policy.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Policy>): Generator<PolicyRolesFieldEvent | PolicySemanticFieldEvent> {
    return streamMessage(buf, Policy.codec(), opts)
  }
}

export interface Terminator {
  networkId: string
  service: string
  instanceId: string
  hostPeerId: string
  relayPeerId: string
  cost: number
  precedence: number
  sequence: number
  issuedAtMs: number
  processId: number
}

export namespace Terminator {
  let _codec: Codec<Terminator>

  export const codec = (): Codec<Terminator> => {
    if (_codec == null) {
      _codec = message<Terminator>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.networkId != null && obj.networkId !== '')) {
          w.uint32(10)
          w.string(obj.networkId)
        }

        if ((obj.service != null && obj.service !== '')) {
          w.uint32(18)
          w.string(obj.service)
        }

        if ((obj.instanceId != null && obj.instanceId !== '')) {
          w.uint32(26)
          w.string(obj.instanceId)
        }

        if ((obj.hostPeerId != null && obj.hostPeerId !== '')) {
          w.uint32(34)
          w.string(obj.hostPeerId)
        }

        if ((obj.relayPeerId != null && obj.relayPeerId !== '')) {
          w.uint32(42)
          w.string(obj.relayPeerId)
        }

        if ((obj.cost != null && obj.cost !== 0)) {
          w.uint32(48)
          w.uint32(obj.cost)
        }

        if ((obj.precedence != null && obj.precedence !== 0)) {
          w.uint32(56)
          w.uint32(obj.precedence)
        }

        if ((obj.sequence != null && obj.sequence !== 0)) {
          w.uint32(64)
          w.uint64Number(obj.sequence)
        }

        if ((obj.issuedAtMs != null && obj.issuedAtMs !== 0)) {
          w.uint32(72)
          w.uint64Number(obj.issuedAtMs)
        }

        if ((obj.processId != null && obj.processId !== 0)) {
          w.uint32(80)
          w.uint32(obj.processId)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          networkId: '',
          service: '',
          instanceId: '',
          hostPeerId: '',
          relayPeerId: '',
          cost: 0,
          precedence: 0,
          sequence: 0,
          issuedAtMs: 0,
          processId: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.networkId = reader.string()
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
              obj.hostPeerId = reader.string()
              break
            }
            case 5: {
              obj.relayPeerId = reader.string()
              break
            }
            case 6: {
              obj.cost = reader.uint32()
              break
            }
            case 7: {
              obj.precedence = reader.uint32()
              break
            }
            case 8: {
              obj.sequence = reader.uint64Number()
              break
            }
            case 9: {
              obj.issuedAtMs = reader.uint64Number()
              break
            }
            case 10: {
              obj.processId = reader.uint32()
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
                field: `${prefix}.networkId`,
                value: reader.string()
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
                field: `${prefix}.hostPeerId`,
                value: reader.string()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.relayPeerId`,
                value: reader.string()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.cost`,
                value: reader.uint32()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.precedence`,
                value: reader.uint32()
              }
              break
            }
            case 8: {
              yield {
                field: `${prefix}.sequence`,
                value: reader.uint64Number()
              }
              break
            }
            case 9: {
              yield {
                field: `${prefix}.issuedAtMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 10: {
              yield {
                field: `${prefix}.processId`,
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

  export interface TerminatorNetworkIdFieldEvent {
    field: '$.networkId'
    value: string
  }

  export interface TerminatorServiceFieldEvent {
    field: '$.service'
    value: string
  }

  export interface TerminatorInstanceIdFieldEvent {
    field: '$.instanceId'
    value: string
  }

  export interface TerminatorHostPeerIdFieldEvent {
    field: '$.hostPeerId'
    value: string
  }

  export interface TerminatorRelayPeerIdFieldEvent {
    field: '$.relayPeerId'
    value: string
  }

  export interface TerminatorCostFieldEvent {
    field: '$.cost'
    value: number
  }

  export interface TerminatorPrecedenceFieldEvent {
    field: '$.precedence'
    value: number
  }

  export interface TerminatorSequenceFieldEvent {
    field: '$.sequence'
    value: number
  }

  export interface TerminatorIssuedAtMsFieldEvent {
    field: '$.issuedAtMs'
    value: number
  }

  export interface TerminatorProcessIdFieldEvent {
    field: '$.processId'
    value: number
  }

  export function encode (obj: Partial<Terminator>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Terminator.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Terminator>): Terminator {
    return decodeMessage(buf, Terminator.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Terminator>): Generator<TerminatorNetworkIdFieldEvent | TerminatorServiceFieldEvent | TerminatorInstanceIdFieldEvent | TerminatorHostPeerIdFieldEvent | TerminatorRelayPeerIdFieldEvent | TerminatorCostFieldEvent | TerminatorPrecedenceFieldEvent | TerminatorSequenceFieldEvent | TerminatorIssuedAtMsFieldEvent | TerminatorProcessIdFieldEvent> {
    return streamMessage(buf, Terminator.codec(), opts)
  }
}
