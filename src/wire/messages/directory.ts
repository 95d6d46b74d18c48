import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface NodeMessage {
  requestId: number
  ping?: LinkPing
  pong?: LinkPing
  bind?: BindRequest
  unbind?: UnbindRequest
  lookup?: LookupRequest
  list?: ListRequest
  watch?: WatchRequest
  unwatch?: UnwatchRequest
  document?: DocumentPush
}

export namespace NodeMessage {
  let _codec: Codec<NodeMessage>

  export const codec = (): Codec<NodeMessage> => {
    if (_codec == null) {
      _codec = message<NodeMessage>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        obj = { ...obj }

        if (obj.document != null) {
          obj.unwatch = undefined
          obj.watch = undefined
          obj.list = undefined
          obj.lookup = undefined
          obj.unbind = undefined
          obj.bind = undefined
          obj.pong = undefined
          obj.ping = undefined
        }

        if (obj.unwatch != null) {
          obj.document = undefined
          obj.watch = undefined
          obj.list = undefined
          obj.lookup = undefined
          obj.unbind = undefined
          obj.bind = undefined
          obj.pong = undefined
          obj.ping = undefined
        }

        if (obj.watch != null) {
          obj.document = undefined
          obj.unwatch = undefined
          obj.list = undefined
          obj.lookup = undefined
          obj.unbind = undefined
          obj.bind = undefined
          obj.pong = undefined
          obj.ping = undefined
        }

        if (obj.list != null) {
          obj.document = undefined
          obj.unwatch = undefined
          obj.watch = undefined
          obj.lookup = undefined
          obj.unbind = undefined
          obj.bind = undefined
          obj.pong = undefined
          obj.ping = undefined
        }

        if (obj.lookup != null) {
          obj.document = undefined
          obj.unwatch = undefined
          obj.watch = undefined
          obj.list = undefined
          obj.unbind = undefined
          obj.bind = undefined
          obj.pong = undefined
          obj.ping = undefined
        }

        if (obj.unbind != null) {
          obj.document = undefined
          obj.unwatch = undefined
          obj.watch = undefined
          obj.list = undefined
          obj.lookup = undefined
          obj.bind = undefined
          obj.pong = undefined
          obj.ping = undefined
        }

        if (obj.bind != null) {
          obj.document = undefined
          obj.unwatch = undefined
          obj.watch = undefined
          obj.list = undefined
          obj.lookup = undefined
          obj.unbind = undefined
          obj.pong = undefined
          obj.ping = undefined
        }

        if (obj.pong != null) {
          obj.document = undefined
          obj.unwatch = undefined
          obj.watch = undefined
          obj.list = undefined
          obj.lookup = undefined
          obj.unbind = undefined
          obj.bind = undefined
          obj.ping = undefined
        }

        if (obj.ping != null) {
          obj.document = undefined
          obj.unwatch = undefined
          obj.watch = undefined
          obj.list = undefined
          obj.lookup = undefined
          obj.unbind = undefined
          obj.bind = undefined
          obj.pong = undefined
        }

        if ((obj.requestId != null && obj.requestId !== 0)) {
          w.uint32(8)
          w.uint32(obj.requestId)
        }

        if (obj.ping != null) {
          w.uint32(18)
          LinkPing.codec().encode(obj.ping, w)
        }

        if (obj.pong != null) {
          w.uint32(26)
          LinkPing.codec().encode(obj.pong, w)
        }

        if (obj.bind != null) {
          w.uint32(34)
          BindRequest.codec().encode(obj.bind, w)
        }

        if (obj.unbind != null) {
          w.uint32(42)
          UnbindRequest.codec().encode(obj.unbind, w)
        }

        if (obj.lookup != null) {
          w.uint32(50)
          LookupRequest.codec().encode(obj.lookup, w)
        }

        if (obj.list != null) {
          w.uint32(58)
          ListRequest.codec().encode(obj.list, w)
        }

        if (obj.watch != null) {
          w.uint32(66)
          WatchRequest.codec().encode(obj.watch, w)
        }

        if (obj.unwatch != null) {
          w.uint32(74)
          UnwatchRequest.codec().encode(obj.unwatch, w)
        }

        if (obj.document != null) {
          w.uint32(82)
          DocumentPush.codec().encode(obj.document, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          requestId: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.requestId = reader.uint32()
              break
            }
            case 2: {
              obj.ping = LinkPing.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.ping
              })
              break
            }
            case 3: {
              obj.pong = LinkPing.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.pong
              })
              break
            }
            case 4: {
              obj.bind = BindRequest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.bind
              })
              break
            }
            case 5: {
              obj.unbind = UnbindRequest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.unbind
              })
              break
            }
            case 6: {
              obj.lookup = LookupRequest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.lookup
              })
              break
            }
            case 7: {
              obj.list = ListRequest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.list
              })
              break
            }
            case 8: {
              obj.watch = WatchRequest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.watch
              })
              break
            }
            case 9: {
              obj.unwatch = UnwatchRequest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.unwatch
              })
              break
            }
            case 10: {
              obj.document = DocumentPush.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.document
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        if (obj.document != null) {
          delete obj.unwatch
          delete obj.watch
          delete obj.list
          delete obj.lookup
          delete obj.unbind
          delete obj.bind
          delete obj.pong
          delete obj.ping
        }

        if (obj.unwatch != null) {
          delete obj.document
          delete obj.watch
          delete obj.list
          delete obj.lookup
          delete obj.unbind
          delete obj.bind
          delete obj.pong
          delete obj.ping
        }

        if (obj.watch != null) {
          delete obj.document
          delete obj.unwatch
          delete obj.list
          delete obj.lookup
          delete obj.unbind
          delete obj.bind
          delete obj.pong
          delete obj.ping
        }

        if (obj.list != null) {
          delete obj.document
          delete obj.unwatch
          delete obj.watch
          delete obj.lookup
          delete obj.unbind
          delete obj.bind
          delete obj.pong
          delete obj.ping
        }

        if (obj.lookup != null) {
          delete obj.document
          delete obj.unwatch
          delete obj.watch
          delete obj.list
          delete obj.unbind
          delete obj.bind
          delete obj.pong
          delete obj.ping
        }

        if (obj.unbind != null) {
          delete obj.document
          delete obj.unwatch
          delete obj.watch
          delete obj.list
          delete obj.lookup
          delete obj.bind
          delete obj.pong
          delete obj.ping
        }

        if (obj.bind != null) {
          delete obj.document
          delete obj.unwatch
          delete obj.watch
          delete obj.list
          delete obj.lookup
          delete obj.unbind
          delete obj.pong
          delete obj.ping
        }

        if (obj.pong != null) {
          delete obj.document
          delete obj.unwatch
          delete obj.watch
          delete obj.list
          delete obj.lookup
          delete obj.unbind
          delete obj.bind
          delete obj.ping
        }

        if (obj.ping != null) {
          delete obj.document
          delete obj.unwatch
          delete obj.watch
          delete obj.list
          delete obj.lookup
          delete obj.unbind
          delete obj.bind
          delete obj.pong
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.requestId`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield * LinkPing.codec().stream(reader, reader.uint32(), `${prefix}.ping`, {
                limits: opts.limits?.ping
              })

              break
            }
            case 3: {
              yield * LinkPing.codec().stream(reader, reader.uint32(), `${prefix}.pong`, {
                limits: opts.limits?.pong
              })

              break
            }
            case 4: {
              yield * BindRequest.codec().stream(reader, reader.uint32(), `${prefix}.bind`, {
                limits: opts.limits?.bind
              })

              break
            }
            case 5: {
              yield * UnbindRequest.codec().stream(reader, reader.uint32(), `${prefix}.unbind`, {
                limits: opts.limits?.unbind
              })

              break
            }
            case 6: {
              yield * LookupRequest.codec().stream(reader, reader.uint32(), `${prefix}.lookup`, {
                limits: opts.limits?.lookup
              })

              break
            }
            case 7: {
              yield * ListRequest.codec().stream(reader, reader.uint32(), `${prefix}.list`, {
                limits: opts.limits?.list
              })

              break
            }
            case 8: {
              yield * WatchRequest.codec().stream(reader, reader.uint32(), `${prefix}.watch`, {
                limits: opts.limits?.watch
              })

              break
            }
            case 9: {
              yield * UnwatchRequest.codec().stream(reader, reader.uint32(), `${prefix}.unwatch`, {
                limits: opts.limits?.unwatch
              })

              break
            }
            case 10: {
              yield * DocumentPush.codec().stream(reader, reader.uint32(), `${prefix}.document`, {
                limits: opts.limits?.document
              })

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

  export interface NodeMessageRequestIdFieldEvent {
    field: '$.requestId'
    value: number
  }

  export interface NodeMessagePingIdFieldEvent {
    field: '$.ping.id'
    value: number
  }

  export interface NodeMessagePongIdFieldEvent {
    field: '$.pong.id'
    value: number
  }

  export interface NodeMessageBindTerminatorTerminatorFieldEvent {
    field: '$.bind.terminator.terminator'
    value: Uint8Array<ArrayBuffer>
  }

  export interface NodeMessageBindTerminatorCertificateFieldEvent {
    field: '$.bind.terminator.certificate'
    value: Uint8Array<ArrayBuffer>
  }

  export interface NodeMessageBindBusyFieldEvent {
    field: '$.bind.busy'
    value: boolean
  }

  export interface NodeMessageUnbindServiceFieldEvent {
    field: '$.unbind.service'
    value: string
  }

  export interface NodeMessageUnbindInstanceIdFieldEvent {
    field: '$.unbind.instanceId'
    value: string
  }

  export interface NodeMessageLookupServiceFieldEvent {
    field: '$.lookup.service'
    value: string
  }

  export interface NodeMessageLookupInstanceIdFieldEvent {
    field: '$.lookup.instanceId'
    value: string
  }

  export interface NodeMessageListServiceFieldEvent {
    field: '$.list.service'
    value: string
  }

  export interface NodeMessageListCursorFieldEvent {
    field: '$.list.cursor'
    value: string
  }

  export interface NodeMessageListLimitFieldEvent {
    field: '$.list.limit'
    value: number
  }

  export interface NodeMessageWatchServiceFieldEvent {
    field: '$.watch.service'
    value: string
  }

  export interface NodeMessageUnwatchServiceFieldEvent {
    field: '$.unwatch.service'
    value: string
  }

  export interface NodeMessageDocumentDocumentFieldEvent {
    field: '$.document.document'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<NodeMessage>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, NodeMessage.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<NodeMessage>): NodeMessage {
    return decodeMessage(buf, NodeMessage.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<NodeMessage>): Generator<NodeMessageRequestIdFieldEvent | NodeMessagePingIdFieldEvent | NodeMessagePongIdFieldEvent | NodeMessageBindTerminatorTerminatorFieldEvent | NodeMessageBindTerminatorCertificateFieldEvent | NodeMessageBindBusyFieldEvent | NodeMessageUnbindServiceFieldEvent | NodeMessageUnbindInstanceIdFieldEvent | NodeMessageLookupServiceFieldEvent | NodeMessageLookupInstanceIdFieldEvent | NodeMessageListServiceFieldEvent | NodeMessageListCursorFieldEvent | NodeMessageListLimitFieldEvent | NodeMessageWatchServiceFieldEvent | NodeMessageUnwatchServiceFieldEvent | NodeMessageDocumentDocumentFieldEvent> {
    return streamMessage(buf, NodeMessage.codec(), opts)
  }
}

export interface RelayMessage {
  requestId: number
  ping?: LinkPing
  pong?: LinkPing
  result?: Result
  lookup?: LookupResponse
  list?: ListResponse
  event?: WatchEvent
  document?: DocumentPush
  replaced?: Replaced
}

export namespace RelayMessage {
  let _codec: Codec<RelayMessage>

  export const codec = (): Codec<RelayMessage> => {
    if (_codec == null) {
      _codec = message<RelayMessage>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        obj = { ...obj }

        if (obj.replaced != null) {
          obj.document = undefined
          obj.event = undefined
          obj.list = undefined
          obj.lookup = undefined
          obj.result = undefined
          obj.pong = undefined
          obj.ping = undefined
        }

        if (obj.document != null) {
          obj.replaced = undefined
          obj.event = undefined
          obj.list = undefined
          obj.lookup = undefined
          obj.result = undefined
          obj.pong = undefined
          obj.ping = undefined
        }

        if (obj.event != null) {
          obj.replaced = undefined
          obj.document = undefined
          obj.list = undefined
          obj.lookup = undefined
          obj.result = undefined
          obj.pong = undefined
          obj.ping = undefined
        }

        if (obj.list != null) {
          obj.replaced = undefined
          obj.document = undefined
          obj.event = undefined
          obj.lookup = undefined
          obj.result = undefined
          obj.pong = undefined
          obj.ping = undefined
        }

        if (obj.lookup != null) {
          obj.replaced = undefined
          obj.document = undefined
          obj.event = undefined
          obj.list = undefined
          obj.result = undefined
          obj.pong = undefined
          obj.ping = undefined
        }

        if (obj.result != null) {
          obj.replaced = undefined
          obj.document = undefined
          obj.event = undefined
          obj.list = undefined
          obj.lookup = undefined
          obj.pong = undefined
          obj.ping = undefined
        }

        if (obj.pong != null) {
          obj.replaced = undefined
          obj.document = undefined
          obj.event = undefined
          obj.list = undefined
          obj.lookup = undefined
          obj.result = undefined
          obj.ping = undefined
        }

        if (obj.ping != null) {
          obj.replaced = undefined
          obj.document = undefined
          obj.event = undefined
          obj.list = undefined
          obj.lookup = undefined
          obj.result = undefined
          obj.pong = undefined
        }

        if ((obj.requestId != null && obj.requestId !== 0)) {
          w.uint32(8)
          w.uint32(obj.requestId)
        }

        if (obj.ping != null) {
          w.uint32(18)
          LinkPing.codec().encode(obj.ping, w)
        }

        if (obj.pong != null) {
          w.uint32(26)
          LinkPing.codec().encode(obj.pong, w)
        }

        if (obj.result != null) {
          w.uint32(34)
          Result.codec().encode(obj.result, w)
        }

        if (obj.lookup != null) {
          w.uint32(42)
          LookupResponse.codec().encode(obj.lookup, w)
        }

        if (obj.list != null) {
          w.uint32(50)
          ListResponse.codec().encode(obj.list, w)
        }

        if (obj.event != null) {
          w.uint32(58)
          WatchEvent.codec().encode(obj.event, w)
        }

        if (obj.document != null) {
          w.uint32(66)
          DocumentPush.codec().encode(obj.document, w)
        }

        if (obj.replaced != null) {
          w.uint32(74)
          Replaced.codec().encode(obj.replaced, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          requestId: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.requestId = reader.uint32()
              break
            }
            case 2: {
              obj.ping = LinkPing.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.ping
              })
              break
            }
            case 3: {
              obj.pong = LinkPing.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.pong
              })
              break
            }
            case 4: {
              obj.result = Result.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.result
              })
              break
            }
            case 5: {
              obj.lookup = LookupResponse.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.lookup
              })
              break
            }
            case 6: {
              obj.list = ListResponse.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.list
              })
              break
            }
            case 7: {
              obj.event = WatchEvent.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.event
              })
              break
            }
            case 8: {
              obj.document = DocumentPush.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.document
              })
              break
            }
            case 9: {
              obj.replaced = Replaced.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.replaced
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        if (obj.replaced != null) {
          delete obj.document
          delete obj.event
          delete obj.list
          delete obj.lookup
          delete obj.result
          delete obj.pong
          delete obj.ping
        }

        if (obj.document != null) {
          delete obj.replaced
          delete obj.event
          delete obj.list
          delete obj.lookup
          delete obj.result
          delete obj.pong
          delete obj.ping
        }

        if (obj.event != null) {
          delete obj.replaced
          delete obj.document
          delete obj.list
          delete obj.lookup
          delete obj.result
          delete obj.pong
          delete obj.ping
        }

        if (obj.list != null) {
          delete obj.replaced
          delete obj.document
          delete obj.event
          delete obj.lookup
          delete obj.result
          delete obj.pong
          delete obj.ping
        }

        if (obj.lookup != null) {
          delete obj.replaced
          delete obj.document
          delete obj.event
          delete obj.list
          delete obj.result
          delete obj.pong
          delete obj.ping
        }

        if (obj.result != null) {
          delete obj.replaced
          delete obj.document
          delete obj.event
          delete obj.list
          delete obj.lookup
          delete obj.pong
          delete obj.ping
        }

        if (obj.pong != null) {
          delete obj.replaced
          delete obj.document
          delete obj.event
          delete obj.list
          delete obj.lookup
          delete obj.result
          delete obj.ping
        }

        if (obj.ping != null) {
          delete obj.replaced
          delete obj.document
          delete obj.event
          delete obj.list
          delete obj.lookup
          delete obj.result
          delete obj.pong
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.requestId`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield * LinkPing.codec().stream(reader, reader.uint32(), `${prefix}.ping`, {
                limits: opts.limits?.ping
              })

              break
            }
            case 3: {
              yield * LinkPing.codec().stream(reader, reader.uint32(), `${prefix}.pong`, {
                limits: opts.limits?.pong
              })

              break
            }
            case 4: {
              yield * Result.codec().stream(reader, reader.uint32(), `${prefix}.result`, {
                limits: opts.limits?.result
              })

              break
            }
            case 5: {
              yield * LookupResponse.codec().stream(reader, reader.uint32(), `${prefix}.lookup`, {
                limits: opts.limits?.lookup
              })

              break
            }
            case 6: {
              yield * ListResponse.codec().stream(reader, reader.uint32(), `${prefix}.list`, {
                limits: opts.limits?.list
              })

              break
            }
            case 7: {
              yield * WatchEvent.codec().stream(reader, reader.uint32(), `${prefix}.event`, {
                limits: opts.limits?.event
              })

              break
            }
            case 8: {
              yield * DocumentPush.codec().stream(reader, reader.uint32(), `${prefix}.document`, {
                limits: opts.limits?.document
              })

              break
            }
            case 9: {
              yield * Replaced.codec().stream(reader, reader.uint32(), `${prefix}.replaced`, {
                limits: opts.limits?.replaced
              })

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

  export interface RelayMessageRequestIdFieldEvent {
    field: '$.requestId'
    value: number
  }

  export interface RelayMessagePingIdFieldEvent {
    field: '$.ping.id'
    value: number
  }

  export interface RelayMessagePongIdFieldEvent {
    field: '$.pong.id'
    value: number
  }

  export interface RelayMessageResultStatusFieldEvent {
    field: '$.result.status'
    value: number
  }

  export interface RelayMessageResultReasonFieldEvent {
    field: '$.result.reason'
    value: string
  }

  export interface RelayMessageLookupStatusFieldEvent {
    field: '$.lookup.status'
    value: number
  }

  export interface RelayMessageLookupTerminatorsTerminatorFieldEvent {
    field: '$.lookup.terminators[].terminator'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface RelayMessageLookupTerminatorsCertificateFieldEvent {
    field: '$.lookup.terminators[].certificate'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface RelayMessageLookupLastSeenMsFieldEvent {
    field: '$.lookup.lastSeenMs'
    value: number
  }

  export interface RelayMessageListStatusFieldEvent {
    field: '$.list.status'
    value: number
  }

  export interface RelayMessageListRowsInstanceIdFieldEvent {
    field: '$.list.rows[].instanceId'
    value: string
    index: number
  }

  export interface RelayMessageListRowsIdentityNameFieldEvent {
    field: '$.list.rows[].identityName'
    value: string
    index: number
  }

  export interface RelayMessageListRowsPeerIdFieldEvent {
    field: '$.list.rows[].peerId'
    value: string
    index: number
  }

  export interface RelayMessageListRowsTerminatorsFieldEvent {
    field: '$.list.rows[].terminators'
    value: number
    index: number
  }

  export interface RelayMessageListRowsSinceMsFieldEvent {
    field: '$.list.rows[].sinceMs'
    value: number
    index: number
  }

  export interface RelayMessageListRowsBusyFieldEvent {
    field: '$.list.rows[].busy'
    value: boolean
    index: number
  }

  export interface RelayMessageListCursorFieldEvent {
    field: '$.list.cursor'
    value: string
  }

  export interface RelayMessageEventServiceFieldEvent {
    field: '$.event.service'
    value: string
  }

  export interface RelayMessageEventRowInstanceIdFieldEvent {
    field: '$.event.row.instanceId'
    value: string
  }

  export interface RelayMessageEventRowIdentityNameFieldEvent {
    field: '$.event.row.identityName'
    value: string
  }

  export interface RelayMessageEventRowPeerIdFieldEvent {
    field: '$.event.row.peerId'
    value: string
  }

  export interface RelayMessageEventRowTerminatorsFieldEvent {
    field: '$.event.row.terminators'
    value: number
  }

  export interface RelayMessageEventRowSinceMsFieldEvent {
    field: '$.event.row.sinceMs'
    value: number
  }

  export interface RelayMessageEventRowBusyFieldEvent {
    field: '$.event.row.busy'
    value: boolean
  }

  export interface RelayMessageEventGoneInstanceIdFieldEvent {
    field: '$.event.goneInstanceId'
    value: string
  }

  export interface RelayMessageDocumentDocumentFieldEvent {
    field: '$.document.document'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RelayMessageReplacedServiceFieldEvent {
    field: '$.replaced.service'
    value: string
  }

  export interface RelayMessageReplacedInstanceIdFieldEvent {
    field: '$.replaced.instanceId'
    value: string
  }

  export function encode (obj: Partial<RelayMessage>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, RelayMessage.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RelayMessage>): RelayMessage {
    return decodeMessage(buf, RelayMessage.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RelayMessage>): Generator<RelayMessageRequestIdFieldEvent | RelayMessagePingIdFieldEvent | RelayMessagePongIdFieldEvent | RelayMessageResultStatusFieldEvent | RelayMessageResultReasonFieldEvent | RelayMessageLookupStatusFieldEvent | RelayMessageLookupTerminatorsTerminatorFieldEvent | RelayMessageLookupTerminatorsCertificateFieldEvent | RelayMessageLookupLastSeenMsFieldEvent | RelayMessageListStatusFieldEvent | RelayMessageListRowsInstanceIdFieldEvent | RelayMessageListRowsIdentityNameFieldEvent | RelayMessageListRowsPeerIdFieldEvent | RelayMessageListRowsTerminatorsFieldEvent | RelayMessageListRowsSinceMsFieldEvent | RelayMessageListRowsBusyFieldEvent | RelayMessageListCursorFieldEvent | RelayMessageEventServiceFieldEvent | RelayMessageEventRowInstanceIdFieldEvent | RelayMessageEventRowIdentityNameFieldEvent | RelayMessageEventRowPeerIdFieldEvent | RelayMessageEventRowTerminatorsFieldEvent | RelayMessageEventRowSinceMsFieldEvent | RelayMessageEventRowBusyFieldEvent | RelayMessageEventGoneInstanceIdFieldEvent | RelayMessageDocumentDocumentFieldEvent | RelayMessageReplacedServiceFieldEvent | RelayMessageReplacedInstanceIdFieldEvent> {
    return streamMessage(buf, RelayMessage.codec(), opts)
  }
}

export interface LinkPing {
  id: number
}

export namespace LinkPing {
  let _codec: Codec<LinkPing>

  export const codec = (): Codec<LinkPing> => {
    if (_codec == null) {
      _codec = message<LinkPing>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.id != null && obj.id !== 0)) {
          w.uint32(8)
          w.uint32(obj.id)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          id: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.id = reader.uint32()
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
                field: `${prefix}.id`,
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

  export interface LinkPingIdFieldEvent {
    field: '$.id'
    value: number
  }

  export function encode (obj: Partial<LinkPing>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, LinkPing.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LinkPing>): LinkPing {
    return decodeMessage(buf, LinkPing.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LinkPing>): Generator<LinkPingIdFieldEvent> {
    return streamMessage(buf, LinkPing.codec(), opts)
  }
}

export interface SignedTerminator {
  terminator: Uint8Array<ArrayBuffer>
  certificate: Uint8Array<ArrayBuffer>
}

export namespace SignedTerminator {
  let _codec: Codec<SignedTerminator>

  export const codec = (): Codec<SignedTerminator> => {
    if (_codec == null) {
      _codec = message<SignedTerminator>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.terminator != null && obj.terminator.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.terminator)
        }

        if ((obj.certificate != null && obj.certificate.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.certificate)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          terminator: uint8ArrayAlloc(0),
          certificate: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.terminator = reader.bytes()
              break
            }
            case 2: {
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
                field: `${prefix}.terminator`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
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

  export interface SignedTerminatorTerminatorFieldEvent {
    field: '$.terminator'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SignedTerminatorCertificateFieldEvent {
    field: '$.certificate'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<SignedTerminator>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, SignedTerminator.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SignedTerminator>): SignedTerminator {
    return decodeMessage(buf, SignedTerminator.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SignedTerminator>): Generator<SignedTerminatorTerminatorFieldEvent | SignedTerminatorCertificateFieldEvent> {
    return streamMessage(buf, SignedTerminator.codec(), opts)
  }
}

export interface BindRequest {
  terminator?: SignedTerminator
  busy: boolean
}

export namespace BindRequest {
  let _codec: Codec<BindRequest>

  export const codec = (): Codec<BindRequest> => {
    if (_codec == null) {
      _codec = message<BindRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.terminator != null) {
          w.uint32(10)
          SignedTerminator.codec().encode(obj.terminator, w)
        }

        if ((obj.busy != null && obj.busy !== false)) {
          w.uint32(16)
          w.bool(obj.busy)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          busy: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.terminator = SignedTerminator.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.terminator
              })
              break
            }
            case 2: {
              obj.busy = reader.bool()
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
              yield * SignedTerminator.codec().stream(reader, reader.uint32(), `${prefix}.terminator`, {
                limits: opts.limits?.terminator
              })

              break
            }
            case 2: {
              yield {
                field: `${prefix}.busy`,
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

  export interface BindRequestTerminatorTerminatorFieldEvent {
    field: '$.terminator.terminator'
    value: Uint8Array<ArrayBuffer>
  }

  export interface BindRequestTerminatorCertificateFieldEvent {
    field: '$.terminator.certificate'
    value: Uint8Array<ArrayBuffer>
  }

  export interface BindRequestBusyFieldEvent {
    field: '$.busy'
    value: boolean
  }

  export function encode (obj: Partial<BindRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, BindRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BindRequest>): BindRequest {
    return decodeMessage(buf, BindRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BindRequest>): Generator<BindRequestTerminatorTerminatorFieldEvent | BindRequestTerminatorCertificateFieldEvent | BindRequestBusyFieldEvent> {
    return streamMessage(buf, BindRequest.codec(), opts)
  }
}

export interface UnbindRequest {
  service: string
  instanceId: string
}

export namespace UnbindRequest {
  let _codec: Codec<UnbindRequest>

  export const codec = (): Codec<UnbindRequest> => {
    if (_codec == null) {
      _codec = message<UnbindRequest>((obj, w, opts = {}) => {
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

  export interface UnbindRequestServiceFieldEvent {
    field: '$.service'
    value: string
  }

  export interface UnbindRequestInstanceIdFieldEvent {
    field: '$.instanceId'
    value: string
  }

  export function encode (obj: Partial<UnbindRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, UnbindRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<UnbindRequest>): UnbindRequest {
    return decodeMessage(buf, UnbindRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<UnbindRequest>): Generator<UnbindRequestServiceFieldEvent | UnbindRequestInstanceIdFieldEvent> {
    return streamMessage(buf, UnbindRequest.codec(), opts)
  }
}

export interface LookupRequest {
  service: string
  instanceId: string
}

export namespace LookupRequest {
  let _codec: Codec<LookupRequest>

  export const codec = (): Codec<LookupRequest> => {
    if (_codec == null) {
      _codec = message<LookupRequest>((obj, w, opts = {}) => {
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

  export interface LookupRequestServiceFieldEvent {
    field: '$.service'
    value: string
  }

  export interface LookupRequestInstanceIdFieldEvent {
    field: '$.instanceId'
    value: string
  }

  export function encode (obj: Partial<LookupRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, LookupRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LookupRequest>): LookupRequest {
    return decodeMessage(buf, LookupRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LookupRequest>): Generator<LookupRequestServiceFieldEvent | LookupRequestInstanceIdFieldEvent> {
    return streamMessage(buf, LookupRequest.codec(), opts)
  }
}

export interface LookupResponse {
  status: number
  terminators: SignedTerminator[]
  lastSeenMs: number
}

export namespace LookupResponse {
  let _codec: Codec<LookupResponse>

  export const codec = (): Codec<LookupResponse> => {
    if (_codec == null) {
      _codec = message<LookupResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.status != null && obj.status !== 0)) {
          w.uint32(8)
          w.uint32(obj.status)
        }

        if (obj.terminators != null && obj.terminators.length > 0) {
          for (const value of obj.terminators) {
            w.uint32(18)
            SignedTerminator.codec().encode(value, w)
          }
        }

        if ((obj.lastSeenMs != null && obj.lastSeenMs !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.lastSeenMs)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          status: 0,
          terminators: [],
          lastSeenMs: 0
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
              if (opts.limits?.terminators != null && obj.terminators.length === opts.limits.terminators) {
                throw new MaxLengthError('Decode error - repeated field "terminators" had too many elements')
              }

              if (obj.terminators.length === 1000) {
                throw new MaxLengthError('Decode error - repeated field "terminators" had too many elements')
              }

              obj.terminators.push(SignedTerminator.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.terminators$
              }))
              break
            }
            case 3: {
              obj.lastSeenMs = reader.uint64Number()
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
          terminators: 1000
        }

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
              if (opts.limits?.terminators != null && obj.terminators === opts.limits.terminators) {
                throw new MaxLengthError('Streaming decode error - repeated field "terminators" had too many elements')
              }

              if (obj.terminators === 1000) {
                throw new MaxLengthError('Streaming decode error - repeated field "terminators" had too many elements')
              }

              for (const evt of SignedTerminator.codec().stream(reader, reader.uint32(), `${prefix}.terminators[]`, {
                limits: opts.limits?.terminators$
              })) {
                yield {
                  ...evt,
                  index: obj.terminators
                }
              }

              obj.terminators++

              break
            }
            case 3: {
              yield {
                field: `${prefix}.lastSeenMs`,
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

  export interface LookupResponseStatusFieldEvent {
    field: '$.status'
    value: number
  }

  export interface LookupResponseTerminatorsTerminatorFieldEvent {
    field: '$.terminators[].terminator'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface LookupResponseTerminatorsCertificateFieldEvent {
    field: '$.terminators[].certificate'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface LookupResponseLastSeenMsFieldEvent {
    field: '$.lastSeenMs'
    value: number
  }

  export function encode (obj: Partial<LookupResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, LookupResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LookupResponse>): LookupResponse {
    return decodeMessage(buf, LookupResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LookupResponse>): Generator<LookupResponseStatusFieldEvent | LookupResponseTerminatorsTerminatorFieldEvent | LookupResponseTerminatorsCertificateFieldEvent | LookupResponseLastSeenMsFieldEvent> {
    return streamMessage(buf, LookupResponse.codec(), opts)
  }
}

export interface ListRequest {
  service: string
  cursor: string
  limit: number
}

export namespace ListRequest {
  let _codec: Codec<ListRequest>

  export const codec = (): Codec<ListRequest> => {
    if (_codec == null) {
      _codec = message<ListRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.service != null && obj.service !== '')) {
          w.uint32(10)
          w.string(obj.service)
        }

        if ((obj.cursor != null && obj.cursor !== '')) {
          w.uint32(18)
          w.string(obj.cursor)
        }

        if ((obj.limit != null && obj.limit !== 0)) {
          w.uint32(24)
          w.uint32(obj.limit)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          service: '',
          cursor: '',
          limit: 0
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
              obj.cursor = reader.string()
              break
            }
            case 3: {
              obj.limit = reader.uint32()
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
                field: `${prefix}.cursor`,
                value: reader.string()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.limit`,
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

  export interface ListRequestServiceFieldEvent {
    field: '$.service'
    value: string
  }

  export interface ListRequestCursorFieldEvent {
    field: '$.cursor'
    value: string
  }

  export interface ListRequestLimitFieldEvent {
    field: '$.limit'
    value: number
  }

  export function encode (obj: Partial<ListRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ListRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ListRequest>): ListRequest {
    return decodeMessage(buf, ListRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ListRequest>): Generator<ListRequestServiceFieldEvent | ListRequestCursorFieldEvent | ListRequestLimitFieldEvent> {
    return streamMessage(buf, ListRequest.codec(), opts)
  }
}

export interface ListResponse {
  status: number
  rows: InstanceRow[]
  cursor: string
}

export namespace ListResponse {
  let _codec: Codec<ListResponse>

  export const codec = (): Codec<ListResponse> => {
    if (_codec == null) {
      _codec = message<ListResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.status != null && obj.status !== 0)) {
          w.uint32(8)
          w.uint32(obj.status)
        }

        if (obj.rows != null && obj.rows.length > 0) {
          for (const value of obj.rows) {
            w.uint32(18)
            InstanceRow.codec().encode(value, w)
          }
        }

        if ((obj.cursor != null && obj.cursor !== '')) {
          w.uint32(26)
          w.string(obj.cursor)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          status: 0,
          rows: [],
          cursor: ''
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
              if (opts.limits?.rows != null && obj.rows.length === opts.limits.rows) {
                throw new MaxLengthError('Decode error - repeated field "rows" had too many elements')
              }

              if (obj.rows.length === 1000) {
                throw new MaxLengthError('Decode error - repeated field "rows" had too many elements')
              }

              obj.rows.push(InstanceRow.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.rows$
              }))
              break
            }
            case 3: {
              obj.cursor = reader.string()
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
          rows: 1000
        }

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
              if (opts.limits?.rows != null && obj.rows === opts.limits.rows) {
                throw new MaxLengthError('Streaming decode error - repeated field "rows" had too many elements')
              }

              if (obj.rows === 1000) {
                throw new MaxLengthError('Streaming decode error - repeated field "rows" had too many elements')
              }

              for (const evt of InstanceRow.codec().stream(reader, reader.uint32(), `${prefix}.rows[]`, {
                limits: opts.limits?.rows$
              })) {
                yield {
                  ...evt,
                  index: obj.rows
                }
              }

              obj.rows++

              break
            }
            case 3: {
              yield {
                field: `${prefix}.cursor`,
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

  export interface ListResponseStatusFieldEvent {
    field: '$.status'
    value: number
  }

  export interface ListResponseRowsInstanceIdFieldEvent {
    field: '$.rows[].instanceId'
    value: string
    index: number
  }

  export interface ListResponseRowsIdentityNameFieldEvent {
    field: '$.rows[].identityName'
    value: string
    index: number
  }

  export interface ListResponseRowsPeerIdFieldEvent {
    field: '$.rows[].peerId'
    value: string
    index: number
  }

  export interface ListResponseRowsTerminatorsFieldEvent {
    field: '$.rows[].terminators'
    value: number
    index: number
  }

  export interface ListResponseRowsSinceMsFieldEvent {
    field: '$.rows[].sinceMs'
    value: number
    index: number
  }

  export interface ListResponseRowsBusyFieldEvent {
    field: '$.rows[].busy'
    value: boolean
    index: number
  }

  export interface ListResponseCursorFieldEvent {
    field: '$.cursor'
    value: string
  }

  export function encode (obj: Partial<ListResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ListResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ListResponse>): ListResponse {
    return decodeMessage(buf, ListResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ListResponse>): Generator<ListResponseStatusFieldEvent | ListResponseRowsInstanceIdFieldEvent | ListResponseRowsIdentityNameFieldEvent | ListResponseRowsPeerIdFieldEvent | ListResponseRowsTerminatorsFieldEvent | ListResponseRowsSinceMsFieldEvent | ListResponseRowsBusyFieldEvent | ListResponseCursorFieldEvent> {
    return streamMessage(buf, ListResponse.codec(), opts)
  }
}

export interface InstanceRow {
  instanceId: string
  identityName: string
  peerId: string
  terminators: number
  sinceMs: number
  busy: boolean
}

export namespace InstanceRow {
  let _codec: Codec<InstanceRow>

  export const codec = (): Codec<InstanceRow> => {
    if (_codec == null) {
      _codec = message<InstanceRow>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.instanceId != null && obj.instanceId !== '')) {
          w.uint32(10)
          w.string(obj.instanceId)
        }

        if ((obj.identityName != null && obj.identityName !== '')) {
          w.uint32(18)
          w.string(obj.identityName)
        }

        if ((obj.peerId != null && obj.peerId !== '')) {
          w.uint32(26)
          w.string(obj.peerId)
        }

        if ((obj.terminators != null && obj.terminators !== 0)) {
          w.uint32(32)
          w.uint32(obj.terminators)
        }

        if ((obj.sinceMs != null && obj.sinceMs !== 0)) {
          w.uint32(40)
          w.uint64Number(obj.sinceMs)
        }

        if ((obj.busy != null && obj.busy !== false)) {
          w.uint32(48)
          w.bool(obj.busy)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          instanceId: '',
          identityName: '',
          peerId: '',
          terminators: 0,
          sinceMs: 0,
          busy: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.instanceId = reader.string()
              break
            }
            case 2: {
              obj.identityName = reader.string()
              break
            }
            case 3: {
              obj.peerId = reader.string()
              break
            }
            case 4: {
              obj.terminators = reader.uint32()
              break
            }
            case 5: {
              obj.sinceMs = reader.uint64Number()
              break
            }
            case 6: {
              obj.busy = reader.bool()
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
                field: `${prefix}.instanceId`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.identityName`,
                value: reader.string()
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
                field: `${prefix}.terminators`,
                value: reader.uint32()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.sinceMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.busy`,
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

  export interface InstanceRowInstanceIdFieldEvent {
    field: '$.instanceId'
    value: string
  }

  export interface InstanceRowIdentityNameFieldEvent {
    field: '$.identityName'
    value: string
  }

  export interface InstanceRowPeerIdFieldEvent {
    field: '$.peerId'
    value: string
  }

  export interface InstanceRowTerminatorsFieldEvent {
    field: '$.terminators'
    value: number
  }

  export interface InstanceRowSinceMsFieldEvent {
    field: '$.sinceMs'
    value: number
  }

  export interface InstanceRowBusyFieldEvent {
    field: '$.busy'
    value: boolean
  }

  export function encode (obj: Partial<InstanceRow>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, InstanceRow.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<InstanceRow>): InstanceRow {
    return decodeMessage(buf, InstanceRow.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<InstanceRow>): Generator<InstanceRowInstanceIdFieldEvent | InstanceRowIdentityNameFieldEvent | InstanceRowPeerIdFieldEvent | InstanceRowTerminatorsFieldEvent | InstanceRowSinceMsFieldEvent | InstanceRowBusyFieldEvent> {
    return streamMessage(buf, InstanceRow.codec(), opts)
  }
}

export interface WatchRequest {
  service: string
}

export namespace WatchRequest {
  let _codec: Codec<WatchRequest>

  export const codec = (): Codec<WatchRequest> => {
    if (_codec == null) {
      _codec = message<WatchRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.service != null && obj.service !== '')) {
          w.uint32(10)
          w.string(obj.service)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          service: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.service = reader.string()
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

  export interface WatchRequestServiceFieldEvent {
    field: '$.service'
    value: string
  }

  export function encode (obj: Partial<WatchRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WatchRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WatchRequest>): WatchRequest {
    return decodeMessage(buf, WatchRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WatchRequest>): Generator<WatchRequestServiceFieldEvent> {
    return streamMessage(buf, WatchRequest.codec(), opts)
  }
}

export interface UnwatchRequest {
  service: string
}

export namespace UnwatchRequest {
  let _codec: Codec<UnwatchRequest>

  export const codec = (): Codec<UnwatchRequest> => {
    if (_codec == null) {
      _codec = message<UnwatchRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.service != null && obj.service !== '')) {
          w.uint32(10)
          w.string(obj.service)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          service: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.service = reader.string()
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

  export interface UnwatchRequestServiceFieldEvent {
    field: '$.service'
    value: string
  }

  export function encode (obj: Partial<UnwatchRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, UnwatchRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<UnwatchRequest>): UnwatchRequest {
    return decodeMessage(buf, UnwatchRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<UnwatchRequest>): Generator<UnwatchRequestServiceFieldEvent> {
    return streamMessage(buf, UnwatchRequest.codec(), opts)
  }
}

export interface WatchEvent {
  service: string
  row?: InstanceRow
  goneInstanceId: string
}

export namespace WatchEvent {
  let _codec: Codec<WatchEvent>

  export const codec = (): Codec<WatchEvent> => {
    if (_codec == null) {
      _codec = message<WatchEvent>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.service != null && obj.service !== '')) {
          w.uint32(10)
          w.string(obj.service)
        }

        if (obj.row != null) {
          w.uint32(18)
          InstanceRow.codec().encode(obj.row, w)
        }

        if ((obj.goneInstanceId != null && obj.goneInstanceId !== '')) {
          w.uint32(26)
          w.string(obj.goneInstanceId)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          service: '',
          goneInstanceId: ''
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
              obj.row = InstanceRow.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.row
              })
              break
            }
            case 3: {
              obj.goneInstanceId = reader.string()
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
              yield * InstanceRow.codec().stream(reader, reader.uint32(), `${prefix}.row`, {
                limits: opts.limits?.row
              })

              break
            }
            case 3: {
              yield {
                field: `${prefix}.goneInstanceId`,
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

  export interface WatchEventServiceFieldEvent {
    field: '$.service'
    value: string
  }

  export interface WatchEventRowInstanceIdFieldEvent {
    field: '$.row.instanceId'
    value: string
  }

  export interface WatchEventRowIdentityNameFieldEvent {
    field: '$.row.identityName'
    value: string
  }

  export interface WatchEventRowPeerIdFieldEvent {
    field: '$.row.peerId'
    value: string
  }

  export interface WatchEventRowTerminatorsFieldEvent {
    field: '$.row.terminators'
    value: number
  }

  export interface WatchEventRowSinceMsFieldEvent {
    field: '$.row.sinceMs'
    value: number
  }

  export interface WatchEventRowBusyFieldEvent {
    field: '$.row.busy'
    value: boolean
  }

  export interface WatchEventGoneInstanceIdFieldEvent {
    field: '$.goneInstanceId'
    value: string
  }

  export function encode (obj: Partial<WatchEvent>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WatchEvent.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WatchEvent>): WatchEvent {
    return decodeMessage(buf, WatchEvent.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WatchEvent>): Generator<WatchEventServiceFieldEvent | WatchEventRowInstanceIdFieldEvent | WatchEventRowIdentityNameFieldEvent | WatchEventRowPeerIdFieldEvent | WatchEventRowTerminatorsFieldEvent | WatchEventRowSinceMsFieldEvent | WatchEventRowBusyFieldEvent | WatchEventGoneInstanceIdFieldEvent> {
    return streamMessage(buf, WatchEvent.codec(), opts)
  }
}

export interface DocumentPush {
  document: Uint8Array<ArrayBuffer>
}

export namespace DocumentPush {
  let _codec: Codec<DocumentPush>

  export const codec = (): Codec<DocumentPush> => {
    if (_codec == null) {
      _codec = message<DocumentPush>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.document != null && obj.document.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.document)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          document: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
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

  export interface DocumentPushDocumentFieldEvent {
    field: '$.document'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<DocumentPush>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, DocumentPush.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DocumentPush>): DocumentPush {
    return decodeMessage(buf, DocumentPush.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DocumentPush>): Generator<DocumentPushDocumentFieldEvent> {
    return streamMessage(buf, DocumentPush.codec(), opts)
  }
}

export interface Replaced {
  service: string
  instanceId: string
}

export namespace Replaced {
  let _codec: Codec<Replaced>

  export const codec = (): Codec<Replaced> => {
    if (_codec == null) {
      _codec = message<Replaced>((obj, w, opts = {}) => {
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

  export interface ReplacedServiceFieldEvent {
    field: '$.service'
    value: string
  }

  export interface ReplacedInstanceIdFieldEvent {
    field: '$.instanceId'
    value: string
  }

  export function encode (obj: Partial<Replaced>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Replaced.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Replaced>): Replaced {
    return decodeMessage(buf, Replaced.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Replaced>): Generator<ReplacedServiceFieldEvent | ReplacedInstanceIdFieldEvent> {
    return streamMessage(buf, Replaced.codec(), opts)
  }
}

export interface Result {
  status: number
  reason: string
}

export namespace Result {
  let _codec: Codec<Result>

  export const codec = (): Codec<Result> => {
    if (_codec == null) {
      _codec = message<Result>((obj, w, opts = {}) => {
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

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          status: 0,
          reason: ''
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

  export interface ResultStatusFieldEvent {
    field: '$.status'
    value: number
  }

  export interface ResultReasonFieldEvent {
    field: '$.reason'
    value: string
  }

  export function encode (obj: Partial<Result>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Result.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Result>): Result {
    return decodeMessage(buf, Result.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Result>): Generator<ResultStatusFieldEvent | ResultReasonFieldEvent> {
    return streamMessage(buf, Result.codec(), opts)
  }
}
