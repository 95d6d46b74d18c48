/* eslint-disable require-yield */

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
  relays?: RelaysRequest
  status?: StatusRequest
  members?: MembersRequest
  splice?: SpliceRequest
  redeem?: JoinRequest
  redeemed?: Redeemed
  renewals?: Renewals
  feed?: FeedUpdate
  accusation?: Accusation
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

        if (obj.accusation != null) {
          obj.feed = undefined
          obj.renewals = undefined
          obj.redeemed = undefined
          obj.redeem = undefined
          obj.splice = undefined
          obj.members = undefined
          obj.status = undefined
          obj.relays = undefined
          obj.document = undefined
          obj.unwatch = undefined
          obj.watch = undefined
          obj.list = undefined
          obj.lookup = undefined
          obj.unbind = undefined
          obj.bind = undefined
          obj.pong = undefined
          obj.ping = undefined
        }

        if (obj.feed != null) {
          obj.accusation = undefined
          obj.renewals = undefined
          obj.redeemed = undefined
          obj.redeem = undefined
          obj.splice = undefined
          obj.members = undefined
          obj.status = undefined
          obj.relays = undefined
          obj.document = undefined
          obj.unwatch = undefined
          obj.watch = undefined
          obj.list = undefined
          obj.lookup = undefined
          obj.unbind = undefined
          obj.bind = undefined
          obj.pong = undefined
          obj.ping = undefined
        }

        if (obj.renewals != null) {
          obj.accusation = undefined
          obj.feed = undefined
          obj.redeemed = undefined
          obj.redeem = undefined
          obj.splice = undefined
          obj.members = undefined
          obj.status = undefined
          obj.relays = undefined
          obj.document = undefined
          obj.unwatch = undefined
          obj.watch = undefined
          obj.list = undefined
          obj.lookup = undefined
          obj.unbind = undefined
          obj.bind = undefined
          obj.pong = undefined
          obj.ping = undefined
        }

        if (obj.redeemed != null) {
          obj.accusation = undefined
          obj.feed = undefined
          obj.renewals = undefined
          obj.redeem = undefined
          obj.splice = undefined
          obj.members = undefined
          obj.status = undefined
          obj.relays = undefined
          obj.document = undefined
          obj.unwatch = undefined
          obj.watch = undefined
          obj.list = undefined
          obj.lookup = undefined
          obj.unbind = undefined
          obj.bind = undefined
          obj.pong = undefined
          obj.ping = undefined
        }

        if (obj.redeem != null) {
          obj.accusation = undefined
          obj.feed = undefined
          obj.renewals = undefined
          obj.redeemed = undefined
          obj.splice = undefined
          obj.members = undefined
          obj.status = undefined
          obj.relays = undefined
          obj.document = undefined
          obj.unwatch = undefined
          obj.watch = undefined
          obj.list = undefined
          obj.lookup = undefined
          obj.unbind = undefined
          obj.bind = undefined
          obj.pong = undefined
          obj.ping = undefined
        }

        if (obj.splice != null) {
          obj.accusation = undefined
          obj.feed = undefined
          obj.renewals = undefined
          obj.redeemed = undefined
          obj.redeem = undefined
          obj.members = undefined
          obj.status = undefined
          obj.relays = undefined
          obj.document = undefined
          obj.unwatch = undefined
          obj.watch = undefined
          obj.list = undefined
          obj.lookup = undefined
          obj.unbind = undefined
          obj.bind = undefined
          obj.pong = undefined
          obj.ping = undefined
        }

        if (obj.members != null) {
          obj.accusation = undefined
          obj.feed = undefined
          obj.renewals = undefined
          obj.redeemed = undefined
          obj.redeem = undefined
          obj.splice = undefined
          obj.status = undefined
          obj.relays = undefined
          obj.document = undefined
          obj.unwatch = undefined
          obj.watch = undefined
          obj.list = undefined
          obj.lookup = undefined
          obj.unbind = undefined
          obj.bind = undefined
          obj.pong = undefined
          obj.ping = undefined
        }

        if (obj.status != null) {
          obj.accusation = undefined
          obj.feed = undefined
          obj.renewals = undefined
          obj.redeemed = undefined
          obj.redeem = undefined
          obj.splice = undefined
          obj.members = undefined
          obj.relays = undefined
          obj.document = undefined
          obj.unwatch = undefined
          obj.watch = undefined
          obj.list = undefined
          obj.lookup = undefined
          obj.unbind = undefined
          obj.bind = undefined
          obj.pong = undefined
          obj.ping = undefined
        }

        if (obj.relays != null) {
          obj.accusation = undefined
          obj.feed = undefined
          obj.renewals = undefined
          obj.redeemed = undefined
          obj.redeem = undefined
          obj.splice = undefined
          obj.members = undefined
          obj.status = undefined
          obj.document = undefined
          obj.unwatch = undefined
          obj.watch = undefined
          obj.list = undefined
          obj.lookup = undefined
          obj.unbind = undefined
          obj.bind = undefined
          obj.pong = undefined
          obj.ping = undefined
        }

        if (obj.document != null) {
          obj.accusation = undefined
          obj.feed = undefined
          obj.renewals = undefined
          obj.redeemed = undefined
          obj.redeem = undefined
          obj.splice = undefined
          obj.members = undefined
          obj.status = undefined
          obj.relays = undefined
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
          obj.accusation = undefined
          obj.feed = undefined
          obj.renewals = undefined
          obj.redeemed = undefined
          obj.redeem = undefined
          obj.splice = undefined
          obj.members = undefined
          obj.status = undefined
          obj.relays = undefined
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
          obj.accusation = undefined
          obj.feed = undefined
          obj.renewals = undefined
          obj.redeemed = undefined
          obj.redeem = undefined
          obj.splice = undefined
          obj.members = undefined
          obj.status = undefined
          obj.relays = undefined
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
          obj.accusation = undefined
          obj.feed = undefined
          obj.renewals = undefined
          obj.redeemed = undefined
          obj.redeem = undefined
          obj.splice = undefined
          obj.members = undefined
          obj.status = undefined
          obj.relays = undefined
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
          obj.accusation = undefined
          obj.feed = undefined
          obj.renewals = undefined
          obj.redeemed = undefined
          obj.redeem = undefined
          obj.splice = undefined
          obj.members = undefined
          obj.status = undefined
          obj.relays = undefined
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
          obj.accusation = undefined
          obj.feed = undefined
          obj.renewals = undefined
          obj.redeemed = undefined
          obj.redeem = undefined
          obj.splice = undefined
          obj.members = undefined
          obj.status = undefined
          obj.relays = undefined
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
          obj.accusation = undefined
          obj.feed = undefined
          obj.renewals = undefined
          obj.redeemed = undefined
          obj.redeem = undefined
          obj.splice = undefined
          obj.members = undefined
          obj.status = undefined
          obj.relays = undefined
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
          obj.accusation = undefined
          obj.feed = undefined
          obj.renewals = undefined
          obj.redeemed = undefined
          obj.redeem = undefined
          obj.splice = undefined
          obj.members = undefined
          obj.status = undefined
          obj.relays = undefined
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
          obj.accusation = undefined
          obj.feed = undefined
          obj.renewals = undefined
          obj.redeemed = undefined
          obj.redeem = undefined
          obj.splice = undefined
          obj.members = undefined
          obj.status = undefined
          obj.relays = undefined
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

        if (obj.relays != null) {
          w.uint32(98)
          RelaysRequest.codec().encode(obj.relays, w)
        }

        if (obj.status != null) {
          w.uint32(106)
          StatusRequest.codec().encode(obj.status, w)
        }

        if (obj.members != null) {
          w.uint32(162)
          MembersRequest.codec().encode(obj.members, w)
        }

        if (obj.splice != null) {
          w.uint32(114)
          SpliceRequest.codec().encode(obj.splice, w)
        }

        if (obj.redeem != null) {
          w.uint32(250)
          JoinRequest.codec().encode(obj.redeem, w)
        }

        if (obj.redeemed != null) {
          w.uint32(258)
          Redeemed.codec().encode(obj.redeemed, w)
        }

        if (obj.renewals != null) {
          w.uint32(266)
          Renewals.codec().encode(obj.renewals, w)
        }

        if (obj.feed != null) {
          w.uint32(90)
          FeedUpdate.codec().encode(obj.feed, w)
        }

        if (obj.accusation != null) {
          w.uint32(170)
          Accusation.codec().encode(obj.accusation, w)
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
            case 12: {
              obj.relays = RelaysRequest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.relays
              })
              break
            }
            case 13: {
              obj.status = StatusRequest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.status
              })
              break
            }
            case 20: {
              obj.members = MembersRequest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.members
              })
              break
            }
            case 14: {
              obj.splice = SpliceRequest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.splice
              })
              break
            }
            case 31: {
              obj.redeem = JoinRequest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.redeem
              })
              break
            }
            case 32: {
              obj.redeemed = Redeemed.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.redeemed
              })
              break
            }
            case 33: {
              obj.renewals = Renewals.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.renewals
              })
              break
            }
            case 11: {
              obj.feed = FeedUpdate.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.feed
              })
              break
            }
            case 21: {
              obj.accusation = Accusation.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.accusation
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        if (obj.accusation != null) {
          delete obj.feed
          delete obj.renewals
          delete obj.redeemed
          delete obj.redeem
          delete obj.splice
          delete obj.members
          delete obj.status
          delete obj.relays
          delete obj.document
          delete obj.unwatch
          delete obj.watch
          delete obj.list
          delete obj.lookup
          delete obj.unbind
          delete obj.bind
          delete obj.pong
          delete obj.ping
        }

        if (obj.feed != null) {
          delete obj.accusation
          delete obj.renewals
          delete obj.redeemed
          delete obj.redeem
          delete obj.splice
          delete obj.members
          delete obj.status
          delete obj.relays
          delete obj.document
          delete obj.unwatch
          delete obj.watch
          delete obj.list
          delete obj.lookup
          delete obj.unbind
          delete obj.bind
          delete obj.pong
          delete obj.ping
        }

        if (obj.renewals != null) {
          delete obj.accusation
          delete obj.feed
          delete obj.redeemed
          delete obj.redeem
          delete obj.splice
          delete obj.members
          delete obj.status
          delete obj.relays
          delete obj.document
          delete obj.unwatch
          delete obj.watch
          delete obj.list
          delete obj.lookup
          delete obj.unbind
          delete obj.bind
          delete obj.pong
          delete obj.ping
        }

        if (obj.redeemed != null) {
          delete obj.accusation
          delete obj.feed
          delete obj.renewals
          delete obj.redeem
          delete obj.splice
          delete obj.members
          delete obj.status
          delete obj.relays
          delete obj.document
          delete obj.unwatch
          delete obj.watch
          delete obj.list
          delete obj.lookup
          delete obj.unbind
          delete obj.bind
          delete obj.pong
          delete obj.ping
        }

        if (obj.redeem != null) {
          delete obj.accusation
          delete obj.feed
          delete obj.renewals
          delete obj.redeemed
          delete obj.splice
          delete obj.members
          delete obj.status
          delete obj.relays
          delete obj.document
          delete obj.unwatch
          delete obj.watch
          delete obj.list
          delete obj.lookup
          delete obj.unbind
          delete obj.bind
          delete obj.pong
          delete obj.ping
        }

        if (obj.splice != null) {
          delete obj.accusation
          delete obj.feed
          delete obj.renewals
          delete obj.redeemed
          delete obj.redeem
          delete obj.members
          delete obj.status
          delete obj.relays
          delete obj.document
          delete obj.unwatch
          delete obj.watch
          delete obj.list
          delete obj.lookup
          delete obj.unbind
          delete obj.bind
          delete obj.pong
          delete obj.ping
        }

        if (obj.members != null) {
          delete obj.accusation
          delete obj.feed
          delete obj.renewals
          delete obj.redeemed
          delete obj.redeem
          delete obj.splice
          delete obj.status
          delete obj.relays
          delete obj.document
          delete obj.unwatch
          delete obj.watch
          delete obj.list
          delete obj.lookup
          delete obj.unbind
          delete obj.bind
          delete obj.pong
          delete obj.ping
        }

        if (obj.status != null) {
          delete obj.accusation
          delete obj.feed
          delete obj.renewals
          delete obj.redeemed
          delete obj.redeem
          delete obj.splice
          delete obj.members
          delete obj.relays
          delete obj.document
          delete obj.unwatch
          delete obj.watch
          delete obj.list
          delete obj.lookup
          delete obj.unbind
          delete obj.bind
          delete obj.pong
          delete obj.ping
        }

        if (obj.relays != null) {
          delete obj.accusation
          delete obj.feed
          delete obj.renewals
          delete obj.redeemed
          delete obj.redeem
          delete obj.splice
          delete obj.members
          delete obj.status
          delete obj.document
          delete obj.unwatch
          delete obj.watch
          delete obj.list
          delete obj.lookup
          delete obj.unbind
          delete obj.bind
          delete obj.pong
          delete obj.ping
        }

        if (obj.document != null) {
          delete obj.accusation
          delete obj.feed
          delete obj.renewals
          delete obj.redeemed
          delete obj.redeem
          delete obj.splice
          delete obj.members
          delete obj.status
          delete obj.relays
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
          delete obj.accusation
          delete obj.feed
          delete obj.renewals
          delete obj.redeemed
          delete obj.redeem
          delete obj.splice
          delete obj.members
          delete obj.status
          delete obj.relays
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
          delete obj.accusation
          delete obj.feed
          delete obj.renewals
          delete obj.redeemed
          delete obj.redeem
          delete obj.splice
          delete obj.members
          delete obj.status
          delete obj.relays
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
          delete obj.accusation
          delete obj.feed
          delete obj.renewals
          delete obj.redeemed
          delete obj.redeem
          delete obj.splice
          delete obj.members
          delete obj.status
          delete obj.relays
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
          delete obj.accusation
          delete obj.feed
          delete obj.renewals
          delete obj.redeemed
          delete obj.redeem
          delete obj.splice
          delete obj.members
          delete obj.status
          delete obj.relays
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
          delete obj.accusation
          delete obj.feed
          delete obj.renewals
          delete obj.redeemed
          delete obj.redeem
          delete obj.splice
          delete obj.members
          delete obj.status
          delete obj.relays
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
          delete obj.accusation
          delete obj.feed
          delete obj.renewals
          delete obj.redeemed
          delete obj.redeem
          delete obj.splice
          delete obj.members
          delete obj.status
          delete obj.relays
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
          delete obj.accusation
          delete obj.feed
          delete obj.renewals
          delete obj.redeemed
          delete obj.redeem
          delete obj.splice
          delete obj.members
          delete obj.status
          delete obj.relays
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
          delete obj.accusation
          delete obj.feed
          delete obj.renewals
          delete obj.redeemed
          delete obj.redeem
          delete obj.splice
          delete obj.members
          delete obj.status
          delete obj.relays
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
            case 12: {
              yield * RelaysRequest.codec().stream(reader, reader.uint32(), `${prefix}.relays`, {
                limits: opts.limits?.relays
              })

              break
            }
            case 13: {
              yield * StatusRequest.codec().stream(reader, reader.uint32(), `${prefix}.status`, {
                limits: opts.limits?.status
              })

              break
            }
            case 20: {
              yield * MembersRequest.codec().stream(reader, reader.uint32(), `${prefix}.members`, {
                limits: opts.limits?.members
              })

              break
            }
            case 14: {
              yield * SpliceRequest.codec().stream(reader, reader.uint32(), `${prefix}.splice`, {
                limits: opts.limits?.splice
              })

              break
            }
            case 31: {
              yield * JoinRequest.codec().stream(reader, reader.uint32(), `${prefix}.redeem`, {
                limits: opts.limits?.redeem
              })

              break
            }
            case 32: {
              yield * Redeemed.codec().stream(reader, reader.uint32(), `${prefix}.redeemed`, {
                limits: opts.limits?.redeemed
              })

              break
            }
            case 33: {
              yield * Renewals.codec().stream(reader, reader.uint32(), `${prefix}.renewals`, {
                limits: opts.limits?.renewals
              })

              break
            }
            case 11: {
              yield * FeedUpdate.codec().stream(reader, reader.uint32(), `${prefix}.feed`, {
                limits: opts.limits?.feed
              })

              break
            }
            case 21: {
              yield * Accusation.codec().stream(reader, reader.uint32(), `${prefix}.accusation`, {
                limits: opts.limits?.accusation
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

  export interface NodeMessagePingClaimedFieldEvent {
    field: '$.ping.claimed'
    value: number
  }

  export interface NodeMessagePingStandingFieldEvent {
    field: '$.ping.standing'
    value: Uint8Array<ArrayBuffer>
  }

  export interface NodeMessagePingNoSlotFieldEvent {
    field: '$.ping.noSlot'
    value: boolean
  }

  export interface NodeMessagePongIdFieldEvent {
    field: '$.pong.id'
    value: number
  }

  export interface NodeMessagePongClaimedFieldEvent {
    field: '$.pong.claimed'
    value: number
  }

  export interface NodeMessagePongStandingFieldEvent {
    field: '$.pong.standing'
    value: Uint8Array<ArrayBuffer>
  }

  export interface NodeMessagePongNoSlotFieldEvent {
    field: '$.pong.noSlot'
    value: boolean
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

  export interface NodeMessageBindDownFieldEvent {
    field: '$.bind.down'
    value: boolean
  }

  export interface NodeMessageBindSplicesFieldEvent {
    field: '$.bind.splices'
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

  export interface NodeMessageLookupLocalFieldEvent {
    field: '$.lookup.local'
    value: boolean
  }

  export interface NodeMessageLookupShardsFieldEvent {
    field: '$.lookup.shards[]'
    index: number
    value: number
  }

  export interface NodeMessageLookupPreferHostPeerIdFieldEvent {
    field: '$.lookup.preferHostPeerId'
    value: string
  }

  export interface NodeMessageLookupPreferInstanceIdFieldEvent {
    field: '$.lookup.preferInstanceId'
    value: string
  }

  export interface NodeMessageLookupDescribeFieldEvent {
    field: '$.lookup.describe'
    value: boolean
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

  export interface NodeMessageListLocalFieldEvent {
    field: '$.list.local'
    value: boolean
  }

  export interface NodeMessageListShardsFieldEvent {
    field: '$.list.shards[]'
    index: number
    value: number
  }

  export interface NodeMessageListDigestOnlyFieldEvent {
    field: '$.list.digestOnly'
    value: boolean
  }

  export interface NodeMessageListUnlessDigestFieldEvent {
    field: '$.list.unlessDigest'
    value: Uint8Array<ArrayBuffer>
  }

  export interface NodeMessageWatchServiceFieldEvent {
    field: '$.watch.service'
    value: string
  }

  export interface NodeMessageWatchLocalFieldEvent {
    field: '$.watch.local'
    value: boolean
  }

  export interface NodeMessageWatchShardsFieldEvent {
    field: '$.watch.shards[]'
    index: number
    value: number
  }

  export interface NodeMessageUnwatchServiceFieldEvent {
    field: '$.unwatch.service'
    value: string
  }

  export interface NodeMessageDocumentDocumentFieldEvent {
    field: '$.document.document'
    value: Uint8Array<ArrayBuffer>
  }

  export interface NodeMessageRelaysPeerIdFieldEvent {
    field: '$.relays.peerId'
    value: string
  }

  export interface NodeMessageMembersCursorFieldEvent {
    field: '$.members.cursor'
    value: string
  }

  export interface NodeMessageMembersJoinedAsFieldEvent {
    field: '$.members.joinedAs'
    value: string
  }

  export interface NodeMessageSpliceServiceFieldEvent {
    field: '$.splice.service'
    value: string
  }

  export interface NodeMessageSpliceInstanceIdFieldEvent {
    field: '$.splice.instanceId'
    value: string
  }

  export interface NodeMessageSpliceHostPeerIdFieldEvent {
    field: '$.splice.hostPeerId'
    value: string
  }

  export interface NodeMessageSpliceProcessIdFieldEvent {
    field: '$.splice.processId'
    value: number
  }

  export interface NodeMessageRedeemDelegationFieldEvent {
    field: '$.redeem.delegation'
    value: Uint8Array<ArrayBuffer>
  }

  export interface NodeMessageRedeemRedemptionFieldEvent {
    field: '$.redeem.redemption'
    value: Uint8Array<ArrayBuffer>
  }

  export interface NodeMessageRedeemedRedemptionsDelegationFieldEvent {
    field: '$.redeemed.redemptions[].delegation'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface NodeMessageRedeemedRedemptionsReceiptFieldEvent {
    field: '$.redeemed.redemptions[].receipt'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface NodeMessageRedeemedRedemptionsWitnessFieldEvent {
    field: '$.redeemed.redemptions[].witness'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface NodeMessageRenewalsCertificatesFieldEvent {
    field: '$.renewals.certificates[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface NodeMessageFeedEpochFieldEvent {
    field: '$.feed.epoch'
    value: number
  }

  export interface NodeMessageFeedVersionFieldEvent {
    field: '$.feed.version'
    value: number
  }

  export interface NodeMessageFeedCompleteFieldEvent {
    field: '$.feed.complete'
    value: boolean
  }

  export interface NodeMessageFeedPartsServiceFieldEvent {
    field: '$.feed.parts[].service'
    value: string
    index: number
  }

  export interface NodeMessageFeedPartsShardFieldEvent {
    field: '$.feed.parts[].shard'
    value: number
    index: number
  }

  export interface NodeMessageFeedPartsBeginFieldEvent {
    field: '$.feed.parts[].begin'
    value: boolean
    index: number
  }

  export interface NodeMessageFeedPartsEndFieldEvent {
    field: '$.feed.parts[].end'
    value: boolean
    index: number
  }

  export interface NodeMessageFeedPartsDropFieldEvent {
    field: '$.feed.parts[].drop'
    value: boolean
    index: number
  }

  export interface NodeMessageFeedPartsPutIdentityNameFieldEvent {
    field: '$.feed.parts[].put[].identityName'
    value: string
    index: number
  }

  export interface NodeMessageFeedPartsPutBusyFieldEvent {
    field: '$.feed.parts[].put[].busy'
    value: boolean
    index: number
  }

  export interface NodeMessageFeedPartsPutSinceMsFieldEvent {
    field: '$.feed.parts[].put[].sinceMs'
    value: number
    index: number
  }

  export interface NodeMessageFeedPartsPutTerminatorFieldEvent {
    field: '$.feed.parts[].put[].terminator'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface NodeMessageFeedPartsPutCertificateFieldEvent {
    field: '$.feed.parts[].put[].certificate'
    value: number
    index: number
  }

  export interface NodeMessageFeedPartsPutDownFieldEvent {
    field: '$.feed.parts[].put[].down'
    value: boolean
    index: number
  }

  export interface NodeMessageFeedPartsRemovedInstanceIdFieldEvent {
    field: '$.feed.parts[].removed[].instanceId'
    value: string
    index: number
  }

  export interface NodeMessageFeedPartsRemovedHostPeerIdFieldEvent {
    field: '$.feed.parts[].removed[].hostPeerId'
    value: string
    index: number
  }

  export interface NodeMessageFeedPartsDepartedInstanceIdFieldEvent {
    field: '$.feed.parts[].departed[].instanceId'
    value: string
    index: number
  }

  export interface NodeMessageFeedPartsDepartedLastSeenMsFieldEvent {
    field: '$.feed.parts[].departed[].lastSeenMs'
    value: number
    index: number
  }

  export interface NodeMessageFeedCertificatesFieldEvent {
    field: '$.feed.certificates[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface NodeMessageFeedDigestFieldEvent {
    field: '$.feed.digest'
    value: Uint8Array<ArrayBuffer>
  }

  export interface NodeMessageAccusationPeerIdFieldEvent {
    field: '$.accusation.peerId'
    value: string
  }

  export interface NodeMessageAccusationWhatFieldEvent {
    field: '$.accusation.what'
    value: string
  }

  export function encode (obj: Partial<NodeMessage>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, NodeMessage.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<NodeMessage>): NodeMessage {
    return decodeMessage(buf, NodeMessage.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<NodeMessage>): Generator<NodeMessageRequestIdFieldEvent | NodeMessagePingIdFieldEvent | NodeMessagePingClaimedFieldEvent | NodeMessagePingStandingFieldEvent | NodeMessagePingNoSlotFieldEvent | NodeMessagePongIdFieldEvent | NodeMessagePongClaimedFieldEvent | NodeMessagePongStandingFieldEvent | NodeMessagePongNoSlotFieldEvent | NodeMessageBindTerminatorTerminatorFieldEvent | NodeMessageBindTerminatorCertificateFieldEvent | NodeMessageBindBusyFieldEvent | NodeMessageBindDownFieldEvent | NodeMessageBindSplicesFieldEvent | NodeMessageUnbindServiceFieldEvent | NodeMessageUnbindInstanceIdFieldEvent | NodeMessageLookupServiceFieldEvent | NodeMessageLookupInstanceIdFieldEvent | NodeMessageLookupLocalFieldEvent | NodeMessageLookupShardsFieldEvent | NodeMessageLookupPreferHostPeerIdFieldEvent | NodeMessageLookupPreferInstanceIdFieldEvent | NodeMessageLookupDescribeFieldEvent | NodeMessageListServiceFieldEvent | NodeMessageListCursorFieldEvent | NodeMessageListLimitFieldEvent | NodeMessageListLocalFieldEvent | NodeMessageListShardsFieldEvent | NodeMessageListDigestOnlyFieldEvent | NodeMessageListUnlessDigestFieldEvent | NodeMessageWatchServiceFieldEvent | NodeMessageWatchLocalFieldEvent | NodeMessageWatchShardsFieldEvent | NodeMessageUnwatchServiceFieldEvent | NodeMessageDocumentDocumentFieldEvent | NodeMessageRelaysPeerIdFieldEvent | NodeMessageMembersCursorFieldEvent | NodeMessageMembersJoinedAsFieldEvent | NodeMessageSpliceServiceFieldEvent | NodeMessageSpliceInstanceIdFieldEvent | NodeMessageSpliceHostPeerIdFieldEvent | NodeMessageSpliceProcessIdFieldEvent | NodeMessageRedeemDelegationFieldEvent | NodeMessageRedeemRedemptionFieldEvent | NodeMessageRedeemedRedemptionsDelegationFieldEvent | NodeMessageRedeemedRedemptionsReceiptFieldEvent | NodeMessageRedeemedRedemptionsWitnessFieldEvent | NodeMessageRenewalsCertificatesFieldEvent | NodeMessageFeedEpochFieldEvent | NodeMessageFeedVersionFieldEvent | NodeMessageFeedCompleteFieldEvent | NodeMessageFeedPartsServiceFieldEvent | NodeMessageFeedPartsShardFieldEvent | NodeMessageFeedPartsBeginFieldEvent | NodeMessageFeedPartsEndFieldEvent | NodeMessageFeedPartsDropFieldEvent | NodeMessageFeedPartsPutIdentityNameFieldEvent | NodeMessageFeedPartsPutBusyFieldEvent | NodeMessageFeedPartsPutSinceMsFieldEvent | NodeMessageFeedPartsPutTerminatorFieldEvent | NodeMessageFeedPartsPutCertificateFieldEvent | NodeMessageFeedPartsPutDownFieldEvent | NodeMessageFeedPartsRemovedInstanceIdFieldEvent | NodeMessageFeedPartsRemovedHostPeerIdFieldEvent | NodeMessageFeedPartsDepartedInstanceIdFieldEvent | NodeMessageFeedPartsDepartedLastSeenMsFieldEvent | NodeMessageFeedCertificatesFieldEvent | NodeMessageFeedDigestFieldEvent | NodeMessageAccusationPeerIdFieldEvent | NodeMessageAccusationWhatFieldEvent> {
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
  feed?: FeedReply
  relays?: RelaysResponse
  status?: StatusResponse
  dropped?: Dropped
  standing?: Standing
  members?: MembersResponse
  splice?: SpliceResponse
  spliceOffer?: SpliceOffer
  redeem?: JoinResponse
  renewals?: Renewals
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

        if (obj.renewals != null) {
          obj.redeem = undefined
          obj.spliceOffer = undefined
          obj.splice = undefined
          obj.members = undefined
          obj.standing = undefined
          obj.dropped = undefined
          obj.status = undefined
          obj.relays = undefined
          obj.feed = undefined
          obj.replaced = undefined
          obj.document = undefined
          obj.event = undefined
          obj.list = undefined
          obj.lookup = undefined
          obj.result = undefined
          obj.pong = undefined
          obj.ping = undefined
        }

        if (obj.redeem != null) {
          obj.renewals = undefined
          obj.spliceOffer = undefined
          obj.splice = undefined
          obj.members = undefined
          obj.standing = undefined
          obj.dropped = undefined
          obj.status = undefined
          obj.relays = undefined
          obj.feed = undefined
          obj.replaced = undefined
          obj.document = undefined
          obj.event = undefined
          obj.list = undefined
          obj.lookup = undefined
          obj.result = undefined
          obj.pong = undefined
          obj.ping = undefined
        }

        if (obj.spliceOffer != null) {
          obj.renewals = undefined
          obj.redeem = undefined
          obj.splice = undefined
          obj.members = undefined
          obj.standing = undefined
          obj.dropped = undefined
          obj.status = undefined
          obj.relays = undefined
          obj.feed = undefined
          obj.replaced = undefined
          obj.document = undefined
          obj.event = undefined
          obj.list = undefined
          obj.lookup = undefined
          obj.result = undefined
          obj.pong = undefined
          obj.ping = undefined
        }

        if (obj.splice != null) {
          obj.renewals = undefined
          obj.redeem = undefined
          obj.spliceOffer = undefined
          obj.members = undefined
          obj.standing = undefined
          obj.dropped = undefined
          obj.status = undefined
          obj.relays = undefined
          obj.feed = undefined
          obj.replaced = undefined
          obj.document = undefined
          obj.event = undefined
          obj.list = undefined
          obj.lookup = undefined
          obj.result = undefined
          obj.pong = undefined
          obj.ping = undefined
        }

        if (obj.members != null) {
          obj.renewals = undefined
          obj.redeem = undefined
          obj.spliceOffer = undefined
          obj.splice = undefined
          obj.standing = undefined
          obj.dropped = undefined
          obj.status = undefined
          obj.relays = undefined
          obj.feed = undefined
          obj.replaced = undefined
          obj.document = undefined
          obj.event = undefined
          obj.list = undefined
          obj.lookup = undefined
          obj.result = undefined
          obj.pong = undefined
          obj.ping = undefined
        }

        if (obj.standing != null) {
          obj.renewals = undefined
          obj.redeem = undefined
          obj.spliceOffer = undefined
          obj.splice = undefined
          obj.members = undefined
          obj.dropped = undefined
          obj.status = undefined
          obj.relays = undefined
          obj.feed = undefined
          obj.replaced = undefined
          obj.document = undefined
          obj.event = undefined
          obj.list = undefined
          obj.lookup = undefined
          obj.result = undefined
          obj.pong = undefined
          obj.ping = undefined
        }

        if (obj.dropped != null) {
          obj.renewals = undefined
          obj.redeem = undefined
          obj.spliceOffer = undefined
          obj.splice = undefined
          obj.members = undefined
          obj.standing = undefined
          obj.status = undefined
          obj.relays = undefined
          obj.feed = undefined
          obj.replaced = undefined
          obj.document = undefined
          obj.event = undefined
          obj.list = undefined
          obj.lookup = undefined
          obj.result = undefined
          obj.pong = undefined
          obj.ping = undefined
        }

        if (obj.status != null) {
          obj.renewals = undefined
          obj.redeem = undefined
          obj.spliceOffer = undefined
          obj.splice = undefined
          obj.members = undefined
          obj.standing = undefined
          obj.dropped = undefined
          obj.relays = undefined
          obj.feed = undefined
          obj.replaced = undefined
          obj.document = undefined
          obj.event = undefined
          obj.list = undefined
          obj.lookup = undefined
          obj.result = undefined
          obj.pong = undefined
          obj.ping = undefined
        }

        if (obj.relays != null) {
          obj.renewals = undefined
          obj.redeem = undefined
          obj.spliceOffer = undefined
          obj.splice = undefined
          obj.members = undefined
          obj.standing = undefined
          obj.dropped = undefined
          obj.status = undefined
          obj.feed = undefined
          obj.replaced = undefined
          obj.document = undefined
          obj.event = undefined
          obj.list = undefined
          obj.lookup = undefined
          obj.result = undefined
          obj.pong = undefined
          obj.ping = undefined
        }

        if (obj.feed != null) {
          obj.renewals = undefined
          obj.redeem = undefined
          obj.spliceOffer = undefined
          obj.splice = undefined
          obj.members = undefined
          obj.standing = undefined
          obj.dropped = undefined
          obj.status = undefined
          obj.relays = undefined
          obj.replaced = undefined
          obj.document = undefined
          obj.event = undefined
          obj.list = undefined
          obj.lookup = undefined
          obj.result = undefined
          obj.pong = undefined
          obj.ping = undefined
        }

        if (obj.replaced != null) {
          obj.renewals = undefined
          obj.redeem = undefined
          obj.spliceOffer = undefined
          obj.splice = undefined
          obj.members = undefined
          obj.standing = undefined
          obj.dropped = undefined
          obj.status = undefined
          obj.relays = undefined
          obj.feed = undefined
          obj.document = undefined
          obj.event = undefined
          obj.list = undefined
          obj.lookup = undefined
          obj.result = undefined
          obj.pong = undefined
          obj.ping = undefined
        }

        if (obj.document != null) {
          obj.renewals = undefined
          obj.redeem = undefined
          obj.spliceOffer = undefined
          obj.splice = undefined
          obj.members = undefined
          obj.standing = undefined
          obj.dropped = undefined
          obj.status = undefined
          obj.relays = undefined
          obj.feed = undefined
          obj.replaced = undefined
          obj.event = undefined
          obj.list = undefined
          obj.lookup = undefined
          obj.result = undefined
          obj.pong = undefined
          obj.ping = undefined
        }

        if (obj.event != null) {
          obj.renewals = undefined
          obj.redeem = undefined
          obj.spliceOffer = undefined
          obj.splice = undefined
          obj.members = undefined
          obj.standing = undefined
          obj.dropped = undefined
          obj.status = undefined
          obj.relays = undefined
          obj.feed = undefined
          obj.replaced = undefined
          obj.document = undefined
          obj.list = undefined
          obj.lookup = undefined
          obj.result = undefined
          obj.pong = undefined
          obj.ping = undefined
        }

        if (obj.list != null) {
          obj.renewals = undefined
          obj.redeem = undefined
          obj.spliceOffer = undefined
          obj.splice = undefined
          obj.members = undefined
          obj.standing = undefined
          obj.dropped = undefined
          obj.status = undefined
          obj.relays = undefined
          obj.feed = undefined
          obj.replaced = undefined
          obj.document = undefined
          obj.event = undefined
          obj.lookup = undefined
          obj.result = undefined
          obj.pong = undefined
          obj.ping = undefined
        }

        if (obj.lookup != null) {
          obj.renewals = undefined
          obj.redeem = undefined
          obj.spliceOffer = undefined
          obj.splice = undefined
          obj.members = undefined
          obj.standing = undefined
          obj.dropped = undefined
          obj.status = undefined
          obj.relays = undefined
          obj.feed = undefined
          obj.replaced = undefined
          obj.document = undefined
          obj.event = undefined
          obj.list = undefined
          obj.result = undefined
          obj.pong = undefined
          obj.ping = undefined
        }

        if (obj.result != null) {
          obj.renewals = undefined
          obj.redeem = undefined
          obj.spliceOffer = undefined
          obj.splice = undefined
          obj.members = undefined
          obj.standing = undefined
          obj.dropped = undefined
          obj.status = undefined
          obj.relays = undefined
          obj.feed = undefined
          obj.replaced = undefined
          obj.document = undefined
          obj.event = undefined
          obj.list = undefined
          obj.lookup = undefined
          obj.pong = undefined
          obj.ping = undefined
        }

        if (obj.pong != null) {
          obj.renewals = undefined
          obj.redeem = undefined
          obj.spliceOffer = undefined
          obj.splice = undefined
          obj.members = undefined
          obj.standing = undefined
          obj.dropped = undefined
          obj.status = undefined
          obj.relays = undefined
          obj.feed = undefined
          obj.replaced = undefined
          obj.document = undefined
          obj.event = undefined
          obj.list = undefined
          obj.lookup = undefined
          obj.result = undefined
          obj.ping = undefined
        }

        if (obj.ping != null) {
          obj.renewals = undefined
          obj.redeem = undefined
          obj.spliceOffer = undefined
          obj.splice = undefined
          obj.members = undefined
          obj.standing = undefined
          obj.dropped = undefined
          obj.status = undefined
          obj.relays = undefined
          obj.feed = undefined
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

        if (obj.feed != null) {
          w.uint32(82)
          FeedReply.codec().encode(obj.feed, w)
        }

        if (obj.relays != null) {
          w.uint32(90)
          RelaysResponse.codec().encode(obj.relays, w)
        }

        if (obj.status != null) {
          w.uint32(98)
          StatusResponse.codec().encode(obj.status, w)
        }

        if (obj.dropped != null) {
          w.uint32(106)
          Dropped.codec().encode(obj.dropped, w)
        }

        if (obj.standing != null) {
          w.uint32(114)
          Standing.codec().encode(obj.standing, w)
        }

        if (obj.members != null) {
          w.uint32(162)
          MembersResponse.codec().encode(obj.members, w)
        }

        if (obj.splice != null) {
          w.uint32(122)
          SpliceResponse.codec().encode(obj.splice, w)
        }

        if (obj.spliceOffer != null) {
          w.uint32(130)
          SpliceOffer.codec().encode(obj.spliceOffer, w)
        }

        if (obj.redeem != null) {
          w.uint32(250)
          JoinResponse.codec().encode(obj.redeem, w)
        }

        if (obj.renewals != null) {
          w.uint32(266)
          Renewals.codec().encode(obj.renewals, w)
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
            case 10: {
              obj.feed = FeedReply.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.feed
              })
              break
            }
            case 11: {
              obj.relays = RelaysResponse.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.relays
              })
              break
            }
            case 12: {
              obj.status = StatusResponse.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.status
              })
              break
            }
            case 13: {
              obj.dropped = Dropped.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.dropped
              })
              break
            }
            case 14: {
              obj.standing = Standing.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.standing
              })
              break
            }
            case 20: {
              obj.members = MembersResponse.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.members
              })
              break
            }
            case 15: {
              obj.splice = SpliceResponse.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.splice
              })
              break
            }
            case 16: {
              obj.spliceOffer = SpliceOffer.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.spliceOffer
              })
              break
            }
            case 31: {
              obj.redeem = JoinResponse.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.redeem
              })
              break
            }
            case 33: {
              obj.renewals = Renewals.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.renewals
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        if (obj.renewals != null) {
          delete obj.redeem
          delete obj.spliceOffer
          delete obj.splice
          delete obj.members
          delete obj.standing
          delete obj.dropped
          delete obj.status
          delete obj.relays
          delete obj.feed
          delete obj.replaced
          delete obj.document
          delete obj.event
          delete obj.list
          delete obj.lookup
          delete obj.result
          delete obj.pong
          delete obj.ping
        }

        if (obj.redeem != null) {
          delete obj.renewals
          delete obj.spliceOffer
          delete obj.splice
          delete obj.members
          delete obj.standing
          delete obj.dropped
          delete obj.status
          delete obj.relays
          delete obj.feed
          delete obj.replaced
          delete obj.document
          delete obj.event
          delete obj.list
          delete obj.lookup
          delete obj.result
          delete obj.pong
          delete obj.ping
        }

        if (obj.spliceOffer != null) {
          delete obj.renewals
          delete obj.redeem
          delete obj.splice
          delete obj.members
          delete obj.standing
          delete obj.dropped
          delete obj.status
          delete obj.relays
          delete obj.feed
          delete obj.replaced
          delete obj.document
          delete obj.event
          delete obj.list
          delete obj.lookup
          delete obj.result
          delete obj.pong
          delete obj.ping
        }

        if (obj.splice != null) {
          delete obj.renewals
          delete obj.redeem
          delete obj.spliceOffer
          delete obj.members
          delete obj.standing
          delete obj.dropped
          delete obj.status
          delete obj.relays
          delete obj.feed
          delete obj.replaced
          delete obj.document
          delete obj.event
          delete obj.list
          delete obj.lookup
          delete obj.result
          delete obj.pong
          delete obj.ping
        }

        if (obj.members != null) {
          delete obj.renewals
          delete obj.redeem
          delete obj.spliceOffer
          delete obj.splice
          delete obj.standing
          delete obj.dropped
          delete obj.status
          delete obj.relays
          delete obj.feed
          delete obj.replaced
          delete obj.document
          delete obj.event
          delete obj.list
          delete obj.lookup
          delete obj.result
          delete obj.pong
          delete obj.ping
        }

        if (obj.standing != null) {
          delete obj.renewals
          delete obj.redeem
          delete obj.spliceOffer
          delete obj.splice
          delete obj.members
          delete obj.dropped
          delete obj.status
          delete obj.relays
          delete obj.feed
          delete obj.replaced
          delete obj.document
          delete obj.event
          delete obj.list
          delete obj.lookup
          delete obj.result
          delete obj.pong
          delete obj.ping
        }

        if (obj.dropped != null) {
          delete obj.renewals
          delete obj.redeem
          delete obj.spliceOffer
          delete obj.splice
          delete obj.members
          delete obj.standing
          delete obj.status
          delete obj.relays
          delete obj.feed
          delete obj.replaced
          delete obj.document
          delete obj.event
          delete obj.list
          delete obj.lookup
          delete obj.result
          delete obj.pong
          delete obj.ping
        }

        if (obj.status != null) {
          delete obj.renewals
          delete obj.redeem
          delete obj.spliceOffer
          delete obj.splice
          delete obj.members
          delete obj.standing
          delete obj.dropped
          delete obj.relays
          delete obj.feed
          delete obj.replaced
          delete obj.document
          delete obj.event
          delete obj.list
          delete obj.lookup
          delete obj.result
          delete obj.pong
          delete obj.ping
        }

        if (obj.relays != null) {
          delete obj.renewals
          delete obj.redeem
          delete obj.spliceOffer
          delete obj.splice
          delete obj.members
          delete obj.standing
          delete obj.dropped
          delete obj.status
          delete obj.feed
          delete obj.replaced
          delete obj.document
          delete obj.event
          delete obj.list
          delete obj.lookup
          delete obj.result
          delete obj.pong
          delete obj.ping
        }

        if (obj.feed != null) {
          delete obj.renewals
          delete obj.redeem
          delete obj.spliceOffer
          delete obj.splice
          delete obj.members
          delete obj.standing
          delete obj.dropped
          delete obj.status
          delete obj.relays
          delete obj.replaced
          delete obj.document
          delete obj.event
          delete obj.list
          delete obj.lookup
          delete obj.result
          delete obj.pong
          delete obj.ping
        }

        if (obj.replaced != null) {
          delete obj.renewals
          delete obj.redeem
          delete obj.spliceOffer
          delete obj.splice
          delete obj.members
          delete obj.standing
          delete obj.dropped
          delete obj.status
          delete obj.relays
          delete obj.feed
          delete obj.document
          delete obj.event
          delete obj.list
          delete obj.lookup
          delete obj.result
          delete obj.pong
          delete obj.ping
        }

        if (obj.document != null) {
          delete obj.renewals
          delete obj.redeem
          delete obj.spliceOffer
          delete obj.splice
          delete obj.members
          delete obj.standing
          delete obj.dropped
          delete obj.status
          delete obj.relays
          delete obj.feed
          delete obj.replaced
          delete obj.event
          delete obj.list
          delete obj.lookup
          delete obj.result
          delete obj.pong
          delete obj.ping
        }

        if (obj.event != null) {
          delete obj.renewals
          delete obj.redeem
          delete obj.spliceOffer
          delete obj.splice
          delete obj.members
          delete obj.standing
          delete obj.dropped
          delete obj.status
          delete obj.relays
          delete obj.feed
          delete obj.replaced
          delete obj.document
          delete obj.list
          delete obj.lookup
          delete obj.result
          delete obj.pong
          delete obj.ping
        }

        if (obj.list != null) {
          delete obj.renewals
          delete obj.redeem
          delete obj.spliceOffer
          delete obj.splice
          delete obj.members
          delete obj.standing
          delete obj.dropped
          delete obj.status
          delete obj.relays
          delete obj.feed
          delete obj.replaced
          delete obj.document
          delete obj.event
          delete obj.lookup
          delete obj.result
          delete obj.pong
          delete obj.ping
        }

        if (obj.lookup != null) {
          delete obj.renewals
          delete obj.redeem
          delete obj.spliceOffer
          delete obj.splice
          delete obj.members
          delete obj.standing
          delete obj.dropped
          delete obj.status
          delete obj.relays
          delete obj.feed
          delete obj.replaced
          delete obj.document
          delete obj.event
          delete obj.list
          delete obj.result
          delete obj.pong
          delete obj.ping
        }

        if (obj.result != null) {
          delete obj.renewals
          delete obj.redeem
          delete obj.spliceOffer
          delete obj.splice
          delete obj.members
          delete obj.standing
          delete obj.dropped
          delete obj.status
          delete obj.relays
          delete obj.feed
          delete obj.replaced
          delete obj.document
          delete obj.event
          delete obj.list
          delete obj.lookup
          delete obj.pong
          delete obj.ping
        }

        if (obj.pong != null) {
          delete obj.renewals
          delete obj.redeem
          delete obj.spliceOffer
          delete obj.splice
          delete obj.members
          delete obj.standing
          delete obj.dropped
          delete obj.status
          delete obj.relays
          delete obj.feed
          delete obj.replaced
          delete obj.document
          delete obj.event
          delete obj.list
          delete obj.lookup
          delete obj.result
          delete obj.ping
        }

        if (obj.ping != null) {
          delete obj.renewals
          delete obj.redeem
          delete obj.spliceOffer
          delete obj.splice
          delete obj.members
          delete obj.standing
          delete obj.dropped
          delete obj.status
          delete obj.relays
          delete obj.feed
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
            case 10: {
              yield * FeedReply.codec().stream(reader, reader.uint32(), `${prefix}.feed`, {
                limits: opts.limits?.feed
              })

              break
            }
            case 11: {
              yield * RelaysResponse.codec().stream(reader, reader.uint32(), `${prefix}.relays`, {
                limits: opts.limits?.relays
              })

              break
            }
            case 12: {
              yield * StatusResponse.codec().stream(reader, reader.uint32(), `${prefix}.status`, {
                limits: opts.limits?.status
              })

              break
            }
            case 13: {
              yield * Dropped.codec().stream(reader, reader.uint32(), `${prefix}.dropped`, {
                limits: opts.limits?.dropped
              })

              break
            }
            case 14: {
              yield * Standing.codec().stream(reader, reader.uint32(), `${prefix}.standing`, {
                limits: opts.limits?.standing
              })

              break
            }
            case 20: {
              yield * MembersResponse.codec().stream(reader, reader.uint32(), `${prefix}.members`, {
                limits: opts.limits?.members
              })

              break
            }
            case 15: {
              yield * SpliceResponse.codec().stream(reader, reader.uint32(), `${prefix}.splice`, {
                limits: opts.limits?.splice
              })

              break
            }
            case 16: {
              yield * SpliceOffer.codec().stream(reader, reader.uint32(), `${prefix}.spliceOffer`, {
                limits: opts.limits?.spliceOffer
              })

              break
            }
            case 31: {
              yield * JoinResponse.codec().stream(reader, reader.uint32(), `${prefix}.redeem`, {
                limits: opts.limits?.redeem
              })

              break
            }
            case 33: {
              yield * Renewals.codec().stream(reader, reader.uint32(), `${prefix}.renewals`, {
                limits: opts.limits?.renewals
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

  export interface RelayMessagePingClaimedFieldEvent {
    field: '$.ping.claimed'
    value: number
  }

  export interface RelayMessagePingStandingFieldEvent {
    field: '$.ping.standing'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RelayMessagePingNoSlotFieldEvent {
    field: '$.ping.noSlot'
    value: boolean
  }

  export interface RelayMessagePongIdFieldEvent {
    field: '$.pong.id'
    value: number
  }

  export interface RelayMessagePongClaimedFieldEvent {
    field: '$.pong.claimed'
    value: number
  }

  export interface RelayMessagePongStandingFieldEvent {
    field: '$.pong.standing'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RelayMessagePongNoSlotFieldEvent {
    field: '$.pong.noSlot'
    value: boolean
  }

  export interface RelayMessageResultStatusFieldEvent {
    field: '$.result.status'
    value: number
  }

  export interface RelayMessageResultReasonFieldEvent {
    field: '$.result.reason'
    value: string
  }

  export interface RelayMessageResultTakeoversFieldEvent {
    field: '$.result.takeovers'
    value: number
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

  export interface RelayMessageLookupPartialFieldEvent {
    field: '$.lookup.partial'
    value: boolean
  }

  export interface RelayMessageLookupRowInstanceIdFieldEvent {
    field: '$.lookup.row.instanceId'
    value: string
  }

  export interface RelayMessageLookupRowIdentityNameFieldEvent {
    field: '$.lookup.row.identityName'
    value: string
  }

  export interface RelayMessageLookupRowPeerIdFieldEvent {
    field: '$.lookup.row.peerId'
    value: string
  }

  export interface RelayMessageLookupRowTerminatorsFieldEvent {
    field: '$.lookup.row.terminators'
    value: number
  }

  export interface RelayMessageLookupRowSinceMsFieldEvent {
    field: '$.lookup.row.sinceMs'
    value: number
  }

  export interface RelayMessageLookupRowBusyFieldEvent {
    field: '$.lookup.row.busy'
    value: boolean
  }

  export interface RelayMessageLookupRowDownFieldEvent {
    field: '$.lookup.row.down'
    value: boolean
  }

  export interface RelayMessageLookupRowPrecedenceFieldEvent {
    field: '$.lookup.row.precedence'
    value: number
  }

  export interface RelayMessageLookupRowCostFieldEvent {
    field: '$.lookup.row.cost'
    value: number
  }

  export interface RelayMessageLookupRowHostCountFieldEvent {
    field: '$.lookup.row.hostCount'
    value: number
  }

  export interface RelayMessageLookupRowHostsIdentityNameFieldEvent {
    field: '$.lookup.row.hosts[].identityName'
    value: string
    index: number
  }

  export interface RelayMessageLookupRowHostsPeerIdFieldEvent {
    field: '$.lookup.row.hosts[].peerId'
    value: string
    index: number
  }

  export interface RelayMessageLookupRowHostsTerminatorsFieldEvent {
    field: '$.lookup.row.hosts[].terminators'
    value: number
    index: number
  }

  export interface RelayMessageLookupRowHostsSinceMsFieldEvent {
    field: '$.lookup.row.hosts[].sinceMs'
    value: number
    index: number
  }

  export interface RelayMessageLookupRowHostsBusyFieldEvent {
    field: '$.lookup.row.hosts[].busy'
    value: boolean
    index: number
  }

  export interface RelayMessageLookupRowHostsDownFieldEvent {
    field: '$.lookup.row.hosts[].down'
    value: boolean
    index: number
  }

  export interface RelayMessageLookupRowHostsPrecedenceFieldEvent {
    field: '$.lookup.row.hosts[].precedence'
    value: number
    index: number
  }

  export interface RelayMessageLookupRowHostsCostFieldEvent {
    field: '$.lookup.row.hosts[].cost'
    value: number
    index: number
  }

  export interface RelayMessageListStatusFieldEvent {
    field: '$.list.status'
    value: number
  }

  export interface RelayMessageListCursorFieldEvent {
    field: '$.list.cursor'
    value: string
  }

  export interface RelayMessageListPartialFieldEvent {
    field: '$.list.partial'
    value: boolean
  }

  export interface RelayMessageListPageNamesFieldEvent {
    field: '$.list.page.names'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RelayMessageListPageFiguresFieldEvent {
    field: '$.list.page.figures'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RelayMessageListPageStatesFieldEvent {
    field: '$.list.page.states'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RelayMessageListPageHostsRowFieldEvent {
    field: '$.list.page.hosts[].row'
    value: number
    index: number
  }

  export interface RelayMessageListPageHostsHostIdentityNameFieldEvent {
    field: '$.list.page.hosts[].host.identityName'
    value: string
    index: number
  }

  export interface RelayMessageListPageHostsHostPeerIdFieldEvent {
    field: '$.list.page.hosts[].host.peerId'
    value: string
    index: number
  }

  export interface RelayMessageListPageHostsHostTerminatorsFieldEvent {
    field: '$.list.page.hosts[].host.terminators'
    value: number
    index: number
  }

  export interface RelayMessageListPageHostsHostSinceMsFieldEvent {
    field: '$.list.page.hosts[].host.sinceMs'
    value: number
    index: number
  }

  export interface RelayMessageListPageHostsHostBusyFieldEvent {
    field: '$.list.page.hosts[].host.busy'
    value: boolean
    index: number
  }

  export interface RelayMessageListPageHostsHostDownFieldEvent {
    field: '$.list.page.hosts[].host.down'
    value: boolean
    index: number
  }

  export interface RelayMessageListPageHostsHostPrecedenceFieldEvent {
    field: '$.list.page.hosts[].host.precedence'
    value: number
    index: number
  }

  export interface RelayMessageListPageHostsHostCostFieldEvent {
    field: '$.list.page.hosts[].host.cost'
    value: number
    index: number
  }

  export interface RelayMessageListDigestFieldEvent {
    field: '$.list.digest'
    value: Uint8Array<ArrayBuffer>
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

  export interface RelayMessageEventRowDownFieldEvent {
    field: '$.event.row.down'
    value: boolean
  }

  export interface RelayMessageEventRowPrecedenceFieldEvent {
    field: '$.event.row.precedence'
    value: number
  }

  export interface RelayMessageEventRowCostFieldEvent {
    field: '$.event.row.cost'
    value: number
  }

  export interface RelayMessageEventRowHostCountFieldEvent {
    field: '$.event.row.hostCount'
    value: number
  }

  export interface RelayMessageEventRowHostsIdentityNameFieldEvent {
    field: '$.event.row.hosts[].identityName'
    value: string
    index: number
  }

  export interface RelayMessageEventRowHostsPeerIdFieldEvent {
    field: '$.event.row.hosts[].peerId'
    value: string
    index: number
  }

  export interface RelayMessageEventRowHostsTerminatorsFieldEvent {
    field: '$.event.row.hosts[].terminators'
    value: number
    index: number
  }

  export interface RelayMessageEventRowHostsSinceMsFieldEvent {
    field: '$.event.row.hosts[].sinceMs'
    value: number
    index: number
  }

  export interface RelayMessageEventRowHostsBusyFieldEvent {
    field: '$.event.row.hosts[].busy'
    value: boolean
    index: number
  }

  export interface RelayMessageEventRowHostsDownFieldEvent {
    field: '$.event.row.hosts[].down'
    value: boolean
    index: number
  }

  export interface RelayMessageEventRowHostsPrecedenceFieldEvent {
    field: '$.event.row.hosts[].precedence'
    value: number
    index: number
  }

  export interface RelayMessageEventRowHostsCostFieldEvent {
    field: '$.event.row.hosts[].cost'
    value: number
    index: number
  }

  export interface RelayMessageEventGoneInstanceIdFieldEvent {
    field: '$.event.goneInstanceId'
    value: string
  }

  export interface RelayMessageEventLastSeenMsFieldEvent {
    field: '$.event.lastSeenMs'
    value: number
  }

  export interface RelayMessageEventCurrentFieldEvent {
    field: '$.event.current'
    value: boolean
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

  export interface RelayMessageReplacedTakeoversFieldEvent {
    field: '$.replaced.takeovers'
    value: number
  }

  export interface RelayMessageFeedEpochFieldEvent {
    field: '$.feed.epoch'
    value: number
  }

  export interface RelayMessageFeedVersionFieldEvent {
    field: '$.feed.version'
    value: number
  }

  export interface RelayMessageFeedResyncFieldEvent {
    field: '$.feed.resync'
    value: boolean
  }

  export interface RelayMessageRelaysRelaysNameFieldEvent {
    field: '$.relays.relays[].name'
    value: string
    index: number
  }

  export interface RelayMessageRelaysRelaysPeerIdFieldEvent {
    field: '$.relays.relays[].peerId'
    value: string
    index: number
  }

  export interface RelayMessageRelaysRelaysMultiaddrsFieldEvent {
    field: '$.relays.relays[].multiaddrs[]'
    index: number
    value: string
  }

  export interface RelayMessageStatusNameFieldEvent {
    field: '$.status.name'
    value: string
  }

  export interface RelayMessageStatusPeerIdFieldEvent {
    field: '$.status.peerId'
    value: string
  }

  export interface RelayMessageStatusRevisionFieldEvent {
    field: '$.status.revision'
    value: number
  }

  export interface RelayMessageStatusUpMsFieldEvent {
    field: '$.status.upMs'
    value: number
  }

  export interface RelayMessageStatusLinksFieldEvent {
    field: '$.status.links'
    value: number
  }

  export interface RelayMessageStatusTerminatorsFieldEvent {
    field: '$.status.terminators'
    value: number
  }

  export interface RelayMessageStatusMemoryBytesFieldEvent {
    field: '$.status.memoryBytes'
    value: number
  }

  export interface RelayMessageStatusPartitionsServiceFieldEvent {
    field: '$.status.partitions[].service'
    value: string
    index: number
  }

  export interface RelayMessageStatusPartitionsShardFieldEvent {
    field: '$.status.partitions[].shard'
    value: number
    index: number
  }

  export interface RelayMessageStatusPartitionsHomesFieldEvent {
    field: '$.status.partitions[].homes[]'
    index: number
    value: string
  }

  export interface RelayMessageStatusPartitionsHomeFieldEvent {
    field: '$.status.partitions[].home'
    value: boolean
    index: number
  }

  export interface RelayMessageStatusPartitionsSettledFieldEvent {
    field: '$.status.partitions[].settled'
    value: boolean
    index: number
  }

  export interface RelayMessageStatusPartitionsInstancesFieldEvent {
    field: '$.status.partitions[].instances'
    value: number
    index: number
  }

  export interface RelayMessageStatusPartitionsTerminatorsFieldEvent {
    field: '$.status.partitions[].terminators'
    value: number
    index: number
  }

  export interface RelayMessageStatusPartitionsOwnedFieldEvent {
    field: '$.status.partitions[].owned'
    value: number
    index: number
  }

  export interface RelayMessageStatusPartitionsOwnedDigestFieldEvent {
    field: '$.status.partitions[].ownedDigest'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface RelayMessageStatusFeedsHomeFieldEvent {
    field: '$.status.feeds[].home'
    value: string
    index: number
  }

  export interface RelayMessageStatusFeedsEpochFieldEvent {
    field: '$.status.feeds[].epoch'
    value: number
    index: number
  }

  export interface RelayMessageStatusFeedsVersionFieldEvent {
    field: '$.status.feeds[].version'
    value: number
    index: number
  }

  export interface RelayMessageStatusFeedsAcknowledgedFieldEvent {
    field: '$.status.feeds[].acknowledged'
    value: number
    index: number
  }

  export interface RelayMessageStatusFeedsPendingFieldEvent {
    field: '$.status.feeds[].pending'
    value: number
    index: number
  }

  export interface RelayMessageStatusOwnersOwnerFieldEvent {
    field: '$.status.owners[].owner'
    value: string
    index: number
  }

  export interface RelayMessageStatusOwnersEpochFieldEvent {
    field: '$.status.owners[].epoch'
    value: number
    index: number
  }

  export interface RelayMessageStatusOwnersVersionFieldEvent {
    field: '$.status.owners[].version'
    value: number
    index: number
  }

  export interface RelayMessageStatusOwnersSilentMsFieldEvent {
    field: '$.status.owners[].silentMs'
    value: number
    index: number
  }

  export interface RelayMessageStatusOwnersHeldServiceFieldEvent {
    field: '$.status.owners[].held[].service'
    value: string
    index: number
  }

  export interface RelayMessageStatusOwnersHeldShardFieldEvent {
    field: '$.status.owners[].held[].shard'
    value: number
    index: number
  }

  export interface RelayMessageStatusOwnersHeldTerminatorsFieldEvent {
    field: '$.status.owners[].held[].terminators'
    value: number
    index: number
  }

  export interface RelayMessageStatusOwnersHeldDigestFieldEvent {
    field: '$.status.owners[].held[].digest'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface RelayMessageStatusRelaysFieldEvent {
    field: '$.status.relays[]'
    index: number
    value: string
  }

  export interface RelayMessageStatusClaimsNameFieldEvent {
    field: '$.status.claims[].name'
    value: string
    index: number
  }

  export interface RelayMessageStatusClaimsPeerIdFieldEvent {
    field: '$.status.claims[].peerId'
    value: string
    index: number
  }

  export interface RelayMessageStatusClaimsClaimedFieldEvent {
    field: '$.status.claims[].claimed'
    value: number
    index: number
  }

  export interface RelayMessageStatusClaimsHeldFieldEvent {
    field: '$.status.claims[].held'
    value: number
    index: number
  }

  export interface RelayMessageStatusDocumentDigestFieldEvent {
    field: '$.status.documentDigest'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RelayMessageStatusForksRevisionFieldEvent {
    field: '$.status.forks[].revision'
    value: number
    index: number
  }

  export interface RelayMessageStatusForksDigestFieldEvent {
    field: '$.status.forks[].digest'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface RelayMessageStatusLiarsPeerIdFieldEvent {
    field: '$.status.liars[].peerId'
    value: string
    index: number
  }

  export interface RelayMessageStatusLiarsWhatFieldEvent {
    field: '$.status.liars[].what'
    value: string
    index: number
  }

  export interface RelayMessageStatusLiarsAtMsFieldEvent {
    field: '$.status.liars[].atMs'
    value: number
    index: number
  }

  export interface RelayMessageStatusSplicesFieldEvent {
    field: '$.status.splices'
    value: number
  }

  export interface RelayMessageStatusPendingSplicesFieldEvent {
    field: '$.status.pendingSplices'
    value: number
  }

  export interface RelayMessageDroppedServiceFieldEvent {
    field: '$.dropped.service'
    value: string
  }

  export interface RelayMessageDroppedInstanceIdFieldEvent {
    field: '$.dropped.instanceId'
    value: string
  }

  export interface RelayMessageDroppedStatusFieldEvent {
    field: '$.dropped.status'
    value: number
  }

  export interface RelayMessageDroppedReasonFieldEvent {
    field: '$.dropped.reason'
    value: string
  }

  export interface RelayMessageStandingBeginFieldEvent {
    field: '$.standing.begin'
    value: boolean
  }

  export interface RelayMessageStandingEndFieldEvent {
    field: '$.standing.end'
    value: boolean
  }

  export interface RelayMessageStandingBindingsServiceFieldEvent {
    field: '$.standing.bindings[].service'
    value: string
    index: number
  }

  export interface RelayMessageStandingBindingsInstanceIdFieldEvent {
    field: '$.standing.bindings[].instanceId'
    value: string
    index: number
  }

  export interface RelayMessageStandingWatchesFieldEvent {
    field: '$.standing.watches[]'
    index: number
    value: string
  }

  export interface RelayMessageMembersCertificatesFieldEvent {
    field: '$.members.certificates[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface RelayMessageMembersCursorFieldEvent {
    field: '$.members.cursor'
    value: string
  }

  export interface RelayMessageMembersRedemptionsDelegationFieldEvent {
    field: '$.members.redemptions[].delegation'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface RelayMessageMembersRedemptionsReceiptFieldEvent {
    field: '$.members.redemptions[].receipt'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface RelayMessageMembersRedemptionsWitnessFieldEvent {
    field: '$.members.redemptions[].witness'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface RelayMessageSpliceTokenFieldEvent {
    field: '$.splice.token'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RelayMessageSpliceOfferTokenFieldEvent {
    field: '$.spliceOffer.token'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RelayMessageSpliceOfferDialerPeerIdFieldEvent {
    field: '$.spliceOffer.dialerPeerId'
    value: string
  }

  export interface RelayMessageRedeemStatusFieldEvent {
    field: '$.redeem.status'
    value: number
  }

  export interface RelayMessageRedeemReasonFieldEvent {
    field: '$.redeem.reason'
    value: string
  }

  export interface RelayMessageRedeemReceiptFieldEvent {
    field: '$.redeem.receipt'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RelayMessageRedeemWitnessFieldEvent {
    field: '$.redeem.witness'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RelayMessageRedeemDocumentFieldEvent {
    field: '$.redeem.document'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RelayMessageRenewalsCertificatesFieldEvent {
    field: '$.renewals.certificates[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<RelayMessage>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, RelayMessage.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RelayMessage>): RelayMessage {
    return decodeMessage(buf, RelayMessage.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RelayMessage>): Generator<RelayMessageRequestIdFieldEvent | RelayMessagePingIdFieldEvent | RelayMessagePingClaimedFieldEvent | RelayMessagePingStandingFieldEvent | RelayMessagePingNoSlotFieldEvent | RelayMessagePongIdFieldEvent | RelayMessagePongClaimedFieldEvent | RelayMessagePongStandingFieldEvent | RelayMessagePongNoSlotFieldEvent | RelayMessageResultStatusFieldEvent | RelayMessageResultReasonFieldEvent | RelayMessageResultTakeoversFieldEvent | RelayMessageLookupStatusFieldEvent | RelayMessageLookupTerminatorsTerminatorFieldEvent | RelayMessageLookupTerminatorsCertificateFieldEvent | RelayMessageLookupLastSeenMsFieldEvent | RelayMessageLookupPartialFieldEvent | RelayMessageLookupRowInstanceIdFieldEvent | RelayMessageLookupRowIdentityNameFieldEvent | RelayMessageLookupRowPeerIdFieldEvent | RelayMessageLookupRowTerminatorsFieldEvent | RelayMessageLookupRowSinceMsFieldEvent | RelayMessageLookupRowBusyFieldEvent | RelayMessageLookupRowDownFieldEvent | RelayMessageLookupRowPrecedenceFieldEvent | RelayMessageLookupRowCostFieldEvent | RelayMessageLookupRowHostCountFieldEvent | RelayMessageLookupRowHostsIdentityNameFieldEvent | RelayMessageLookupRowHostsPeerIdFieldEvent | RelayMessageLookupRowHostsTerminatorsFieldEvent | RelayMessageLookupRowHostsSinceMsFieldEvent | RelayMessageLookupRowHostsBusyFieldEvent | RelayMessageLookupRowHostsDownFieldEvent | RelayMessageLookupRowHostsPrecedenceFieldEvent | RelayMessageLookupRowHostsCostFieldEvent | RelayMessageListStatusFieldEvent | RelayMessageListCursorFieldEvent | RelayMessageListPartialFieldEvent | RelayMessageListPageNamesFieldEvent | RelayMessageListPageFiguresFieldEvent | RelayMessageListPageStatesFieldEvent | RelayMessageListPageHostsRowFieldEvent | RelayMessageListPageHostsHostIdentityNameFieldEvent | RelayMessageListPageHostsHostPeerIdFieldEvent | RelayMessageListPageHostsHostTerminatorsFieldEvent | RelayMessageListPageHostsHostSinceMsFieldEvent | RelayMessageListPageHostsHostBusyFieldEvent | RelayMessageListPageHostsHostDownFieldEvent | RelayMessageListPageHostsHostPrecedenceFieldEvent | RelayMessageListPageHostsHostCostFieldEvent | RelayMessageListDigestFieldEvent | RelayMessageEventServiceFieldEvent | RelayMessageEventRowInstanceIdFieldEvent | RelayMessageEventRowIdentityNameFieldEvent | RelayMessageEventRowPeerIdFieldEvent | RelayMessageEventRowTerminatorsFieldEvent | RelayMessageEventRowSinceMsFieldEvent | RelayMessageEventRowBusyFieldEvent | RelayMessageEventRowDownFieldEvent | RelayMessageEventRowPrecedenceFieldEvent | RelayMessageEventRowCostFieldEvent | RelayMessageEventRowHostCountFieldEvent | RelayMessageEventRowHostsIdentityNameFieldEvent | RelayMessageEventRowHostsPeerIdFieldEvent | RelayMessageEventRowHostsTerminatorsFieldEvent | RelayMessageEventRowHostsSinceMsFieldEvent | RelayMessageEventRowHostsBusyFieldEvent | RelayMessageEventRowHostsDownFieldEvent | RelayMessageEventRowHostsPrecedenceFieldEvent | RelayMessageEventRowHostsCostFieldEvent | RelayMessageEventGoneInstanceIdFieldEvent | RelayMessageEventLastSeenMsFieldEvent | RelayMessageEventCurrentFieldEvent | RelayMessageDocumentDocumentFieldEvent | RelayMessageReplacedServiceFieldEvent | RelayMessageReplacedInstanceIdFieldEvent | RelayMessageReplacedTakeoversFieldEvent | RelayMessageFeedEpochFieldEvent | RelayMessageFeedVersionFieldEvent | RelayMessageFeedResyncFieldEvent | RelayMessageRelaysRelaysNameFieldEvent | RelayMessageRelaysRelaysPeerIdFieldEvent | RelayMessageRelaysRelaysMultiaddrsFieldEvent | RelayMessageStatusNameFieldEvent | RelayMessageStatusPeerIdFieldEvent | RelayMessageStatusRevisionFieldEvent | RelayMessageStatusUpMsFieldEvent | RelayMessageStatusLinksFieldEvent | RelayMessageStatusTerminatorsFieldEvent | RelayMessageStatusMemoryBytesFieldEvent | RelayMessageStatusPartitionsServiceFieldEvent | RelayMessageStatusPartitionsShardFieldEvent | RelayMessageStatusPartitionsHomesFieldEvent | RelayMessageStatusPartitionsHomeFieldEvent | RelayMessageStatusPartitionsSettledFieldEvent | RelayMessageStatusPartitionsInstancesFieldEvent | RelayMessageStatusPartitionsTerminatorsFieldEvent | RelayMessageStatusPartitionsOwnedFieldEvent | RelayMessageStatusPartitionsOwnedDigestFieldEvent | RelayMessageStatusFeedsHomeFieldEvent | RelayMessageStatusFeedsEpochFieldEvent | RelayMessageStatusFeedsVersionFieldEvent | RelayMessageStatusFeedsAcknowledgedFieldEvent | RelayMessageStatusFeedsPendingFieldEvent | RelayMessageStatusOwnersOwnerFieldEvent | RelayMessageStatusOwnersEpochFieldEvent | RelayMessageStatusOwnersVersionFieldEvent | RelayMessageStatusOwnersSilentMsFieldEvent | RelayMessageStatusOwnersHeldServiceFieldEvent | RelayMessageStatusOwnersHeldShardFieldEvent | RelayMessageStatusOwnersHeldTerminatorsFieldEvent | RelayMessageStatusOwnersHeldDigestFieldEvent | RelayMessageStatusRelaysFieldEvent | RelayMessageStatusClaimsNameFieldEvent | RelayMessageStatusClaimsPeerIdFieldEvent | RelayMessageStatusClaimsClaimedFieldEvent | RelayMessageStatusClaimsHeldFieldEvent | RelayMessageStatusDocumentDigestFieldEvent | RelayMessageStatusForksRevisionFieldEvent | RelayMessageStatusForksDigestFieldEvent | RelayMessageStatusLiarsPeerIdFieldEvent | RelayMessageStatusLiarsWhatFieldEvent | RelayMessageStatusLiarsAtMsFieldEvent | RelayMessageStatusSplicesFieldEvent | RelayMessageStatusPendingSplicesFieldEvent | RelayMessageDroppedServiceFieldEvent | RelayMessageDroppedInstanceIdFieldEvent | RelayMessageDroppedStatusFieldEvent | RelayMessageDroppedReasonFieldEvent | RelayMessageStandingBeginFieldEvent | RelayMessageStandingEndFieldEvent | RelayMessageStandingBindingsServiceFieldEvent | RelayMessageStandingBindingsInstanceIdFieldEvent | RelayMessageStandingWatchesFieldEvent | RelayMessageMembersCertificatesFieldEvent | RelayMessageMembersCursorFieldEvent | RelayMessageMembersRedemptionsDelegationFieldEvent | RelayMessageMembersRedemptionsReceiptFieldEvent | RelayMessageMembersRedemptionsWitnessFieldEvent | RelayMessageSpliceTokenFieldEvent | RelayMessageSpliceOfferTokenFieldEvent | RelayMessageSpliceOfferDialerPeerIdFieldEvent | RelayMessageRedeemStatusFieldEvent | RelayMessageRedeemReasonFieldEvent | RelayMessageRedeemReceiptFieldEvent | RelayMessageRedeemWitnessFieldEvent | RelayMessageRedeemDocumentFieldEvent | RelayMessageRenewalsCertificatesFieldEvent> {
    return streamMessage(buf, RelayMessage.codec(), opts)
  }
}

export interface LinkPing {
  id: number
  claimed: number
  standing?: Uint8Array<ArrayBuffer>
  noSlot?: boolean
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

        if ((obj.claimed != null && obj.claimed !== 0)) {
          w.uint32(16)
          w.uint32(obj.claimed)
        }

        if (obj.standing != null) {
          w.uint32(26)
          w.bytes(obj.standing)
        }

        if (obj.noSlot != null) {
          w.uint32(32)
          w.bool(obj.noSlot)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          id: 0,
          claimed: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.id = reader.uint32()
              break
            }
            case 2: {
              obj.claimed = reader.uint32()
              break
            }
            case 3: {
              obj.standing = reader.bytes()
              break
            }
            case 4: {
              obj.noSlot = reader.bool()
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
            case 2: {
              yield {
                field: `${prefix}.claimed`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.standing`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.noSlot`,
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

  export interface LinkPingIdFieldEvent {
    field: '$.id'
    value: number
  }

  export interface LinkPingClaimedFieldEvent {
    field: '$.claimed'
    value: number
  }

  export interface LinkPingStandingFieldEvent {
    field: '$.standing'
    value: Uint8Array<ArrayBuffer>
  }

  export interface LinkPingNoSlotFieldEvent {
    field: '$.noSlot'
    value: boolean
  }

  export function encode (obj: Partial<LinkPing>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, LinkPing.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LinkPing>): LinkPing {
    return decodeMessage(buf, LinkPing.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LinkPing>): Generator<LinkPingIdFieldEvent | LinkPingClaimedFieldEvent | LinkPingStandingFieldEvent | LinkPingNoSlotFieldEvent> {
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
  down: boolean
  splices: boolean
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

        if ((obj.down != null && obj.down !== false)) {
          w.uint32(24)
          w.bool(obj.down)
        }

        if ((obj.splices != null && obj.splices !== false)) {
          w.uint32(80)
          w.bool(obj.splices)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          busy: false,
          down: false,
          splices: false
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
            case 3: {
              obj.down = reader.bool()
              break
            }
            case 10: {
              obj.splices = reader.bool()
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
            case 3: {
              yield {
                field: `${prefix}.down`,
                value: reader.bool()
              }
              break
            }
            case 10: {
              yield {
                field: `${prefix}.splices`,
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

  export interface BindRequestDownFieldEvent {
    field: '$.down'
    value: boolean
  }

  export interface BindRequestSplicesFieldEvent {
    field: '$.splices'
    value: boolean
  }

  export function encode (obj: Partial<BindRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, BindRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BindRequest>): BindRequest {
    return decodeMessage(buf, BindRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BindRequest>): Generator<BindRequestTerminatorTerminatorFieldEvent | BindRequestTerminatorCertificateFieldEvent | BindRequestBusyFieldEvent | BindRequestDownFieldEvent | BindRequestSplicesFieldEvent> {
    return streamMessage(buf, BindRequest.codec(), opts)
  }
}

export interface SpliceRequest {
  service: string
  instanceId: string
  hostPeerId: string
  processId: number
}

export namespace SpliceRequest {
  let _codec: Codec<SpliceRequest>

  export const codec = (): Codec<SpliceRequest> => {
    if (_codec == null) {
      _codec = message<SpliceRequest>((obj, w, opts = {}) => {
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

        if ((obj.hostPeerId != null && obj.hostPeerId !== '')) {
          w.uint32(26)
          w.string(obj.hostPeerId)
        }

        if ((obj.processId != null && obj.processId !== 0)) {
          w.uint32(32)
          w.uint32(obj.processId)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          service: '',
          instanceId: '',
          hostPeerId: '',
          processId: 0
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
            case 3: {
              obj.hostPeerId = reader.string()
              break
            }
            case 4: {
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
            case 3: {
              yield {
                field: `${prefix}.hostPeerId`,
                value: reader.string()
              }
              break
            }
            case 4: {
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

  export interface SpliceRequestServiceFieldEvent {
    field: '$.service'
    value: string
  }

  export interface SpliceRequestInstanceIdFieldEvent {
    field: '$.instanceId'
    value: string
  }

  export interface SpliceRequestHostPeerIdFieldEvent {
    field: '$.hostPeerId'
    value: string
  }

  export interface SpliceRequestProcessIdFieldEvent {
    field: '$.processId'
    value: number
  }

  export function encode (obj: Partial<SpliceRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, SpliceRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SpliceRequest>): SpliceRequest {
    return decodeMessage(buf, SpliceRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SpliceRequest>): Generator<SpliceRequestServiceFieldEvent | SpliceRequestInstanceIdFieldEvent | SpliceRequestHostPeerIdFieldEvent | SpliceRequestProcessIdFieldEvent> {
    return streamMessage(buf, SpliceRequest.codec(), opts)
  }
}

export interface SpliceResponse {
  token: Uint8Array<ArrayBuffer>
}

export namespace SpliceResponse {
  let _codec: Codec<SpliceResponse>

  export const codec = (): Codec<SpliceResponse> => {
    if (_codec == null) {
      _codec = message<SpliceResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.token != null && obj.token.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.token)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          token: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.token = reader.bytes()
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
                field: `${prefix}.token`,
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

  export interface SpliceResponseTokenFieldEvent {
    field: '$.token'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<SpliceResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, SpliceResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SpliceResponse>): SpliceResponse {
    return decodeMessage(buf, SpliceResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SpliceResponse>): Generator<SpliceResponseTokenFieldEvent> {
    return streamMessage(buf, SpliceResponse.codec(), opts)
  }
}

export interface SpliceOffer {
  token: Uint8Array<ArrayBuffer>
  dialerPeerId: string
}

export namespace SpliceOffer {
  let _codec: Codec<SpliceOffer>

  export const codec = (): Codec<SpliceOffer> => {
    if (_codec == null) {
      _codec = message<SpliceOffer>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.token != null && obj.token.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.token)
        }

        if ((obj.dialerPeerId != null && obj.dialerPeerId !== '')) {
          w.uint32(18)
          w.string(obj.dialerPeerId)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          token: uint8ArrayAlloc(0),
          dialerPeerId: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.token = reader.bytes()
              break
            }
            case 2: {
              obj.dialerPeerId = reader.string()
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
                field: `${prefix}.token`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.dialerPeerId`,
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

  export interface SpliceOfferTokenFieldEvent {
    field: '$.token'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SpliceOfferDialerPeerIdFieldEvent {
    field: '$.dialerPeerId'
    value: string
  }

  export function encode (obj: Partial<SpliceOffer>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, SpliceOffer.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SpliceOffer>): SpliceOffer {
    return decodeMessage(buf, SpliceOffer.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SpliceOffer>): Generator<SpliceOfferTokenFieldEvent | SpliceOfferDialerPeerIdFieldEvent> {
    return streamMessage(buf, SpliceOffer.codec(), opts)
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
  local: boolean
  shards: number[]
  preferHostPeerId: string
  preferInstanceId: string
  describe: boolean
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

        if ((obj.local != null && obj.local !== false)) {
          w.uint32(24)
          w.bool(obj.local)
        }

        if (obj.shards != null && obj.shards.length > 0) {
          for (const value of obj.shards) {
            w.uint32(32)
            w.uint32(value)
          }
        }

        if ((obj.preferHostPeerId != null && obj.preferHostPeerId !== '')) {
          w.uint32(42)
          w.string(obj.preferHostPeerId)
        }

        if ((obj.preferInstanceId != null && obj.preferInstanceId !== '')) {
          w.uint32(50)
          w.string(obj.preferInstanceId)
        }

        if ((obj.describe != null && obj.describe !== false)) {
          w.uint32(56)
          w.bool(obj.describe)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          service: '',
          instanceId: '',
          local: false,
          shards: [],
          preferHostPeerId: '',
          preferInstanceId: '',
          describe: false
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
            case 3: {
              obj.local = reader.bool()
              break
            }
            case 4: {
              if (opts.limits?.shards != null && obj.shards.length === opts.limits.shards) {
                throw new MaxLengthError('Decode error - repeated field "shards" had too many elements')
              }

              if (obj.shards.length === 1024) {
                throw new MaxLengthError('Decode error - repeated field "shards" had too many elements')
              }

              obj.shards.push(reader.uint32())
              break
            }
            case 5: {
              obj.preferHostPeerId = reader.string()
              break
            }
            case 6: {
              obj.preferInstanceId = reader.string()
              break
            }
            case 7: {
              obj.describe = reader.bool()
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
          shards: 1024
        }

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
            case 3: {
              yield {
                field: `${prefix}.local`,
                value: reader.bool()
              }
              break
            }
            case 4: {
              if (opts.limits?.shards != null && obj.shards === opts.limits.shards) {
                throw new MaxLengthError('Streaming decode error - repeated field "shards" had too many elements')
              }

              if (obj.shards === 1024) {
                throw new MaxLengthError('Streaming decode error - repeated field "shards" had too many elements')
              }

              yield {
                field: `${prefix}.shards[]`,
                index: obj.shards,
                value: reader.uint32()
              }

              obj.shards++

              break
            }
            case 5: {
              yield {
                field: `${prefix}.preferHostPeerId`,
                value: reader.string()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.preferInstanceId`,
                value: reader.string()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.describe`,
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

  export interface LookupRequestServiceFieldEvent {
    field: '$.service'
    value: string
  }

  export interface LookupRequestInstanceIdFieldEvent {
    field: '$.instanceId'
    value: string
  }

  export interface LookupRequestLocalFieldEvent {
    field: '$.local'
    value: boolean
  }

  export interface LookupRequestShardsFieldEvent {
    field: '$.shards[]'
    index: number
    value: number
  }

  export interface LookupRequestPreferHostPeerIdFieldEvent {
    field: '$.preferHostPeerId'
    value: string
  }

  export interface LookupRequestPreferInstanceIdFieldEvent {
    field: '$.preferInstanceId'
    value: string
  }

  export interface LookupRequestDescribeFieldEvent {
    field: '$.describe'
    value: boolean
  }

  export function encode (obj: Partial<LookupRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, LookupRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LookupRequest>): LookupRequest {
    return decodeMessage(buf, LookupRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LookupRequest>): Generator<LookupRequestServiceFieldEvent | LookupRequestInstanceIdFieldEvent | LookupRequestLocalFieldEvent | LookupRequestShardsFieldEvent | LookupRequestPreferHostPeerIdFieldEvent | LookupRequestPreferInstanceIdFieldEvent | LookupRequestDescribeFieldEvent> {
    return streamMessage(buf, LookupRequest.codec(), opts)
  }
}

export interface LookupResponse {
  status: number
  terminators: SignedTerminator[]
  lastSeenMs: number
  partial: boolean
  row?: Row
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

        if ((obj.partial != null && obj.partial !== false)) {
          w.uint32(32)
          w.bool(obj.partial)
        }

        if (obj.row != null) {
          w.uint32(42)
          Row.codec().encode(obj.row, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          status: 0,
          terminators: [],
          lastSeenMs: 0,
          partial: false
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

              if (obj.terminators.length === 64) {
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
            case 4: {
              obj.partial = reader.bool()
              break
            }
            case 5: {
              obj.row = Row.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.row
              })
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
          terminators: 64
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

              if (obj.terminators === 64) {
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
            case 4: {
              yield {
                field: `${prefix}.partial`,
                value: reader.bool()
              }
              break
            }
            case 5: {
              yield * Row.codec().stream(reader, reader.uint32(), `${prefix}.row`, {
                limits: opts.limits?.row
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

  export interface LookupResponsePartialFieldEvent {
    field: '$.partial'
    value: boolean
  }

  export interface LookupResponseRowInstanceIdFieldEvent {
    field: '$.row.instanceId'
    value: string
  }

  export interface LookupResponseRowIdentityNameFieldEvent {
    field: '$.row.identityName'
    value: string
  }

  export interface LookupResponseRowPeerIdFieldEvent {
    field: '$.row.peerId'
    value: string
  }

  export interface LookupResponseRowTerminatorsFieldEvent {
    field: '$.row.terminators'
    value: number
  }

  export interface LookupResponseRowSinceMsFieldEvent {
    field: '$.row.sinceMs'
    value: number
  }

  export interface LookupResponseRowBusyFieldEvent {
    field: '$.row.busy'
    value: boolean
  }

  export interface LookupResponseRowDownFieldEvent {
    field: '$.row.down'
    value: boolean
  }

  export interface LookupResponseRowPrecedenceFieldEvent {
    field: '$.row.precedence'
    value: number
  }

  export interface LookupResponseRowCostFieldEvent {
    field: '$.row.cost'
    value: number
  }

  export interface LookupResponseRowHostCountFieldEvent {
    field: '$.row.hostCount'
    value: number
  }

  export interface LookupResponseRowHostsIdentityNameFieldEvent {
    field: '$.row.hosts[].identityName'
    value: string
    index: number
  }

  export interface LookupResponseRowHostsPeerIdFieldEvent {
    field: '$.row.hosts[].peerId'
    value: string
    index: number
  }

  export interface LookupResponseRowHostsTerminatorsFieldEvent {
    field: '$.row.hosts[].terminators'
    value: number
    index: number
  }

  export interface LookupResponseRowHostsSinceMsFieldEvent {
    field: '$.row.hosts[].sinceMs'
    value: number
    index: number
  }

  export interface LookupResponseRowHostsBusyFieldEvent {
    field: '$.row.hosts[].busy'
    value: boolean
    index: number
  }

  export interface LookupResponseRowHostsDownFieldEvent {
    field: '$.row.hosts[].down'
    value: boolean
    index: number
  }

  export interface LookupResponseRowHostsPrecedenceFieldEvent {
    field: '$.row.hosts[].precedence'
    value: number
    index: number
  }

  export interface LookupResponseRowHostsCostFieldEvent {
    field: '$.row.hosts[].cost'
    value: number
    index: number
  }

  export function encode (obj: Partial<LookupResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, LookupResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LookupResponse>): LookupResponse {
    return decodeMessage(buf, LookupResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LookupResponse>): Generator<LookupResponseStatusFieldEvent | LookupResponseTerminatorsTerminatorFieldEvent | LookupResponseTerminatorsCertificateFieldEvent | LookupResponseLastSeenMsFieldEvent | LookupResponsePartialFieldEvent | LookupResponseRowInstanceIdFieldEvent | LookupResponseRowIdentityNameFieldEvent | LookupResponseRowPeerIdFieldEvent | LookupResponseRowTerminatorsFieldEvent | LookupResponseRowSinceMsFieldEvent | LookupResponseRowBusyFieldEvent | LookupResponseRowDownFieldEvent | LookupResponseRowPrecedenceFieldEvent | LookupResponseRowCostFieldEvent | LookupResponseRowHostCountFieldEvent | LookupResponseRowHostsIdentityNameFieldEvent | LookupResponseRowHostsPeerIdFieldEvent | LookupResponseRowHostsTerminatorsFieldEvent | LookupResponseRowHostsSinceMsFieldEvent | LookupResponseRowHostsBusyFieldEvent | LookupResponseRowHostsDownFieldEvent | LookupResponseRowHostsPrecedenceFieldEvent | LookupResponseRowHostsCostFieldEvent> {
    return streamMessage(buf, LookupResponse.codec(), opts)
  }
}

export interface ListRequest {
  service: string
  cursor: string
  limit: number
  local: boolean
  shards: number[]
  digestOnly?: boolean
  unlessDigest?: Uint8Array<ArrayBuffer>
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

        if ((obj.local != null && obj.local !== false)) {
          w.uint32(32)
          w.bool(obj.local)
        }

        if (obj.shards != null && obj.shards.length > 0) {
          for (const value of obj.shards) {
            w.uint32(40)
            w.uint32(value)
          }
        }

        if (obj.digestOnly != null) {
          w.uint32(48)
          w.bool(obj.digestOnly)
        }

        if (obj.unlessDigest != null) {
          w.uint32(58)
          w.bytes(obj.unlessDigest)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          service: '',
          cursor: '',
          limit: 0,
          local: false,
          shards: []
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
            case 4: {
              obj.local = reader.bool()
              break
            }
            case 5: {
              if (opts.limits?.shards != null && obj.shards.length === opts.limits.shards) {
                throw new MaxLengthError('Decode error - repeated field "shards" had too many elements')
              }

              if (obj.shards.length === 1024) {
                throw new MaxLengthError('Decode error - repeated field "shards" had too many elements')
              }

              obj.shards.push(reader.uint32())
              break
            }
            case 6: {
              obj.digestOnly = reader.bool()
              break
            }
            case 7: {
              obj.unlessDigest = reader.bytes()
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
          shards: 1024
        }

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
            case 4: {
              yield {
                field: `${prefix}.local`,
                value: reader.bool()
              }
              break
            }
            case 5: {
              if (opts.limits?.shards != null && obj.shards === opts.limits.shards) {
                throw new MaxLengthError('Streaming decode error - repeated field "shards" had too many elements')
              }

              if (obj.shards === 1024) {
                throw new MaxLengthError('Streaming decode error - repeated field "shards" had too many elements')
              }

              yield {
                field: `${prefix}.shards[]`,
                index: obj.shards,
                value: reader.uint32()
              }

              obj.shards++

              break
            }
            case 6: {
              yield {
                field: `${prefix}.digestOnly`,
                value: reader.bool()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.unlessDigest`,
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

  export interface ListRequestLocalFieldEvent {
    field: '$.local'
    value: boolean
  }

  export interface ListRequestShardsFieldEvent {
    field: '$.shards[]'
    index: number
    value: number
  }

  export interface ListRequestDigestOnlyFieldEvent {
    field: '$.digestOnly'
    value: boolean
  }

  export interface ListRequestUnlessDigestFieldEvent {
    field: '$.unlessDigest'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<ListRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ListRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ListRequest>): ListRequest {
    return decodeMessage(buf, ListRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ListRequest>): Generator<ListRequestServiceFieldEvent | ListRequestCursorFieldEvent | ListRequestLimitFieldEvent | ListRequestLocalFieldEvent | ListRequestShardsFieldEvent | ListRequestDigestOnlyFieldEvent | ListRequestUnlessDigestFieldEvent> {
    return streamMessage(buf, ListRequest.codec(), opts)
  }
}

export interface ListResponse {
  status: number
  cursor: string
  partial: boolean
  page?: RowPage
  digest?: Uint8Array<ArrayBuffer>
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

        if ((obj.cursor != null && obj.cursor !== '')) {
          w.uint32(26)
          w.string(obj.cursor)
        }

        if ((obj.partial != null && obj.partial !== false)) {
          w.uint32(32)
          w.bool(obj.partial)
        }

        if (obj.page != null) {
          w.uint32(42)
          RowPage.codec().encode(obj.page, w)
        }

        if (obj.digest != null) {
          w.uint32(50)
          w.bytes(obj.digest)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          status: 0,
          cursor: '',
          partial: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.status = reader.uint32()
              break
            }
            case 3: {
              obj.cursor = reader.string()
              break
            }
            case 4: {
              obj.partial = reader.bool()
              break
            }
            case 5: {
              obj.page = RowPage.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.page
              })
              break
            }
            case 6: {
              obj.digest = reader.bytes()
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
            case 3: {
              yield {
                field: `${prefix}.cursor`,
                value: reader.string()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.partial`,
                value: reader.bool()
              }
              break
            }
            case 5: {
              yield * RowPage.codec().stream(reader, reader.uint32(), `${prefix}.page`, {
                limits: opts.limits?.page
              })

              break
            }
            case 6: {
              yield {
                field: `${prefix}.digest`,
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

  export interface ListResponseStatusFieldEvent {
    field: '$.status'
    value: number
  }

  export interface ListResponseCursorFieldEvent {
    field: '$.cursor'
    value: string
  }

  export interface ListResponsePartialFieldEvent {
    field: '$.partial'
    value: boolean
  }

  export interface ListResponsePageNamesFieldEvent {
    field: '$.page.names'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ListResponsePageFiguresFieldEvent {
    field: '$.page.figures'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ListResponsePageStatesFieldEvent {
    field: '$.page.states'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ListResponsePageHostsRowFieldEvent {
    field: '$.page.hosts[].row'
    value: number
    index: number
  }

  export interface ListResponsePageHostsHostIdentityNameFieldEvent {
    field: '$.page.hosts[].host.identityName'
    value: string
    index: number
  }

  export interface ListResponsePageHostsHostPeerIdFieldEvent {
    field: '$.page.hosts[].host.peerId'
    value: string
    index: number
  }

  export interface ListResponsePageHostsHostTerminatorsFieldEvent {
    field: '$.page.hosts[].host.terminators'
    value: number
    index: number
  }

  export interface ListResponsePageHostsHostSinceMsFieldEvent {
    field: '$.page.hosts[].host.sinceMs'
    value: number
    index: number
  }

  export interface ListResponsePageHostsHostBusyFieldEvent {
    field: '$.page.hosts[].host.busy'
    value: boolean
    index: number
  }

  export interface ListResponsePageHostsHostDownFieldEvent {
    field: '$.page.hosts[].host.down'
    value: boolean
    index: number
  }

  export interface ListResponsePageHostsHostPrecedenceFieldEvent {
    field: '$.page.hosts[].host.precedence'
    value: number
    index: number
  }

  export interface ListResponsePageHostsHostCostFieldEvent {
    field: '$.page.hosts[].host.cost'
    value: number
    index: number
  }

  export interface ListResponseDigestFieldEvent {
    field: '$.digest'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<ListResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ListResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ListResponse>): ListResponse {
    return decodeMessage(buf, ListResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ListResponse>): Generator<ListResponseStatusFieldEvent | ListResponseCursorFieldEvent | ListResponsePartialFieldEvent | ListResponsePageNamesFieldEvent | ListResponsePageFiguresFieldEvent | ListResponsePageStatesFieldEvent | ListResponsePageHostsRowFieldEvent | ListResponsePageHostsHostIdentityNameFieldEvent | ListResponsePageHostsHostPeerIdFieldEvent | ListResponsePageHostsHostTerminatorsFieldEvent | ListResponsePageHostsHostSinceMsFieldEvent | ListResponsePageHostsHostBusyFieldEvent | ListResponsePageHostsHostDownFieldEvent | ListResponsePageHostsHostPrecedenceFieldEvent | ListResponsePageHostsHostCostFieldEvent | ListResponseDigestFieldEvent> {
    return streamMessage(buf, ListResponse.codec(), opts)
  }
}

export interface RowPage {
  names: Uint8Array<ArrayBuffer>
  figures: Uint8Array<ArrayBuffer>
  states: Uint8Array<ArrayBuffer>
  hosts: PageHost[]
}

export namespace RowPage {
  let _codec: Codec<RowPage>

  export const codec = (): Codec<RowPage> => {
    if (_codec == null) {
      _codec = message<RowPage>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.names != null && obj.names.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.names)
        }

        if ((obj.figures != null && obj.figures.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.figures)
        }

        if ((obj.states != null && obj.states.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.states)
        }

        if (obj.hosts != null && obj.hosts.length > 0) {
          for (const value of obj.hosts) {
            w.uint32(34)
            PageHost.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          names: uint8ArrayAlloc(0),
          figures: uint8ArrayAlloc(0),
          states: uint8ArrayAlloc(0),
          hosts: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.names = reader.bytes()
              break
            }
            case 2: {
              obj.figures = reader.bytes()
              break
            }
            case 3: {
              obj.states = reader.bytes()
              break
            }
            case 4: {
              if (opts.limits?.hosts != null && obj.hosts.length === opts.limits.hosts) {
                throw new MaxLengthError('Decode error - repeated field "hosts" had too many elements')
              }

              if (obj.hosts.length === 8000) {
                throw new MaxLengthError('Decode error - repeated field "hosts" had too many elements')
              }

              obj.hosts.push(PageHost.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.hosts$
              }))
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
          hosts: 8000
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.names`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.figures`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.states`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              if (opts.limits?.hosts != null && obj.hosts === opts.limits.hosts) {
                throw new MaxLengthError('Streaming decode error - repeated field "hosts" had too many elements')
              }

              if (obj.hosts === 8000) {
                throw new MaxLengthError('Streaming decode error - repeated field "hosts" had too many elements')
              }

              for (const evt of PageHost.codec().stream(reader, reader.uint32(), `${prefix}.hosts[]`, {
                limits: opts.limits?.hosts$
              })) {
                yield {
                  ...evt,
                  index: obj.hosts
                }
              }

              obj.hosts++

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

  export interface RowPageNamesFieldEvent {
    field: '$.names'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RowPageFiguresFieldEvent {
    field: '$.figures'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RowPageStatesFieldEvent {
    field: '$.states'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RowPageHostsRowFieldEvent {
    field: '$.hosts[].row'
    value: number
    index: number
  }

  export interface RowPageHostsHostIdentityNameFieldEvent {
    field: '$.hosts[].host.identityName'
    value: string
    index: number
  }

  export interface RowPageHostsHostPeerIdFieldEvent {
    field: '$.hosts[].host.peerId'
    value: string
    index: number
  }

  export interface RowPageHostsHostTerminatorsFieldEvent {
    field: '$.hosts[].host.terminators'
    value: number
    index: number
  }

  export interface RowPageHostsHostSinceMsFieldEvent {
    field: '$.hosts[].host.sinceMs'
    value: number
    index: number
  }

  export interface RowPageHostsHostBusyFieldEvent {
    field: '$.hosts[].host.busy'
    value: boolean
    index: number
  }

  export interface RowPageHostsHostDownFieldEvent {
    field: '$.hosts[].host.down'
    value: boolean
    index: number
  }

  export interface RowPageHostsHostPrecedenceFieldEvent {
    field: '$.hosts[].host.precedence'
    value: number
    index: number
  }

  export interface RowPageHostsHostCostFieldEvent {
    field: '$.hosts[].host.cost'
    value: number
    index: number
  }

  export function encode (obj: Partial<RowPage>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, RowPage.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RowPage>): RowPage {
    return decodeMessage(buf, RowPage.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RowPage>): Generator<RowPageNamesFieldEvent | RowPageFiguresFieldEvent | RowPageStatesFieldEvent | RowPageHostsRowFieldEvent | RowPageHostsHostIdentityNameFieldEvent | RowPageHostsHostPeerIdFieldEvent | RowPageHostsHostTerminatorsFieldEvent | RowPageHostsHostSinceMsFieldEvent | RowPageHostsHostBusyFieldEvent | RowPageHostsHostDownFieldEvent | RowPageHostsHostPrecedenceFieldEvent | RowPageHostsHostCostFieldEvent> {
    return streamMessage(buf, RowPage.codec(), opts)
  }
}

export interface PageHost {
  row: number
  host?: RowHost
}

export namespace PageHost {
  let _codec: Codec<PageHost>

  export const codec = (): Codec<PageHost> => {
    if (_codec == null) {
      _codec = message<PageHost>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.row != null && obj.row !== 0)) {
          w.uint32(8)
          w.uint32(obj.row)
        }

        if (obj.host != null) {
          w.uint32(18)
          RowHost.codec().encode(obj.host, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          row: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.row = reader.uint32()
              break
            }
            case 2: {
              obj.host = RowHost.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.host
              })
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
                field: `${prefix}.row`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield * RowHost.codec().stream(reader, reader.uint32(), `${prefix}.host`, {
                limits: opts.limits?.host
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

  export interface PageHostRowFieldEvent {
    field: '$.row'
    value: number
  }

  export interface PageHostHostIdentityNameFieldEvent {
    field: '$.host.identityName'
    value: string
  }

  export interface PageHostHostPeerIdFieldEvent {
    field: '$.host.peerId'
    value: string
  }

  export interface PageHostHostTerminatorsFieldEvent {
    field: '$.host.terminators'
    value: number
  }

  export interface PageHostHostSinceMsFieldEvent {
    field: '$.host.sinceMs'
    value: number
  }

  export interface PageHostHostBusyFieldEvent {
    field: '$.host.busy'
    value: boolean
  }

  export interface PageHostHostDownFieldEvent {
    field: '$.host.down'
    value: boolean
  }

  export interface PageHostHostPrecedenceFieldEvent {
    field: '$.host.precedence'
    value: number
  }

  export interface PageHostHostCostFieldEvent {
    field: '$.host.cost'
    value: number
  }

  export function encode (obj: Partial<PageHost>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, PageHost.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PageHost>): PageHost {
    return decodeMessage(buf, PageHost.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PageHost>): Generator<PageHostRowFieldEvent | PageHostHostIdentityNameFieldEvent | PageHostHostPeerIdFieldEvent | PageHostHostTerminatorsFieldEvent | PageHostHostSinceMsFieldEvent | PageHostHostBusyFieldEvent | PageHostHostDownFieldEvent | PageHostHostPrecedenceFieldEvent | PageHostHostCostFieldEvent> {
    return streamMessage(buf, PageHost.codec(), opts)
  }
}

export interface Row {
  instanceId: string
  identityName: string
  peerId: string
  terminators: number
  sinceMs: number
  busy: boolean
  down: boolean
  precedence: number
  cost: number
  hostCount: number
  hosts: RowHost[]
}

export namespace Row {
  let _codec: Codec<Row>

  export const codec = (): Codec<Row> => {
    if (_codec == null) {
      _codec = message<Row>((obj, w, opts = {}) => {
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

        if ((obj.down != null && obj.down !== false)) {
          w.uint32(56)
          w.bool(obj.down)
        }

        if ((obj.precedence != null && obj.precedence !== 0)) {
          w.uint32(64)
          w.uint32(obj.precedence)
        }

        if ((obj.cost != null && obj.cost !== 0)) {
          w.uint32(72)
          w.uint32(obj.cost)
        }

        if ((obj.hostCount != null && obj.hostCount !== 0)) {
          w.uint32(80)
          w.uint32(obj.hostCount)
        }

        if (obj.hosts != null && obj.hosts.length > 0) {
          for (const value of obj.hosts) {
            w.uint32(90)
            RowHost.codec().encode(value, w)
          }
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
          busy: false,
          down: false,
          precedence: 0,
          cost: 0,
          hostCount: 0,
          hosts: []
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
            case 7: {
              obj.down = reader.bool()
              break
            }
            case 8: {
              obj.precedence = reader.uint32()
              break
            }
            case 9: {
              obj.cost = reader.uint32()
              break
            }
            case 10: {
              obj.hostCount = reader.uint32()
              break
            }
            case 11: {
              if (opts.limits?.hosts != null && obj.hosts.length === opts.limits.hosts) {
                throw new MaxLengthError('Decode error - repeated field "hosts" had too many elements')
              }

              if (obj.hosts.length === 8) {
                throw new MaxLengthError('Decode error - repeated field "hosts" had too many elements')
              }

              obj.hosts.push(RowHost.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.hosts$
              }))
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
          hosts: 8
        }

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
            case 7: {
              yield {
                field: `${prefix}.down`,
                value: reader.bool()
              }
              break
            }
            case 8: {
              yield {
                field: `${prefix}.precedence`,
                value: reader.uint32()
              }
              break
            }
            case 9: {
              yield {
                field: `${prefix}.cost`,
                value: reader.uint32()
              }
              break
            }
            case 10: {
              yield {
                field: `${prefix}.hostCount`,
                value: reader.uint32()
              }
              break
            }
            case 11: {
              if (opts.limits?.hosts != null && obj.hosts === opts.limits.hosts) {
                throw new MaxLengthError('Streaming decode error - repeated field "hosts" had too many elements')
              }

              if (obj.hosts === 8) {
                throw new MaxLengthError('Streaming decode error - repeated field "hosts" had too many elements')
              }

              for (const evt of RowHost.codec().stream(reader, reader.uint32(), `${prefix}.hosts[]`, {
                limits: opts.limits?.hosts$
              })) {
                yield {
                  ...evt,
                  index: obj.hosts
                }
              }

              obj.hosts++

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

  export interface RowInstanceIdFieldEvent {
    field: '$.instanceId'
    value: string
  }

  export interface RowIdentityNameFieldEvent {
    field: '$.identityName'
    value: string
  }

  export interface RowPeerIdFieldEvent {
    field: '$.peerId'
    value: string
  }

  export interface RowTerminatorsFieldEvent {
    field: '$.terminators'
    value: number
  }

  export interface RowSinceMsFieldEvent {
    field: '$.sinceMs'
    value: number
  }

  export interface RowBusyFieldEvent {
    field: '$.busy'
    value: boolean
  }

  export interface RowDownFieldEvent {
    field: '$.down'
    value: boolean
  }

  export interface RowPrecedenceFieldEvent {
    field: '$.precedence'
    value: number
  }

  export interface RowCostFieldEvent {
    field: '$.cost'
    value: number
  }

  export interface RowHostCountFieldEvent {
    field: '$.hostCount'
    value: number
  }

  export interface RowHostsIdentityNameFieldEvent {
    field: '$.hosts[].identityName'
    value: string
    index: number
  }

  export interface RowHostsPeerIdFieldEvent {
    field: '$.hosts[].peerId'
    value: string
    index: number
  }

  export interface RowHostsTerminatorsFieldEvent {
    field: '$.hosts[].terminators'
    value: number
    index: number
  }

  export interface RowHostsSinceMsFieldEvent {
    field: '$.hosts[].sinceMs'
    value: number
    index: number
  }

  export interface RowHostsBusyFieldEvent {
    field: '$.hosts[].busy'
    value: boolean
    index: number
  }

  export interface RowHostsDownFieldEvent {
    field: '$.hosts[].down'
    value: boolean
    index: number
  }

  export interface RowHostsPrecedenceFieldEvent {
    field: '$.hosts[].precedence'
    value: number
    index: number
  }

  export interface RowHostsCostFieldEvent {
    field: '$.hosts[].cost'
    value: number
    index: number
  }

  export function encode (obj: Partial<Row>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Row.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Row>): Row {
    return decodeMessage(buf, Row.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Row>): Generator<RowInstanceIdFieldEvent | RowIdentityNameFieldEvent | RowPeerIdFieldEvent | RowTerminatorsFieldEvent | RowSinceMsFieldEvent | RowBusyFieldEvent | RowDownFieldEvent | RowPrecedenceFieldEvent | RowCostFieldEvent | RowHostCountFieldEvent | RowHostsIdentityNameFieldEvent | RowHostsPeerIdFieldEvent | RowHostsTerminatorsFieldEvent | RowHostsSinceMsFieldEvent | RowHostsBusyFieldEvent | RowHostsDownFieldEvent | RowHostsPrecedenceFieldEvent | RowHostsCostFieldEvent> {
    return streamMessage(buf, Row.codec(), opts)
  }
}

export interface RowHost {
  identityName: string
  peerId: string
  terminators: number
  sinceMs: number
  busy: boolean
  down: boolean
  precedence: number
  cost: number
}

export namespace RowHost {
  let _codec: Codec<RowHost>

  export const codec = (): Codec<RowHost> => {
    if (_codec == null) {
      _codec = message<RowHost>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.identityName != null && obj.identityName !== '')) {
          w.uint32(10)
          w.string(obj.identityName)
        }

        if ((obj.peerId != null && obj.peerId !== '')) {
          w.uint32(18)
          w.string(obj.peerId)
        }

        if ((obj.terminators != null && obj.terminators !== 0)) {
          w.uint32(24)
          w.uint32(obj.terminators)
        }

        if ((obj.sinceMs != null && obj.sinceMs !== 0)) {
          w.uint32(32)
          w.uint64Number(obj.sinceMs)
        }

        if ((obj.busy != null && obj.busy !== false)) {
          w.uint32(40)
          w.bool(obj.busy)
        }

        if ((obj.down != null && obj.down !== false)) {
          w.uint32(48)
          w.bool(obj.down)
        }

        if ((obj.precedence != null && obj.precedence !== 0)) {
          w.uint32(56)
          w.uint32(obj.precedence)
        }

        if ((obj.cost != null && obj.cost !== 0)) {
          w.uint32(64)
          w.uint32(obj.cost)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          identityName: '',
          peerId: '',
          terminators: 0,
          sinceMs: 0,
          busy: false,
          down: false,
          precedence: 0,
          cost: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.identityName = reader.string()
              break
            }
            case 2: {
              obj.peerId = reader.string()
              break
            }
            case 3: {
              obj.terminators = reader.uint32()
              break
            }
            case 4: {
              obj.sinceMs = reader.uint64Number()
              break
            }
            case 5: {
              obj.busy = reader.bool()
              break
            }
            case 6: {
              obj.down = reader.bool()
              break
            }
            case 7: {
              obj.precedence = reader.uint32()
              break
            }
            case 8: {
              obj.cost = reader.uint32()
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
                field: `${prefix}.identityName`,
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
              yield {
                field: `${prefix}.terminators`,
                value: reader.uint32()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.sinceMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.busy`,
                value: reader.bool()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.down`,
                value: reader.bool()
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
                field: `${prefix}.cost`,
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

  export interface RowHostIdentityNameFieldEvent {
    field: '$.identityName'
    value: string
  }

  export interface RowHostPeerIdFieldEvent {
    field: '$.peerId'
    value: string
  }

  export interface RowHostTerminatorsFieldEvent {
    field: '$.terminators'
    value: number
  }

  export interface RowHostSinceMsFieldEvent {
    field: '$.sinceMs'
    value: number
  }

  export interface RowHostBusyFieldEvent {
    field: '$.busy'
    value: boolean
  }

  export interface RowHostDownFieldEvent {
    field: '$.down'
    value: boolean
  }

  export interface RowHostPrecedenceFieldEvent {
    field: '$.precedence'
    value: number
  }

  export interface RowHostCostFieldEvent {
    field: '$.cost'
    value: number
  }

  export function encode (obj: Partial<RowHost>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, RowHost.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RowHost>): RowHost {
    return decodeMessage(buf, RowHost.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RowHost>): Generator<RowHostIdentityNameFieldEvent | RowHostPeerIdFieldEvent | RowHostTerminatorsFieldEvent | RowHostSinceMsFieldEvent | RowHostBusyFieldEvent | RowHostDownFieldEvent | RowHostPrecedenceFieldEvent | RowHostCostFieldEvent> {
    return streamMessage(buf, RowHost.codec(), opts)
  }
}

export interface WatchRequest {
  service: string
  local: boolean
  shards: number[]
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

        if ((obj.local != null && obj.local !== false)) {
          w.uint32(16)
          w.bool(obj.local)
        }

        if (obj.shards != null && obj.shards.length > 0) {
          for (const value of obj.shards) {
            w.uint32(24)
            w.uint32(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          service: '',
          local: false,
          shards: []
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
              obj.local = reader.bool()
              break
            }
            case 3: {
              if (opts.limits?.shards != null && obj.shards.length === opts.limits.shards) {
                throw new MaxLengthError('Decode error - repeated field "shards" had too many elements')
              }

              if (obj.shards.length === 1024) {
                throw new MaxLengthError('Decode error - repeated field "shards" had too many elements')
              }

              obj.shards.push(reader.uint32())
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
          shards: 1024
        }

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
                field: `${prefix}.local`,
                value: reader.bool()
              }
              break
            }
            case 3: {
              if (opts.limits?.shards != null && obj.shards === opts.limits.shards) {
                throw new MaxLengthError('Streaming decode error - repeated field "shards" had too many elements')
              }

              if (obj.shards === 1024) {
                throw new MaxLengthError('Streaming decode error - repeated field "shards" had too many elements')
              }

              yield {
                field: `${prefix}.shards[]`,
                index: obj.shards,
                value: reader.uint32()
              }

              obj.shards++

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

  export interface WatchRequestLocalFieldEvent {
    field: '$.local'
    value: boolean
  }

  export interface WatchRequestShardsFieldEvent {
    field: '$.shards[]'
    index: number
    value: number
  }

  export function encode (obj: Partial<WatchRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WatchRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WatchRequest>): WatchRequest {
    return decodeMessage(buf, WatchRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WatchRequest>): Generator<WatchRequestServiceFieldEvent | WatchRequestLocalFieldEvent | WatchRequestShardsFieldEvent> {
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
  row?: Row
  goneInstanceId: string
  lastSeenMs: number
  current: boolean
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
          Row.codec().encode(obj.row, w)
        }

        if ((obj.goneInstanceId != null && obj.goneInstanceId !== '')) {
          w.uint32(26)
          w.string(obj.goneInstanceId)
        }

        if ((obj.lastSeenMs != null && obj.lastSeenMs !== 0)) {
          w.uint32(40)
          w.uint64Number(obj.lastSeenMs)
        }

        if ((obj.current != null && obj.current !== false)) {
          w.uint32(32)
          w.bool(obj.current)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          service: '',
          goneInstanceId: '',
          lastSeenMs: 0,
          current: false
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
              obj.row = Row.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.row
              })
              break
            }
            case 3: {
              obj.goneInstanceId = reader.string()
              break
            }
            case 5: {
              obj.lastSeenMs = reader.uint64Number()
              break
            }
            case 4: {
              obj.current = reader.bool()
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
              yield * Row.codec().stream(reader, reader.uint32(), `${prefix}.row`, {
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
            case 5: {
              yield {
                field: `${prefix}.lastSeenMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.current`,
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

  export interface WatchEventRowDownFieldEvent {
    field: '$.row.down'
    value: boolean
  }

  export interface WatchEventRowPrecedenceFieldEvent {
    field: '$.row.precedence'
    value: number
  }

  export interface WatchEventRowCostFieldEvent {
    field: '$.row.cost'
    value: number
  }

  export interface WatchEventRowHostCountFieldEvent {
    field: '$.row.hostCount'
    value: number
  }

  export interface WatchEventRowHostsIdentityNameFieldEvent {
    field: '$.row.hosts[].identityName'
    value: string
    index: number
  }

  export interface WatchEventRowHostsPeerIdFieldEvent {
    field: '$.row.hosts[].peerId'
    value: string
    index: number
  }

  export interface WatchEventRowHostsTerminatorsFieldEvent {
    field: '$.row.hosts[].terminators'
    value: number
    index: number
  }

  export interface WatchEventRowHostsSinceMsFieldEvent {
    field: '$.row.hosts[].sinceMs'
    value: number
    index: number
  }

  export interface WatchEventRowHostsBusyFieldEvent {
    field: '$.row.hosts[].busy'
    value: boolean
    index: number
  }

  export interface WatchEventRowHostsDownFieldEvent {
    field: '$.row.hosts[].down'
    value: boolean
    index: number
  }

  export interface WatchEventRowHostsPrecedenceFieldEvent {
    field: '$.row.hosts[].precedence'
    value: number
    index: number
  }

  export interface WatchEventRowHostsCostFieldEvent {
    field: '$.row.hosts[].cost'
    value: number
    index: number
  }

  export interface WatchEventGoneInstanceIdFieldEvent {
    field: '$.goneInstanceId'
    value: string
  }

  export interface WatchEventLastSeenMsFieldEvent {
    field: '$.lastSeenMs'
    value: number
  }

  export interface WatchEventCurrentFieldEvent {
    field: '$.current'
    value: boolean
  }

  export function encode (obj: Partial<WatchEvent>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WatchEvent.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WatchEvent>): WatchEvent {
    return decodeMessage(buf, WatchEvent.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WatchEvent>): Generator<WatchEventServiceFieldEvent | WatchEventRowInstanceIdFieldEvent | WatchEventRowIdentityNameFieldEvent | WatchEventRowPeerIdFieldEvent | WatchEventRowTerminatorsFieldEvent | WatchEventRowSinceMsFieldEvent | WatchEventRowBusyFieldEvent | WatchEventRowDownFieldEvent | WatchEventRowPrecedenceFieldEvent | WatchEventRowCostFieldEvent | WatchEventRowHostCountFieldEvent | WatchEventRowHostsIdentityNameFieldEvent | WatchEventRowHostsPeerIdFieldEvent | WatchEventRowHostsTerminatorsFieldEvent | WatchEventRowHostsSinceMsFieldEvent | WatchEventRowHostsBusyFieldEvent | WatchEventRowHostsDownFieldEvent | WatchEventRowHostsPrecedenceFieldEvent | WatchEventRowHostsCostFieldEvent | WatchEventGoneInstanceIdFieldEvent | WatchEventLastSeenMsFieldEvent | WatchEventCurrentFieldEvent> {
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
  takeovers?: number
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

        if (obj.takeovers != null) {
          w.uint32(24)
          w.uint32(obj.takeovers)
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
            case 3: {
              obj.takeovers = reader.uint32()
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
            case 3: {
              yield {
                field: `${prefix}.takeovers`,
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

  export interface ReplacedServiceFieldEvent {
    field: '$.service'
    value: string
  }

  export interface ReplacedInstanceIdFieldEvent {
    field: '$.instanceId'
    value: string
  }

  export interface ReplacedTakeoversFieldEvent {
    field: '$.takeovers'
    value: number
  }

  export function encode (obj: Partial<Replaced>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Replaced.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Replaced>): Replaced {
    return decodeMessage(buf, Replaced.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Replaced>): Generator<ReplacedServiceFieldEvent | ReplacedInstanceIdFieldEvent | ReplacedTakeoversFieldEvent> {
    return streamMessage(buf, Replaced.codec(), opts)
  }
}

export interface Dropped {
  service: string
  instanceId: string
  status: number
  reason: string
}

export namespace Dropped {
  let _codec: Codec<Dropped>

  export const codec = (): Codec<Dropped> => {
    if (_codec == null) {
      _codec = message<Dropped>((obj, w, opts = {}) => {
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

        if ((obj.status != null && obj.status !== 0)) {
          w.uint32(24)
          w.uint32(obj.status)
        }

        if ((obj.reason != null && obj.reason !== '')) {
          w.uint32(34)
          w.string(obj.reason)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          service: '',
          instanceId: '',
          status: 0,
          reason: ''
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
            case 3: {
              obj.status = reader.uint32()
              break
            }
            case 4: {
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
            case 3: {
              yield {
                field: `${prefix}.status`,
                value: reader.uint32()
              }
              break
            }
            case 4: {
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

  export interface DroppedServiceFieldEvent {
    field: '$.service'
    value: string
  }

  export interface DroppedInstanceIdFieldEvent {
    field: '$.instanceId'
    value: string
  }

  export interface DroppedStatusFieldEvent {
    field: '$.status'
    value: number
  }

  export interface DroppedReasonFieldEvent {
    field: '$.reason'
    value: string
  }

  export function encode (obj: Partial<Dropped>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Dropped.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Dropped>): Dropped {
    return decodeMessage(buf, Dropped.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Dropped>): Generator<DroppedServiceFieldEvent | DroppedInstanceIdFieldEvent | DroppedStatusFieldEvent | DroppedReasonFieldEvent> {
    return streamMessage(buf, Dropped.codec(), opts)
  }
}

export interface Standing {
  begin: boolean
  end: boolean
  bindings: StandingBinding[]
  watches: string[]
}

export namespace Standing {
  let _codec: Codec<Standing>

  export const codec = (): Codec<Standing> => {
    if (_codec == null) {
      _codec = message<Standing>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.begin != null && obj.begin !== false)) {
          w.uint32(8)
          w.bool(obj.begin)
        }

        if ((obj.end != null && obj.end !== false)) {
          w.uint32(16)
          w.bool(obj.end)
        }

        if (obj.bindings != null && obj.bindings.length > 0) {
          for (const value of obj.bindings) {
            w.uint32(26)
            StandingBinding.codec().encode(value, w)
          }
        }

        if (obj.watches != null && obj.watches.length > 0) {
          for (const value of obj.watches) {
            w.uint32(34)
            w.string(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          begin: false,
          end: false,
          bindings: [],
          watches: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.begin = reader.bool()
              break
            }
            case 2: {
              obj.end = reader.bool()
              break
            }
            case 3: {
              if (opts.limits?.bindings != null && obj.bindings.length === opts.limits.bindings) {
                throw new MaxLengthError('Decode error - repeated field "bindings" had too many elements')
              }

              if (obj.bindings.length === 4096) {
                throw new MaxLengthError('Decode error - repeated field "bindings" had too many elements')
              }

              obj.bindings.push(StandingBinding.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.bindings$
              }))
              break
            }
            case 4: {
              if (opts.limits?.watches != null && obj.watches.length === opts.limits.watches) {
                throw new MaxLengthError('Decode error - repeated field "watches" had too many elements')
              }

              if (obj.watches.length === 4096) {
                throw new MaxLengthError('Decode error - repeated field "watches" had too many elements')
              }

              obj.watches.push(reader.string())
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
          bindings: 4096,
          watches: 4096
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.begin`,
                value: reader.bool()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.end`,
                value: reader.bool()
              }
              break
            }
            case 3: {
              if (opts.limits?.bindings != null && obj.bindings === opts.limits.bindings) {
                throw new MaxLengthError('Streaming decode error - repeated field "bindings" had too many elements')
              }

              if (obj.bindings === 4096) {
                throw new MaxLengthError('Streaming decode error - repeated field "bindings" had too many elements')
              }

              for (const evt of StandingBinding.codec().stream(reader, reader.uint32(), `${prefix}.bindings[]`, {
                limits: opts.limits?.bindings$
              })) {
                yield {
                  ...evt,
                  index: obj.bindings
                }
              }

              obj.bindings++

              break
            }
            case 4: {
              if (opts.limits?.watches != null && obj.watches === opts.limits.watches) {
                throw new MaxLengthError('Streaming decode error - repeated field "watches" had too many elements')
              }

              if (obj.watches === 4096) {
                throw new MaxLengthError('Streaming decode error - repeated field "watches" had too many elements')
              }

              yield {
                field: `${prefix}.watches[]`,
                index: obj.watches,
                value: reader.string()
              }

              obj.watches++

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

  export interface StandingBeginFieldEvent {
    field: '$.begin'
    value: boolean
  }

  export interface StandingEndFieldEvent {
    field: '$.end'
    value: boolean
  }

  export interface StandingBindingsServiceFieldEvent {
    field: '$.bindings[].service'
    value: string
    index: number
  }

  export interface StandingBindingsInstanceIdFieldEvent {
    field: '$.bindings[].instanceId'
    value: string
    index: number
  }

  export interface StandingWatchesFieldEvent {
    field: '$.watches[]'
    index: number
    value: string
  }

  export function encode (obj: Partial<Standing>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Standing.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Standing>): Standing {
    return decodeMessage(buf, Standing.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Standing>): Generator<StandingBeginFieldEvent | StandingEndFieldEvent | StandingBindingsServiceFieldEvent | StandingBindingsInstanceIdFieldEvent | StandingWatchesFieldEvent> {
    return streamMessage(buf, Standing.codec(), opts)
  }
}

export interface StandingBinding {
  service: string
  instanceId: string
}

export namespace StandingBinding {
  let _codec: Codec<StandingBinding>

  export const codec = (): Codec<StandingBinding> => {
    if (_codec == null) {
      _codec = message<StandingBinding>((obj, w, opts = {}) => {
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

  export interface StandingBindingServiceFieldEvent {
    field: '$.service'
    value: string
  }

  export interface StandingBindingInstanceIdFieldEvent {
    field: '$.instanceId'
    value: string
  }

  export function encode (obj: Partial<StandingBinding>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, StandingBinding.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StandingBinding>): StandingBinding {
    return decodeMessage(buf, StandingBinding.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StandingBinding>): Generator<StandingBindingServiceFieldEvent | StandingBindingInstanceIdFieldEvent> {
    return streamMessage(buf, StandingBinding.codec(), opts)
  }
}

export interface Result {
  status: number
  reason: string
  takeovers?: number
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

        if (obj.takeovers != null) {
          w.uint32(24)
          w.uint32(obj.takeovers)
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
            case 3: {
              obj.takeovers = reader.uint32()
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
                field: `${prefix}.takeovers`,
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

  export interface ResultStatusFieldEvent {
    field: '$.status'
    value: number
  }

  export interface ResultReasonFieldEvent {
    field: '$.reason'
    value: string
  }

  export interface ResultTakeoversFieldEvent {
    field: '$.takeovers'
    value: number
  }

  export function encode (obj: Partial<Result>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Result.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Result>): Result {
    return decodeMessage(buf, Result.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Result>): Generator<ResultStatusFieldEvent | ResultReasonFieldEvent | ResultTakeoversFieldEvent> {
    return streamMessage(buf, Result.codec(), opts)
  }
}

export interface FeedUpdate {
  epoch: number
  version: number
  complete: boolean
  parts: FeedPart[]
  certificates: Uint8Array<ArrayBuffer>[]
  digest?: Uint8Array<ArrayBuffer>
}

export namespace FeedUpdate {
  let _codec: Codec<FeedUpdate>

  export const codec = (): Codec<FeedUpdate> => {
    if (_codec == null) {
      _codec = message<FeedUpdate>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.epoch != null && obj.epoch !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.epoch)
        }

        if ((obj.version != null && obj.version !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.version)
        }

        if ((obj.complete != null && obj.complete !== false)) {
          w.uint32(24)
          w.bool(obj.complete)
        }

        if (obj.parts != null && obj.parts.length > 0) {
          for (const value of obj.parts) {
            w.uint32(34)
            FeedPart.codec().encode(value, w)
          }
        }

        if (obj.certificates != null && obj.certificates.length > 0) {
          for (const value of obj.certificates) {
            w.uint32(42)
            w.bytes(value)
          }
        }

        if (obj.digest != null) {
          w.uint32(50)
          w.bytes(obj.digest)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          epoch: 0,
          version: 0,
          complete: false,
          parts: [],
          certificates: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.epoch = reader.uint64Number()
              break
            }
            case 2: {
              obj.version = reader.uint64Number()
              break
            }
            case 3: {
              obj.complete = reader.bool()
              break
            }
            case 4: {
              if (opts.limits?.parts != null && obj.parts.length === opts.limits.parts) {
                throw new MaxLengthError('Decode error - repeated field "parts" had too many elements')
              }

              if (obj.parts.length === 1024) {
                throw new MaxLengthError('Decode error - repeated field "parts" had too many elements')
              }

              obj.parts.push(FeedPart.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.parts$
              }))
              break
            }
            case 5: {
              if (opts.limits?.certificates != null && obj.certificates.length === opts.limits.certificates) {
                throw new MaxLengthError('Decode error - repeated field "certificates" had too many elements')
              }

              if (obj.certificates.length === 1024) {
                throw new MaxLengthError('Decode error - repeated field "certificates" had too many elements')
              }

              obj.certificates.push(reader.bytes())
              break
            }
            case 6: {
              obj.digest = reader.bytes()
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
          parts: 1024,
          certificates: 1024
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.epoch`,
                value: reader.uint64Number()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.version`,
                value: reader.uint64Number()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.complete`,
                value: reader.bool()
              }
              break
            }
            case 4: {
              if (opts.limits?.parts != null && obj.parts === opts.limits.parts) {
                throw new MaxLengthError('Streaming decode error - repeated field "parts" had too many elements')
              }

              if (obj.parts === 1024) {
                throw new MaxLengthError('Streaming decode error - repeated field "parts" had too many elements')
              }

              for (const evt of FeedPart.codec().stream(reader, reader.uint32(), `${prefix}.parts[]`, {
                limits: opts.limits?.parts$
              })) {
                yield {
                  ...evt,
                  index: obj.parts
                }
              }

              obj.parts++

              break
            }
            case 5: {
              if (opts.limits?.certificates != null && obj.certificates === opts.limits.certificates) {
                throw new MaxLengthError('Streaming decode error - repeated field "certificates" had too many elements')
              }

              if (obj.certificates === 1024) {
                throw new MaxLengthError('Streaming decode error - repeated field "certificates" had too many elements')
              }

              yield {
                field: `${prefix}.certificates[]`,
                index: obj.certificates,
                value: reader.bytes()
              }

              obj.certificates++

              break
            }
            case 6: {
              yield {
                field: `${prefix}.digest`,
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

  export interface FeedUpdateEpochFieldEvent {
    field: '$.epoch'
    value: number
  }

  export interface FeedUpdateVersionFieldEvent {
    field: '$.version'
    value: number
  }

  export interface FeedUpdateCompleteFieldEvent {
    field: '$.complete'
    value: boolean
  }

  export interface FeedUpdatePartsServiceFieldEvent {
    field: '$.parts[].service'
    value: string
    index: number
  }

  export interface FeedUpdatePartsShardFieldEvent {
    field: '$.parts[].shard'
    value: number
    index: number
  }

  export interface FeedUpdatePartsBeginFieldEvent {
    field: '$.parts[].begin'
    value: boolean
    index: number
  }

  export interface FeedUpdatePartsEndFieldEvent {
    field: '$.parts[].end'
    value: boolean
    index: number
  }

  export interface FeedUpdatePartsDropFieldEvent {
    field: '$.parts[].drop'
    value: boolean
    index: number
  }

  export interface FeedUpdatePartsPutIdentityNameFieldEvent {
    field: '$.parts[].put[].identityName'
    value: string
    index: number
  }

  export interface FeedUpdatePartsPutBusyFieldEvent {
    field: '$.parts[].put[].busy'
    value: boolean
    index: number
  }

  export interface FeedUpdatePartsPutSinceMsFieldEvent {
    field: '$.parts[].put[].sinceMs'
    value: number
    index: number
  }

  export interface FeedUpdatePartsPutTerminatorFieldEvent {
    field: '$.parts[].put[].terminator'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface FeedUpdatePartsPutCertificateFieldEvent {
    field: '$.parts[].put[].certificate'
    value: number
    index: number
  }

  export interface FeedUpdatePartsPutDownFieldEvent {
    field: '$.parts[].put[].down'
    value: boolean
    index: number
  }

  export interface FeedUpdatePartsRemovedInstanceIdFieldEvent {
    field: '$.parts[].removed[].instanceId'
    value: string
    index: number
  }

  export interface FeedUpdatePartsRemovedHostPeerIdFieldEvent {
    field: '$.parts[].removed[].hostPeerId'
    value: string
    index: number
  }

  export interface FeedUpdatePartsDepartedInstanceIdFieldEvent {
    field: '$.parts[].departed[].instanceId'
    value: string
    index: number
  }

  export interface FeedUpdatePartsDepartedLastSeenMsFieldEvent {
    field: '$.parts[].departed[].lastSeenMs'
    value: number
    index: number
  }

  export interface FeedUpdateCertificatesFieldEvent {
    field: '$.certificates[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface FeedUpdateDigestFieldEvent {
    field: '$.digest'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<FeedUpdate>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, FeedUpdate.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FeedUpdate>): FeedUpdate {
    return decodeMessage(buf, FeedUpdate.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FeedUpdate>): Generator<FeedUpdateEpochFieldEvent | FeedUpdateVersionFieldEvent | FeedUpdateCompleteFieldEvent | FeedUpdatePartsServiceFieldEvent | FeedUpdatePartsShardFieldEvent | FeedUpdatePartsBeginFieldEvent | FeedUpdatePartsEndFieldEvent | FeedUpdatePartsDropFieldEvent | FeedUpdatePartsPutIdentityNameFieldEvent | FeedUpdatePartsPutBusyFieldEvent | FeedUpdatePartsPutSinceMsFieldEvent | FeedUpdatePartsPutTerminatorFieldEvent | FeedUpdatePartsPutCertificateFieldEvent | FeedUpdatePartsPutDownFieldEvent | FeedUpdatePartsRemovedInstanceIdFieldEvent | FeedUpdatePartsRemovedHostPeerIdFieldEvent | FeedUpdatePartsDepartedInstanceIdFieldEvent | FeedUpdatePartsDepartedLastSeenMsFieldEvent | FeedUpdateCertificatesFieldEvent | FeedUpdateDigestFieldEvent> {
    return streamMessage(buf, FeedUpdate.codec(), opts)
  }
}

export interface FeedPart {
  service: string
  shard: number
  begin: boolean
  end: boolean
  drop: boolean
  put: FeedEntry[]
  removed: FeedKey[]
  departed: FeedDeparted[]
}

export namespace FeedPart {
  let _codec: Codec<FeedPart>

  export const codec = (): Codec<FeedPart> => {
    if (_codec == null) {
      _codec = message<FeedPart>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.service != null && obj.service !== '')) {
          w.uint32(10)
          w.string(obj.service)
        }

        if ((obj.shard != null && obj.shard !== 0)) {
          w.uint32(16)
          w.uint32(obj.shard)
        }

        if ((obj.begin != null && obj.begin !== false)) {
          w.uint32(24)
          w.bool(obj.begin)
        }

        if ((obj.end != null && obj.end !== false)) {
          w.uint32(32)
          w.bool(obj.end)
        }

        if ((obj.drop != null && obj.drop !== false)) {
          w.uint32(40)
          w.bool(obj.drop)
        }

        if (obj.put != null && obj.put.length > 0) {
          for (const value of obj.put) {
            w.uint32(50)
            FeedEntry.codec().encode(value, w)
          }
        }

        if (obj.removed != null && obj.removed.length > 0) {
          for (const value of obj.removed) {
            w.uint32(58)
            FeedKey.codec().encode(value, w)
          }
        }

        if (obj.departed != null && obj.departed.length > 0) {
          for (const value of obj.departed) {
            w.uint32(66)
            FeedDeparted.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          service: '',
          shard: 0,
          begin: false,
          end: false,
          drop: false,
          put: [],
          removed: [],
          departed: []
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
              obj.shard = reader.uint32()
              break
            }
            case 3: {
              obj.begin = reader.bool()
              break
            }
            case 4: {
              obj.end = reader.bool()
              break
            }
            case 5: {
              obj.drop = reader.bool()
              break
            }
            case 6: {
              if (opts.limits?.put != null && obj.put.length === opts.limits.put) {
                throw new MaxLengthError('Decode error - repeated field "put" had too many elements')
              }

              if (obj.put.length === 1024) {
                throw new MaxLengthError('Decode error - repeated field "put" had too many elements')
              }

              obj.put.push(FeedEntry.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.put$
              }))
              break
            }
            case 7: {
              if (opts.limits?.removed != null && obj.removed.length === opts.limits.removed) {
                throw new MaxLengthError('Decode error - repeated field "removed" had too many elements')
              }

              if (obj.removed.length === 1024) {
                throw new MaxLengthError('Decode error - repeated field "removed" had too many elements')
              }

              obj.removed.push(FeedKey.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.removed$
              }))
              break
            }
            case 8: {
              if (opts.limits?.departed != null && obj.departed.length === opts.limits.departed) {
                throw new MaxLengthError('Decode error - repeated field "departed" had too many elements')
              }

              if (obj.departed.length === 1024) {
                throw new MaxLengthError('Decode error - repeated field "departed" had too many elements')
              }

              obj.departed.push(FeedDeparted.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.departed$
              }))
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
          put: 1024,
          removed: 1024,
          departed: 1024
        }

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
                field: `${prefix}.shard`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.begin`,
                value: reader.bool()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.end`,
                value: reader.bool()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.drop`,
                value: reader.bool()
              }
              break
            }
            case 6: {
              if (opts.limits?.put != null && obj.put === opts.limits.put) {
                throw new MaxLengthError('Streaming decode error - repeated field "put" had too many elements')
              }

              if (obj.put === 1024) {
                throw new MaxLengthError('Streaming decode error - repeated field "put" had too many elements')
              }

              for (const evt of FeedEntry.codec().stream(reader, reader.uint32(), `${prefix}.put[]`, {
                limits: opts.limits?.put$
              })) {
                yield {
                  ...evt,
                  index: obj.put
                }
              }

              obj.put++

              break
            }
            case 7: {
              if (opts.limits?.removed != null && obj.removed === opts.limits.removed) {
                throw new MaxLengthError('Streaming decode error - repeated field "removed" had too many elements')
              }

              if (obj.removed === 1024) {
                throw new MaxLengthError('Streaming decode error - repeated field "removed" had too many elements')
              }

              for (const evt of FeedKey.codec().stream(reader, reader.uint32(), `${prefix}.removed[]`, {
                limits: opts.limits?.removed$
              })) {
                yield {
                  ...evt,
                  index: obj.removed
                }
              }

              obj.removed++

              break
            }
            case 8: {
              if (opts.limits?.departed != null && obj.departed === opts.limits.departed) {
                throw new MaxLengthError('Streaming decode error - repeated field "departed" had too many elements')
              }

              if (obj.departed === 1024) {
                throw new MaxLengthError('Streaming decode error - repeated field "departed" had too many elements')
              }

              for (const evt of FeedDeparted.codec().stream(reader, reader.uint32(), `${prefix}.departed[]`, {
                limits: opts.limits?.departed$
              })) {
                yield {
                  ...evt,
                  index: obj.departed
                }
              }

              obj.departed++

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

  export interface FeedPartServiceFieldEvent {
    field: '$.service'
    value: string
  }

  export interface FeedPartShardFieldEvent {
    field: '$.shard'
    value: number
  }

  export interface FeedPartBeginFieldEvent {
    field: '$.begin'
    value: boolean
  }

  export interface FeedPartEndFieldEvent {
    field: '$.end'
    value: boolean
  }

  export interface FeedPartDropFieldEvent {
    field: '$.drop'
    value: boolean
  }

  export interface FeedPartPutIdentityNameFieldEvent {
    field: '$.put[].identityName'
    value: string
    index: number
  }

  export interface FeedPartPutBusyFieldEvent {
    field: '$.put[].busy'
    value: boolean
    index: number
  }

  export interface FeedPartPutSinceMsFieldEvent {
    field: '$.put[].sinceMs'
    value: number
    index: number
  }

  export interface FeedPartPutTerminatorFieldEvent {
    field: '$.put[].terminator'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface FeedPartPutCertificateFieldEvent {
    field: '$.put[].certificate'
    value: number
    index: number
  }

  export interface FeedPartPutDownFieldEvent {
    field: '$.put[].down'
    value: boolean
    index: number
  }

  export interface FeedPartRemovedInstanceIdFieldEvent {
    field: '$.removed[].instanceId'
    value: string
    index: number
  }

  export interface FeedPartRemovedHostPeerIdFieldEvent {
    field: '$.removed[].hostPeerId'
    value: string
    index: number
  }

  export interface FeedPartDepartedInstanceIdFieldEvent {
    field: '$.departed[].instanceId'
    value: string
    index: number
  }

  export interface FeedPartDepartedLastSeenMsFieldEvent {
    field: '$.departed[].lastSeenMs'
    value: number
    index: number
  }

  export function encode (obj: Partial<FeedPart>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, FeedPart.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FeedPart>): FeedPart {
    return decodeMessage(buf, FeedPart.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FeedPart>): Generator<FeedPartServiceFieldEvent | FeedPartShardFieldEvent | FeedPartBeginFieldEvent | FeedPartEndFieldEvent | FeedPartDropFieldEvent | FeedPartPutIdentityNameFieldEvent | FeedPartPutBusyFieldEvent | FeedPartPutSinceMsFieldEvent | FeedPartPutTerminatorFieldEvent | FeedPartPutCertificateFieldEvent | FeedPartPutDownFieldEvent | FeedPartRemovedInstanceIdFieldEvent | FeedPartRemovedHostPeerIdFieldEvent | FeedPartDepartedInstanceIdFieldEvent | FeedPartDepartedLastSeenMsFieldEvent> {
    return streamMessage(buf, FeedPart.codec(), opts)
  }
}

export interface FeedEntry {
  identityName: string
  busy: boolean
  sinceMs: number
  terminator: Uint8Array<ArrayBuffer>
  certificate: number
  down: boolean
}

export namespace FeedEntry {
  let _codec: Codec<FeedEntry>

  export const codec = (): Codec<FeedEntry> => {
    if (_codec == null) {
      _codec = message<FeedEntry>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.identityName != null && obj.identityName !== '')) {
          w.uint32(18)
          w.string(obj.identityName)
        }

        if ((obj.busy != null && obj.busy !== false)) {
          w.uint32(24)
          w.bool(obj.busy)
        }

        if ((obj.sinceMs != null && obj.sinceMs !== 0)) {
          w.uint32(32)
          w.uint64Number(obj.sinceMs)
        }

        if ((obj.terminator != null && obj.terminator.byteLength > 0)) {
          w.uint32(42)
          w.bytes(obj.terminator)
        }

        if ((obj.certificate != null && obj.certificate !== 0)) {
          w.uint32(48)
          w.uint32(obj.certificate)
        }

        if ((obj.down != null && obj.down !== false)) {
          w.uint32(56)
          w.bool(obj.down)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          identityName: '',
          busy: false,
          sinceMs: 0,
          terminator: uint8ArrayAlloc(0),
          certificate: 0,
          down: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 2: {
              obj.identityName = reader.string()
              break
            }
            case 3: {
              obj.busy = reader.bool()
              break
            }
            case 4: {
              obj.sinceMs = reader.uint64Number()
              break
            }
            case 5: {
              obj.terminator = reader.bytes()
              break
            }
            case 6: {
              obj.certificate = reader.uint32()
              break
            }
            case 7: {
              obj.down = reader.bool()
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
            case 2: {
              yield {
                field: `${prefix}.identityName`,
                value: reader.string()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.busy`,
                value: reader.bool()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.sinceMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.terminator`,
                value: reader.bytes()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.certificate`,
                value: reader.uint32()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.down`,
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

  export interface FeedEntryIdentityNameFieldEvent {
    field: '$.identityName'
    value: string
  }

  export interface FeedEntryBusyFieldEvent {
    field: '$.busy'
    value: boolean
  }

  export interface FeedEntrySinceMsFieldEvent {
    field: '$.sinceMs'
    value: number
  }

  export interface FeedEntryTerminatorFieldEvent {
    field: '$.terminator'
    value: Uint8Array<ArrayBuffer>
  }

  export interface FeedEntryCertificateFieldEvent {
    field: '$.certificate'
    value: number
  }

  export interface FeedEntryDownFieldEvent {
    field: '$.down'
    value: boolean
  }

  export function encode (obj: Partial<FeedEntry>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, FeedEntry.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FeedEntry>): FeedEntry {
    return decodeMessage(buf, FeedEntry.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FeedEntry>): Generator<FeedEntryIdentityNameFieldEvent | FeedEntryBusyFieldEvent | FeedEntrySinceMsFieldEvent | FeedEntryTerminatorFieldEvent | FeedEntryCertificateFieldEvent | FeedEntryDownFieldEvent> {
    return streamMessage(buf, FeedEntry.codec(), opts)
  }
}

export interface FeedKey {
  instanceId: string
  hostPeerId: string
}

export namespace FeedKey {
  let _codec: Codec<FeedKey>

  export const codec = (): Codec<FeedKey> => {
    if (_codec == null) {
      _codec = message<FeedKey>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.instanceId != null && obj.instanceId !== '')) {
          w.uint32(10)
          w.string(obj.instanceId)
        }

        if ((obj.hostPeerId != null && obj.hostPeerId !== '')) {
          w.uint32(18)
          w.string(obj.hostPeerId)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          instanceId: '',
          hostPeerId: ''
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
              obj.hostPeerId = reader.string()
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
                field: `${prefix}.hostPeerId`,
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

  export interface FeedKeyInstanceIdFieldEvent {
    field: '$.instanceId'
    value: string
  }

  export interface FeedKeyHostPeerIdFieldEvent {
    field: '$.hostPeerId'
    value: string
  }

  export function encode (obj: Partial<FeedKey>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, FeedKey.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FeedKey>): FeedKey {
    return decodeMessage(buf, FeedKey.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FeedKey>): Generator<FeedKeyInstanceIdFieldEvent | FeedKeyHostPeerIdFieldEvent> {
    return streamMessage(buf, FeedKey.codec(), opts)
  }
}

export interface FeedDeparted {
  instanceId: string
  lastSeenMs: number
}

export namespace FeedDeparted {
  let _codec: Codec<FeedDeparted>

  export const codec = (): Codec<FeedDeparted> => {
    if (_codec == null) {
      _codec = message<FeedDeparted>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.instanceId != null && obj.instanceId !== '')) {
          w.uint32(10)
          w.string(obj.instanceId)
        }

        if ((obj.lastSeenMs != null && obj.lastSeenMs !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.lastSeenMs)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          instanceId: '',
          lastSeenMs: 0
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

  export interface FeedDepartedInstanceIdFieldEvent {
    field: '$.instanceId'
    value: string
  }

  export interface FeedDepartedLastSeenMsFieldEvent {
    field: '$.lastSeenMs'
    value: number
  }

  export function encode (obj: Partial<FeedDeparted>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, FeedDeparted.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FeedDeparted>): FeedDeparted {
    return decodeMessage(buf, FeedDeparted.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FeedDeparted>): Generator<FeedDepartedInstanceIdFieldEvent | FeedDepartedLastSeenMsFieldEvent> {
    return streamMessage(buf, FeedDeparted.codec(), opts)
  }
}

export interface FeedReply {
  epoch: number
  version: number
  resync: boolean
}

export namespace FeedReply {
  let _codec: Codec<FeedReply>

  export const codec = (): Codec<FeedReply> => {
    if (_codec == null) {
      _codec = message<FeedReply>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.epoch != null && obj.epoch !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.epoch)
        }

        if ((obj.version != null && obj.version !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.version)
        }

        if ((obj.resync != null && obj.resync !== false)) {
          w.uint32(24)
          w.bool(obj.resync)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          epoch: 0,
          version: 0,
          resync: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.epoch = reader.uint64Number()
              break
            }
            case 2: {
              obj.version = reader.uint64Number()
              break
            }
            case 3: {
              obj.resync = reader.bool()
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
                field: `${prefix}.epoch`,
                value: reader.uint64Number()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.version`,
                value: reader.uint64Number()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.resync`,
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

  export interface FeedReplyEpochFieldEvent {
    field: '$.epoch'
    value: number
  }

  export interface FeedReplyVersionFieldEvent {
    field: '$.version'
    value: number
  }

  export interface FeedReplyResyncFieldEvent {
    field: '$.resync'
    value: boolean
  }

  export function encode (obj: Partial<FeedReply>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, FeedReply.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FeedReply>): FeedReply {
    return decodeMessage(buf, FeedReply.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FeedReply>): Generator<FeedReplyEpochFieldEvent | FeedReplyVersionFieldEvent | FeedReplyResyncFieldEvent> {
    return streamMessage(buf, FeedReply.codec(), opts)
  }
}

export interface RelaysRequest {
  peerId: string
}

export namespace RelaysRequest {
  let _codec: Codec<RelaysRequest>

  export const codec = (): Codec<RelaysRequest> => {
    if (_codec == null) {
      _codec = message<RelaysRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.peerId != null && obj.peerId !== '')) {
          w.uint32(10)
          w.string(obj.peerId)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          peerId: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.peerId = reader.string()
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

  export interface RelaysRequestPeerIdFieldEvent {
    field: '$.peerId'
    value: string
  }

  export function encode (obj: Partial<RelaysRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, RelaysRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RelaysRequest>): RelaysRequest {
    return decodeMessage(buf, RelaysRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RelaysRequest>): Generator<RelaysRequestPeerIdFieldEvent> {
    return streamMessage(buf, RelaysRequest.codec(), opts)
  }
}

export interface RelaysResponse {
  relays: RelayHint[]
}

export namespace RelaysResponse {
  let _codec: Codec<RelaysResponse>

  export const codec = (): Codec<RelaysResponse> => {
    if (_codec == null) {
      _codec = message<RelaysResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.relays != null && obj.relays.length > 0) {
          for (const value of obj.relays) {
            w.uint32(10)
            RelayHint.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          relays: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.relays != null && obj.relays.length === opts.limits.relays) {
                throw new MaxLengthError('Decode error - repeated field "relays" had too many elements')
              }

              if (obj.relays.length === 64) {
                throw new MaxLengthError('Decode error - repeated field "relays" had too many elements')
              }

              obj.relays.push(RelayHint.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.relays$
              }))
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
          relays: 64
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.relays != null && obj.relays === opts.limits.relays) {
                throw new MaxLengthError('Streaming decode error - repeated field "relays" had too many elements')
              }

              if (obj.relays === 64) {
                throw new MaxLengthError('Streaming decode error - repeated field "relays" had too many elements')
              }

              for (const evt of RelayHint.codec().stream(reader, reader.uint32(), `${prefix}.relays[]`, {
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

  export interface RelaysResponseRelaysNameFieldEvent {
    field: '$.relays[].name'
    value: string
    index: number
  }

  export interface RelaysResponseRelaysPeerIdFieldEvent {
    field: '$.relays[].peerId'
    value: string
    index: number
  }

  export interface RelaysResponseRelaysMultiaddrsFieldEvent {
    field: '$.relays[].multiaddrs[]'
    index: number
    value: string
  }

  export function encode (obj: Partial<RelaysResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, RelaysResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RelaysResponse>): RelaysResponse {
    return decodeMessage(buf, RelaysResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RelaysResponse>): Generator<RelaysResponseRelaysNameFieldEvent | RelaysResponseRelaysPeerIdFieldEvent | RelaysResponseRelaysMultiaddrsFieldEvent> {
    return streamMessage(buf, RelaysResponse.codec(), opts)
  }
}

export interface RelayHint {
  name: string
  peerId: string
  multiaddrs: string[]
}

export namespace RelayHint {
  let _codec: Codec<RelayHint>

  export const codec = (): Codec<RelayHint> => {
    if (_codec == null) {
      _codec = message<RelayHint>((obj, w, opts = {}) => {
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

  export interface RelayHintNameFieldEvent {
    field: '$.name'
    value: string
  }

  export interface RelayHintPeerIdFieldEvent {
    field: '$.peerId'
    value: string
  }

  export interface RelayHintMultiaddrsFieldEvent {
    field: '$.multiaddrs[]'
    index: number
    value: string
  }

  export function encode (obj: Partial<RelayHint>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, RelayHint.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RelayHint>): RelayHint {
    return decodeMessage(buf, RelayHint.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RelayHint>): Generator<RelayHintNameFieldEvent | RelayHintPeerIdFieldEvent | RelayHintMultiaddrsFieldEvent> {
    return streamMessage(buf, RelayHint.codec(), opts)
  }
}

export interface MembersRequest {
  cursor: string
  joinedAs: string
}

export namespace MembersRequest {
  let _codec: Codec<MembersRequest>

  export const codec = (): Codec<MembersRequest> => {
    if (_codec == null) {
      _codec = message<MembersRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.cursor != null && obj.cursor !== '')) {
          w.uint32(10)
          w.string(obj.cursor)
        }

        if ((obj.joinedAs != null && obj.joinedAs !== '')) {
          w.uint32(18)
          w.string(obj.joinedAs)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          cursor: '',
          joinedAs: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.cursor = reader.string()
              break
            }
            case 2: {
              obj.joinedAs = reader.string()
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
                field: `${prefix}.cursor`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.joinedAs`,
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

  export interface MembersRequestCursorFieldEvent {
    field: '$.cursor'
    value: string
  }

  export interface MembersRequestJoinedAsFieldEvent {
    field: '$.joinedAs'
    value: string
  }

  export function encode (obj: Partial<MembersRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, MembersRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MembersRequest>): MembersRequest {
    return decodeMessage(buf, MembersRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MembersRequest>): Generator<MembersRequestCursorFieldEvent | MembersRequestJoinedAsFieldEvent> {
    return streamMessage(buf, MembersRequest.codec(), opts)
  }
}

export interface MembersResponse {
  certificates: Uint8Array<ArrayBuffer>[]
  cursor: string
  redemptions: Redemption[]
}

export namespace MembersResponse {
  let _codec: Codec<MembersResponse>

  export const codec = (): Codec<MembersResponse> => {
    if (_codec == null) {
      _codec = message<MembersResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.certificates != null && obj.certificates.length > 0) {
          for (const value of obj.certificates) {
            w.uint32(10)
            w.bytes(value)
          }
        }

        if ((obj.cursor != null && obj.cursor !== '')) {
          w.uint32(18)
          w.string(obj.cursor)
        }

        if (obj.redemptions != null && obj.redemptions.length > 0) {
          for (const value of obj.redemptions) {
            w.uint32(26)
            Redemption.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          certificates: [],
          cursor: '',
          redemptions: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.certificates != null && obj.certificates.length === opts.limits.certificates) {
                throw new MaxLengthError('Decode error - repeated field "certificates" had too many elements')
              }

              if (obj.certificates.length === 64) {
                throw new MaxLengthError('Decode error - repeated field "certificates" had too many elements')
              }

              obj.certificates.push(reader.bytes())
              break
            }
            case 2: {
              obj.cursor = reader.string()
              break
            }
            case 3: {
              if (opts.limits?.redemptions != null && obj.redemptions.length === opts.limits.redemptions) {
                throw new MaxLengthError('Decode error - repeated field "redemptions" had too many elements')
              }

              if (obj.redemptions.length === 16) {
                throw new MaxLengthError('Decode error - repeated field "redemptions" had too many elements')
              }

              obj.redemptions.push(Redemption.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.redemptions$
              }))
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
          certificates: 64,
          redemptions: 16
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.certificates != null && obj.certificates === opts.limits.certificates) {
                throw new MaxLengthError('Streaming decode error - repeated field "certificates" had too many elements')
              }

              if (obj.certificates === 64) {
                throw new MaxLengthError('Streaming decode error - repeated field "certificates" had too many elements')
              }

              yield {
                field: `${prefix}.certificates[]`,
                index: obj.certificates,
                value: reader.bytes()
              }

              obj.certificates++

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
              if (opts.limits?.redemptions != null && obj.redemptions === opts.limits.redemptions) {
                throw new MaxLengthError('Streaming decode error - repeated field "redemptions" had too many elements')
              }

              if (obj.redemptions === 16) {
                throw new MaxLengthError('Streaming decode error - repeated field "redemptions" had too many elements')
              }

              for (const evt of Redemption.codec().stream(reader, reader.uint32(), `${prefix}.redemptions[]`, {
                limits: opts.limits?.redemptions$
              })) {
                yield {
                  ...evt,
                  index: obj.redemptions
                }
              }

              obj.redemptions++

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

  export interface MembersResponseCertificatesFieldEvent {
    field: '$.certificates[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface MembersResponseCursorFieldEvent {
    field: '$.cursor'
    value: string
  }

  export interface MembersResponseRedemptionsDelegationFieldEvent {
    field: '$.redemptions[].delegation'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface MembersResponseRedemptionsReceiptFieldEvent {
    field: '$.redemptions[].receipt'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface MembersResponseRedemptionsWitnessFieldEvent {
    field: '$.redemptions[].witness'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export function encode (obj: Partial<MembersResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, MembersResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MembersResponse>): MembersResponse {
    return decodeMessage(buf, MembersResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MembersResponse>): Generator<MembersResponseCertificatesFieldEvent | MembersResponseCursorFieldEvent | MembersResponseRedemptionsDelegationFieldEvent | MembersResponseRedemptionsReceiptFieldEvent | MembersResponseRedemptionsWitnessFieldEvent> {
    return streamMessage(buf, MembersResponse.codec(), opts)
  }
}

export interface JoinRequest {
  delegation: Uint8Array<ArrayBuffer>
  redemption: Uint8Array<ArrayBuffer>
}

export namespace JoinRequest {
  let _codec: Codec<JoinRequest>

  export const codec = (): Codec<JoinRequest> => {
    if (_codec == null) {
      _codec = message<JoinRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.delegation != null && obj.delegation.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.delegation)
        }

        if ((obj.redemption != null && obj.redemption.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.redemption)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          delegation: uint8ArrayAlloc(0),
          redemption: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.delegation = reader.bytes()
              break
            }
            case 2: {
              obj.redemption = reader.bytes()
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
                field: `${prefix}.delegation`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.redemption`,
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

  export interface JoinRequestDelegationFieldEvent {
    field: '$.delegation'
    value: Uint8Array<ArrayBuffer>
  }

  export interface JoinRequestRedemptionFieldEvent {
    field: '$.redemption'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<JoinRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, JoinRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<JoinRequest>): JoinRequest {
    return decodeMessage(buf, JoinRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<JoinRequest>): Generator<JoinRequestDelegationFieldEvent | JoinRequestRedemptionFieldEvent> {
    return streamMessage(buf, JoinRequest.codec(), opts)
  }
}

export interface JoinResponse {
  status: number
  reason: string
  receipt: Uint8Array<ArrayBuffer>
  witness: Uint8Array<ArrayBuffer>
  document: Uint8Array<ArrayBuffer>
}

export namespace JoinResponse {
  let _codec: Codec<JoinResponse>

  export const codec = (): Codec<JoinResponse> => {
    if (_codec == null) {
      _codec = message<JoinResponse>((obj, w, opts = {}) => {
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

        if ((obj.receipt != null && obj.receipt.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.receipt)
        }

        if ((obj.witness != null && obj.witness.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.witness)
        }

        if ((obj.document != null && obj.document.byteLength > 0)) {
          w.uint32(42)
          w.bytes(obj.document)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          status: 0,
          reason: '',
          receipt: uint8ArrayAlloc(0),
          witness: uint8ArrayAlloc(0),
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
              obj.receipt = reader.bytes()
              break
            }
            case 4: {
              obj.witness = reader.bytes()
              break
            }
            case 5: {
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
                field: `${prefix}.receipt`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.witness`,
                value: reader.bytes()
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

  export interface JoinResponseStatusFieldEvent {
    field: '$.status'
    value: number
  }

  export interface JoinResponseReasonFieldEvent {
    field: '$.reason'
    value: string
  }

  export interface JoinResponseReceiptFieldEvent {
    field: '$.receipt'
    value: Uint8Array<ArrayBuffer>
  }

  export interface JoinResponseWitnessFieldEvent {
    field: '$.witness'
    value: Uint8Array<ArrayBuffer>
  }

  export interface JoinResponseDocumentFieldEvent {
    field: '$.document'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<JoinResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, JoinResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<JoinResponse>): JoinResponse {
    return decodeMessage(buf, JoinResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<JoinResponse>): Generator<JoinResponseStatusFieldEvent | JoinResponseReasonFieldEvent | JoinResponseReceiptFieldEvent | JoinResponseWitnessFieldEvent | JoinResponseDocumentFieldEvent> {
    return streamMessage(buf, JoinResponse.codec(), opts)
  }
}

export interface Redeemed {
  redemptions: Redemption[]
}

export namespace Redeemed {
  let _codec: Codec<Redeemed>

  export const codec = (): Codec<Redeemed> => {
    if (_codec == null) {
      _codec = message<Redeemed>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.redemptions != null && obj.redemptions.length > 0) {
          for (const value of obj.redemptions) {
            w.uint32(10)
            Redemption.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          redemptions: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.redemptions != null && obj.redemptions.length === opts.limits.redemptions) {
                throw new MaxLengthError('Decode error - repeated field "redemptions" had too many elements')
              }

              if (obj.redemptions.length === 256) {
                throw new MaxLengthError('Decode error - repeated field "redemptions" had too many elements')
              }

              obj.redemptions.push(Redemption.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.redemptions$
              }))
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
          redemptions: 256
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.redemptions != null && obj.redemptions === opts.limits.redemptions) {
                throw new MaxLengthError('Streaming decode error - repeated field "redemptions" had too many elements')
              }

              if (obj.redemptions === 256) {
                throw new MaxLengthError('Streaming decode error - repeated field "redemptions" had too many elements')
              }

              for (const evt of Redemption.codec().stream(reader, reader.uint32(), `${prefix}.redemptions[]`, {
                limits: opts.limits?.redemptions$
              })) {
                yield {
                  ...evt,
                  index: obj.redemptions
                }
              }

              obj.redemptions++

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

  export interface RedeemedRedemptionsDelegationFieldEvent {
    field: '$.redemptions[].delegation'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface RedeemedRedemptionsReceiptFieldEvent {
    field: '$.redemptions[].receipt'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface RedeemedRedemptionsWitnessFieldEvent {
    field: '$.redemptions[].witness'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export function encode (obj: Partial<Redeemed>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Redeemed.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Redeemed>): Redeemed {
    return decodeMessage(buf, Redeemed.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Redeemed>): Generator<RedeemedRedemptionsDelegationFieldEvent | RedeemedRedemptionsReceiptFieldEvent | RedeemedRedemptionsWitnessFieldEvent> {
    return streamMessage(buf, Redeemed.codec(), opts)
  }
}

export interface Redemption {
  delegation: Uint8Array<ArrayBuffer>
  receipt: Uint8Array<ArrayBuffer>
  witness: Uint8Array<ArrayBuffer>
}

export namespace Redemption {
  let _codec: Codec<Redemption>

  export const codec = (): Codec<Redemption> => {
    if (_codec == null) {
      _codec = message<Redemption>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.delegation != null && obj.delegation.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.delegation)
        }

        if ((obj.receipt != null && obj.receipt.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.receipt)
        }

        if ((obj.witness != null && obj.witness.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.witness)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          delegation: uint8ArrayAlloc(0),
          receipt: uint8ArrayAlloc(0),
          witness: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.delegation = reader.bytes()
              break
            }
            case 2: {
              obj.receipt = reader.bytes()
              break
            }
            case 3: {
              obj.witness = reader.bytes()
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
                field: `${prefix}.delegation`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.receipt`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.witness`,
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

  export interface RedemptionDelegationFieldEvent {
    field: '$.delegation'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RedemptionReceiptFieldEvent {
    field: '$.receipt'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RedemptionWitnessFieldEvent {
    field: '$.witness'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Redemption>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Redemption.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Redemption>): Redemption {
    return decodeMessage(buf, Redemption.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Redemption>): Generator<RedemptionDelegationFieldEvent | RedemptionReceiptFieldEvent | RedemptionWitnessFieldEvent> {
    return streamMessage(buf, Redemption.codec(), opts)
  }
}

export interface Renewals {
  certificates: Uint8Array<ArrayBuffer>[]
}

export namespace Renewals {
  let _codec: Codec<Renewals>

  export const codec = (): Codec<Renewals> => {
    if (_codec == null) {
      _codec = message<Renewals>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.certificates != null && obj.certificates.length > 0) {
          for (const value of obj.certificates) {
            w.uint32(10)
            w.bytes(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          certificates: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.certificates != null && obj.certificates.length === opts.limits.certificates) {
                throw new MaxLengthError('Decode error - repeated field "certificates" had too many elements')
              }

              if (obj.certificates.length === 256) {
                throw new MaxLengthError('Decode error - repeated field "certificates" had too many elements')
              }

              obj.certificates.push(reader.bytes())
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
          certificates: 256
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.certificates != null && obj.certificates === opts.limits.certificates) {
                throw new MaxLengthError('Streaming decode error - repeated field "certificates" had too many elements')
              }

              if (obj.certificates === 256) {
                throw new MaxLengthError('Streaming decode error - repeated field "certificates" had too many elements')
              }

              yield {
                field: `${prefix}.certificates[]`,
                index: obj.certificates,
                value: reader.bytes()
              }

              obj.certificates++

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

  export interface RenewalsCertificatesFieldEvent {
    field: '$.certificates[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Renewals>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Renewals.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Renewals>): Renewals {
    return decodeMessage(buf, Renewals.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Renewals>): Generator<RenewalsCertificatesFieldEvent> {
    return streamMessage(buf, Renewals.codec(), opts)
  }
}

export interface StatusRequest {}

export namespace StatusRequest {
  let _codec: Codec<StatusRequest>

  export const codec = (): Codec<StatusRequest> => {
    if (_codec == null) {
      _codec = message<StatusRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
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

  export function encode (obj: Partial<StatusRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, StatusRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StatusRequest>): StatusRequest {
    return decodeMessage(buf, StatusRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StatusRequest>): Generator<{}> {
    return streamMessage(buf, StatusRequest.codec(), opts)
  }
}

export interface StatusResponse {
  name: string
  peerId: string
  revision: number
  upMs: number
  links: number
  terminators: number
  memoryBytes: number
  partitions: PartitionStatus[]
  feeds: FeedStatus[]
  owners: OwnerStatus[]
  relays: string[]
  claims: ClaimStatus[]
  documentDigest: Uint8Array<ArrayBuffer>
  forks: ForkStatus[]
  liars: LiarStatus[]
  splices: number
  pendingSplices: number
}

export namespace StatusResponse {
  let _codec: Codec<StatusResponse>

  export const codec = (): Codec<StatusResponse> => {
    if (_codec == null) {
      _codec = message<StatusResponse>((obj, w, opts = {}) => {
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

        if ((obj.revision != null && obj.revision !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.revision)
        }

        if ((obj.upMs != null && obj.upMs !== 0)) {
          w.uint32(32)
          w.uint64Number(obj.upMs)
        }

        if ((obj.links != null && obj.links !== 0)) {
          w.uint32(40)
          w.uint32(obj.links)
        }

        if ((obj.terminators != null && obj.terminators !== 0)) {
          w.uint32(48)
          w.uint32(obj.terminators)
        }

        if ((obj.memoryBytes != null && obj.memoryBytes !== 0)) {
          w.uint32(56)
          w.uint64Number(obj.memoryBytes)
        }

        if (obj.partitions != null && obj.partitions.length > 0) {
          for (const value of obj.partitions) {
            w.uint32(66)
            PartitionStatus.codec().encode(value, w)
          }
        }

        if (obj.feeds != null && obj.feeds.length > 0) {
          for (const value of obj.feeds) {
            w.uint32(74)
            FeedStatus.codec().encode(value, w)
          }
        }

        if (obj.owners != null && obj.owners.length > 0) {
          for (const value of obj.owners) {
            w.uint32(82)
            OwnerStatus.codec().encode(value, w)
          }
        }

        if (obj.relays != null && obj.relays.length > 0) {
          for (const value of obj.relays) {
            w.uint32(90)
            w.string(value)
          }
        }

        if (obj.claims != null && obj.claims.length > 0) {
          for (const value of obj.claims) {
            w.uint32(98)
            ClaimStatus.codec().encode(value, w)
          }
        }

        if ((obj.documentDigest != null && obj.documentDigest.byteLength > 0)) {
          w.uint32(106)
          w.bytes(obj.documentDigest)
        }

        if (obj.forks != null && obj.forks.length > 0) {
          for (const value of obj.forks) {
            w.uint32(114)
            ForkStatus.codec().encode(value, w)
          }
        }

        if (obj.liars != null && obj.liars.length > 0) {
          for (const value of obj.liars) {
            w.uint32(122)
            LiarStatus.codec().encode(value, w)
          }
        }

        if ((obj.splices != null && obj.splices !== 0)) {
          w.uint32(240)
          w.uint32(obj.splices)
        }

        if ((obj.pendingSplices != null && obj.pendingSplices !== 0)) {
          w.uint32(248)
          w.uint32(obj.pendingSplices)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          name: '',
          peerId: '',
          revision: 0,
          upMs: 0,
          links: 0,
          terminators: 0,
          memoryBytes: 0,
          partitions: [],
          feeds: [],
          owners: [],
          relays: [],
          claims: [],
          documentDigest: uint8ArrayAlloc(0),
          forks: [],
          liars: [],
          splices: 0,
          pendingSplices: 0
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
              obj.revision = reader.uint64Number()
              break
            }
            case 4: {
              obj.upMs = reader.uint64Number()
              break
            }
            case 5: {
              obj.links = reader.uint32()
              break
            }
            case 6: {
              obj.terminators = reader.uint32()
              break
            }
            case 7: {
              obj.memoryBytes = reader.uint64Number()
              break
            }
            case 8: {
              if (opts.limits?.partitions != null && obj.partitions.length === opts.limits.partitions) {
                throw new MaxLengthError('Decode error - repeated field "partitions" had too many elements')
              }

              if (obj.partitions.length === 4096) {
                throw new MaxLengthError('Decode error - repeated field "partitions" had too many elements')
              }

              obj.partitions.push(PartitionStatus.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.partitions$
              }))
              break
            }
            case 9: {
              if (opts.limits?.feeds != null && obj.feeds.length === opts.limits.feeds) {
                throw new MaxLengthError('Decode error - repeated field "feeds" had too many elements')
              }

              if (obj.feeds.length === 4096) {
                throw new MaxLengthError('Decode error - repeated field "feeds" had too many elements')
              }

              obj.feeds.push(FeedStatus.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.feeds$
              }))
              break
            }
            case 10: {
              if (opts.limits?.owners != null && obj.owners.length === opts.limits.owners) {
                throw new MaxLengthError('Decode error - repeated field "owners" had too many elements')
              }

              if (obj.owners.length === 4096) {
                throw new MaxLengthError('Decode error - repeated field "owners" had too many elements')
              }

              obj.owners.push(OwnerStatus.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.owners$
              }))
              break
            }
            case 11: {
              if (opts.limits?.relays != null && obj.relays.length === opts.limits.relays) {
                throw new MaxLengthError('Decode error - repeated field "relays" had too many elements')
              }

              if (obj.relays.length === 4096) {
                throw new MaxLengthError('Decode error - repeated field "relays" had too many elements')
              }

              obj.relays.push(reader.string())
              break
            }
            case 12: {
              if (opts.limits?.claims != null && obj.claims.length === opts.limits.claims) {
                throw new MaxLengthError('Decode error - repeated field "claims" had too many elements')
              }

              if (obj.claims.length === 4096) {
                throw new MaxLengthError('Decode error - repeated field "claims" had too many elements')
              }

              obj.claims.push(ClaimStatus.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.claims$
              }))
              break
            }
            case 13: {
              obj.documentDigest = reader.bytes()
              break
            }
            case 14: {
              if (opts.limits?.forks != null && obj.forks.length === opts.limits.forks) {
                throw new MaxLengthError('Decode error - repeated field "forks" had too many elements')
              }

              if (obj.forks.length === 64) {
                throw new MaxLengthError('Decode error - repeated field "forks" had too many elements')
              }

              obj.forks.push(ForkStatus.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.forks$
              }))
              break
            }
            case 15: {
              if (opts.limits?.liars != null && obj.liars.length === opts.limits.liars) {
                throw new MaxLengthError('Decode error - repeated field "liars" had too many elements')
              }

              if (obj.liars.length === 1024) {
                throw new MaxLengthError('Decode error - repeated field "liars" had too many elements')
              }

              obj.liars.push(LiarStatus.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.liars$
              }))
              break
            }
            case 30: {
              obj.splices = reader.uint32()
              break
            }
            case 31: {
              obj.pendingSplices = reader.uint32()
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
          partitions: 4096,
          feeds: 4096,
          owners: 4096,
          relays: 4096,
          claims: 4096,
          forks: 64,
          liars: 1024
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
              yield {
                field: `${prefix}.revision`,
                value: reader.uint64Number()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.upMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.links`,
                value: reader.uint32()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.terminators`,
                value: reader.uint32()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.memoryBytes`,
                value: reader.uint64Number()
              }
              break
            }
            case 8: {
              if (opts.limits?.partitions != null && obj.partitions === opts.limits.partitions) {
                throw new MaxLengthError('Streaming decode error - repeated field "partitions" had too many elements')
              }

              if (obj.partitions === 4096) {
                throw new MaxLengthError('Streaming decode error - repeated field "partitions" had too many elements')
              }

              for (const evt of PartitionStatus.codec().stream(reader, reader.uint32(), `${prefix}.partitions[]`, {
                limits: opts.limits?.partitions$
              })) {
                yield {
                  ...evt,
                  index: obj.partitions
                }
              }

              obj.partitions++

              break
            }
            case 9: {
              if (opts.limits?.feeds != null && obj.feeds === opts.limits.feeds) {
                throw new MaxLengthError('Streaming decode error - repeated field "feeds" had too many elements')
              }

              if (obj.feeds === 4096) {
                throw new MaxLengthError('Streaming decode error - repeated field "feeds" had too many elements')
              }

              for (const evt of FeedStatus.codec().stream(reader, reader.uint32(), `${prefix}.feeds[]`, {
                limits: opts.limits?.feeds$
              })) {
                yield {
                  ...evt,
                  index: obj.feeds
                }
              }

              obj.feeds++

              break
            }
            case 10: {
              if (opts.limits?.owners != null && obj.owners === opts.limits.owners) {
                throw new MaxLengthError('Streaming decode error - repeated field "owners" had too many elements')
              }

              if (obj.owners === 4096) {
                throw new MaxLengthError('Streaming decode error - repeated field "owners" had too many elements')
              }

              for (const evt of OwnerStatus.codec().stream(reader, reader.uint32(), `${prefix}.owners[]`, {
                limits: opts.limits?.owners$
              })) {
                yield {
                  ...evt,
                  index: obj.owners
                }
              }

              obj.owners++

              break
            }
            case 11: {
              if (opts.limits?.relays != null && obj.relays === opts.limits.relays) {
                throw new MaxLengthError('Streaming decode error - repeated field "relays" had too many elements')
              }

              if (obj.relays === 4096) {
                throw new MaxLengthError('Streaming decode error - repeated field "relays" had too many elements')
              }

              yield {
                field: `${prefix}.relays[]`,
                index: obj.relays,
                value: reader.string()
              }

              obj.relays++

              break
            }
            case 12: {
              if (opts.limits?.claims != null && obj.claims === opts.limits.claims) {
                throw new MaxLengthError('Streaming decode error - repeated field "claims" had too many elements')
              }

              if (obj.claims === 4096) {
                throw new MaxLengthError('Streaming decode error - repeated field "claims" had too many elements')
              }

              for (const evt of ClaimStatus.codec().stream(reader, reader.uint32(), `${prefix}.claims[]`, {
                limits: opts.limits?.claims$
              })) {
                yield {
                  ...evt,
                  index: obj.claims
                }
              }

              obj.claims++

              break
            }
            case 13: {
              yield {
                field: `${prefix}.documentDigest`,
                value: reader.bytes()
              }
              break
            }
            case 14: {
              if (opts.limits?.forks != null && obj.forks === opts.limits.forks) {
                throw new MaxLengthError('Streaming decode error - repeated field "forks" had too many elements')
              }

              if (obj.forks === 64) {
                throw new MaxLengthError('Streaming decode error - repeated field "forks" had too many elements')
              }

              for (const evt of ForkStatus.codec().stream(reader, reader.uint32(), `${prefix}.forks[]`, {
                limits: opts.limits?.forks$
              })) {
                yield {
                  ...evt,
                  index: obj.forks
                }
              }

              obj.forks++

              break
            }
            case 15: {
              if (opts.limits?.liars != null && obj.liars === opts.limits.liars) {
                throw new MaxLengthError('Streaming decode error - repeated field "liars" had too many elements')
              }

              if (obj.liars === 1024) {
                throw new MaxLengthError('Streaming decode error - repeated field "liars" had too many elements')
              }

              for (const evt of LiarStatus.codec().stream(reader, reader.uint32(), `${prefix}.liars[]`, {
                limits: opts.limits?.liars$
              })) {
                yield {
                  ...evt,
                  index: obj.liars
                }
              }

              obj.liars++

              break
            }
            case 30: {
              yield {
                field: `${prefix}.splices`,
                value: reader.uint32()
              }
              break
            }
            case 31: {
              yield {
                field: `${prefix}.pendingSplices`,
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

  export interface StatusResponseNameFieldEvent {
    field: '$.name'
    value: string
  }

  export interface StatusResponsePeerIdFieldEvent {
    field: '$.peerId'
    value: string
  }

  export interface StatusResponseRevisionFieldEvent {
    field: '$.revision'
    value: number
  }

  export interface StatusResponseUpMsFieldEvent {
    field: '$.upMs'
    value: number
  }

  export interface StatusResponseLinksFieldEvent {
    field: '$.links'
    value: number
  }

  export interface StatusResponseTerminatorsFieldEvent {
    field: '$.terminators'
    value: number
  }

  export interface StatusResponseMemoryBytesFieldEvent {
    field: '$.memoryBytes'
    value: number
  }

  export interface StatusResponsePartitionsServiceFieldEvent {
    field: '$.partitions[].service'
    value: string
    index: number
  }

  export interface StatusResponsePartitionsShardFieldEvent {
    field: '$.partitions[].shard'
    value: number
    index: number
  }

  export interface StatusResponsePartitionsHomesFieldEvent {
    field: '$.partitions[].homes[]'
    index: number
    value: string
  }

  export interface StatusResponsePartitionsHomeFieldEvent {
    field: '$.partitions[].home'
    value: boolean
    index: number
  }

  export interface StatusResponsePartitionsSettledFieldEvent {
    field: '$.partitions[].settled'
    value: boolean
    index: number
  }

  export interface StatusResponsePartitionsInstancesFieldEvent {
    field: '$.partitions[].instances'
    value: number
    index: number
  }

  export interface StatusResponsePartitionsTerminatorsFieldEvent {
    field: '$.partitions[].terminators'
    value: number
    index: number
  }

  export interface StatusResponsePartitionsOwnedFieldEvent {
    field: '$.partitions[].owned'
    value: number
    index: number
  }

  export interface StatusResponsePartitionsOwnedDigestFieldEvent {
    field: '$.partitions[].ownedDigest'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface StatusResponseFeedsHomeFieldEvent {
    field: '$.feeds[].home'
    value: string
    index: number
  }

  export interface StatusResponseFeedsEpochFieldEvent {
    field: '$.feeds[].epoch'
    value: number
    index: number
  }

  export interface StatusResponseFeedsVersionFieldEvent {
    field: '$.feeds[].version'
    value: number
    index: number
  }

  export interface StatusResponseFeedsAcknowledgedFieldEvent {
    field: '$.feeds[].acknowledged'
    value: number
    index: number
  }

  export interface StatusResponseFeedsPendingFieldEvent {
    field: '$.feeds[].pending'
    value: number
    index: number
  }

  export interface StatusResponseOwnersOwnerFieldEvent {
    field: '$.owners[].owner'
    value: string
    index: number
  }

  export interface StatusResponseOwnersEpochFieldEvent {
    field: '$.owners[].epoch'
    value: number
    index: number
  }

  export interface StatusResponseOwnersVersionFieldEvent {
    field: '$.owners[].version'
    value: number
    index: number
  }

  export interface StatusResponseOwnersSilentMsFieldEvent {
    field: '$.owners[].silentMs'
    value: number
    index: number
  }

  export interface StatusResponseOwnersHeldServiceFieldEvent {
    field: '$.owners[].held[].service'
    value: string
    index: number
  }

  export interface StatusResponseOwnersHeldShardFieldEvent {
    field: '$.owners[].held[].shard'
    value: number
    index: number
  }

  export interface StatusResponseOwnersHeldTerminatorsFieldEvent {
    field: '$.owners[].held[].terminators'
    value: number
    index: number
  }

  export interface StatusResponseOwnersHeldDigestFieldEvent {
    field: '$.owners[].held[].digest'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface StatusResponseRelaysFieldEvent {
    field: '$.relays[]'
    index: number
    value: string
  }

  export interface StatusResponseClaimsNameFieldEvent {
    field: '$.claims[].name'
    value: string
    index: number
  }

  export interface StatusResponseClaimsPeerIdFieldEvent {
    field: '$.claims[].peerId'
    value: string
    index: number
  }

  export interface StatusResponseClaimsClaimedFieldEvent {
    field: '$.claims[].claimed'
    value: number
    index: number
  }

  export interface StatusResponseClaimsHeldFieldEvent {
    field: '$.claims[].held'
    value: number
    index: number
  }

  export interface StatusResponseDocumentDigestFieldEvent {
    field: '$.documentDigest'
    value: Uint8Array<ArrayBuffer>
  }

  export interface StatusResponseForksRevisionFieldEvent {
    field: '$.forks[].revision'
    value: number
    index: number
  }

  export interface StatusResponseForksDigestFieldEvent {
    field: '$.forks[].digest'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface StatusResponseLiarsPeerIdFieldEvent {
    field: '$.liars[].peerId'
    value: string
    index: number
  }

  export interface StatusResponseLiarsWhatFieldEvent {
    field: '$.liars[].what'
    value: string
    index: number
  }

  export interface StatusResponseLiarsAtMsFieldEvent {
    field: '$.liars[].atMs'
    value: number
    index: number
  }

  export interface StatusResponseSplicesFieldEvent {
    field: '$.splices'
    value: number
  }

  export interface StatusResponsePendingSplicesFieldEvent {
    field: '$.pendingSplices'
    value: number
  }

  export function encode (obj: Partial<StatusResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, StatusResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StatusResponse>): StatusResponse {
    return decodeMessage(buf, StatusResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StatusResponse>): Generator<StatusResponseNameFieldEvent | StatusResponsePeerIdFieldEvent | StatusResponseRevisionFieldEvent | StatusResponseUpMsFieldEvent | StatusResponseLinksFieldEvent | StatusResponseTerminatorsFieldEvent | StatusResponseMemoryBytesFieldEvent | StatusResponsePartitionsServiceFieldEvent | StatusResponsePartitionsShardFieldEvent | StatusResponsePartitionsHomesFieldEvent | StatusResponsePartitionsHomeFieldEvent | StatusResponsePartitionsSettledFieldEvent | StatusResponsePartitionsInstancesFieldEvent | StatusResponsePartitionsTerminatorsFieldEvent | StatusResponsePartitionsOwnedFieldEvent | StatusResponsePartitionsOwnedDigestFieldEvent | StatusResponseFeedsHomeFieldEvent | StatusResponseFeedsEpochFieldEvent | StatusResponseFeedsVersionFieldEvent | StatusResponseFeedsAcknowledgedFieldEvent | StatusResponseFeedsPendingFieldEvent | StatusResponseOwnersOwnerFieldEvent | StatusResponseOwnersEpochFieldEvent | StatusResponseOwnersVersionFieldEvent | StatusResponseOwnersSilentMsFieldEvent | StatusResponseOwnersHeldServiceFieldEvent | StatusResponseOwnersHeldShardFieldEvent | StatusResponseOwnersHeldTerminatorsFieldEvent | StatusResponseOwnersHeldDigestFieldEvent | StatusResponseRelaysFieldEvent | StatusResponseClaimsNameFieldEvent | StatusResponseClaimsPeerIdFieldEvent | StatusResponseClaimsClaimedFieldEvent | StatusResponseClaimsHeldFieldEvent | StatusResponseDocumentDigestFieldEvent | StatusResponseForksRevisionFieldEvent | StatusResponseForksDigestFieldEvent | StatusResponseLiarsPeerIdFieldEvent | StatusResponseLiarsWhatFieldEvent | StatusResponseLiarsAtMsFieldEvent | StatusResponseSplicesFieldEvent | StatusResponsePendingSplicesFieldEvent> {
    return streamMessage(buf, StatusResponse.codec(), opts)
  }
}

export interface Accusation {
  peerId: string
  what: string
}

export namespace Accusation {
  let _codec: Codec<Accusation>

  export const codec = (): Codec<Accusation> => {
    if (_codec == null) {
      _codec = message<Accusation>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.peerId != null && obj.peerId !== '')) {
          w.uint32(10)
          w.string(obj.peerId)
        }

        if ((obj.what != null && obj.what !== '')) {
          w.uint32(18)
          w.string(obj.what)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          peerId: '',
          what: ''
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
              obj.what = reader.string()
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
                field: `${prefix}.what`,
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

  export interface AccusationPeerIdFieldEvent {
    field: '$.peerId'
    value: string
  }

  export interface AccusationWhatFieldEvent {
    field: '$.what'
    value: string
  }

  export function encode (obj: Partial<Accusation>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Accusation.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Accusation>): Accusation {
    return decodeMessage(buf, Accusation.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Accusation>): Generator<AccusationPeerIdFieldEvent | AccusationWhatFieldEvent> {
    return streamMessage(buf, Accusation.codec(), opts)
  }
}

export interface LiarStatus {
  peerId: string
  what: string
  atMs: number
}

export namespace LiarStatus {
  let _codec: Codec<LiarStatus>

  export const codec = (): Codec<LiarStatus> => {
    if (_codec == null) {
      _codec = message<LiarStatus>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.peerId != null && obj.peerId !== '')) {
          w.uint32(10)
          w.string(obj.peerId)
        }

        if ((obj.what != null && obj.what !== '')) {
          w.uint32(18)
          w.string(obj.what)
        }

        if ((obj.atMs != null && obj.atMs !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.atMs)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          peerId: '',
          what: '',
          atMs: 0
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
              obj.what = reader.string()
              break
            }
            case 3: {
              obj.atMs = reader.uint64Number()
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
                field: `${prefix}.what`,
                value: reader.string()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.atMs`,
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

  export interface LiarStatusPeerIdFieldEvent {
    field: '$.peerId'
    value: string
  }

  export interface LiarStatusWhatFieldEvent {
    field: '$.what'
    value: string
  }

  export interface LiarStatusAtMsFieldEvent {
    field: '$.atMs'
    value: number
  }

  export function encode (obj: Partial<LiarStatus>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, LiarStatus.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LiarStatus>): LiarStatus {
    return decodeMessage(buf, LiarStatus.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LiarStatus>): Generator<LiarStatusPeerIdFieldEvent | LiarStatusWhatFieldEvent | LiarStatusAtMsFieldEvent> {
    return streamMessage(buf, LiarStatus.codec(), opts)
  }
}

export interface ForkStatus {
  revision: number
  digest: Uint8Array<ArrayBuffer>
}

export namespace ForkStatus {
  let _codec: Codec<ForkStatus>

  export const codec = (): Codec<ForkStatus> => {
    if (_codec == null) {
      _codec = message<ForkStatus>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.revision != null && obj.revision !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.revision)
        }

        if ((obj.digest != null && obj.digest.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.digest)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          revision: 0,
          digest: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.revision = reader.uint64Number()
              break
            }
            case 2: {
              obj.digest = reader.bytes()
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
                field: `${prefix}.revision`,
                value: reader.uint64Number()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.digest`,
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

  export interface ForkStatusRevisionFieldEvent {
    field: '$.revision'
    value: number
  }

  export interface ForkStatusDigestFieldEvent {
    field: '$.digest'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<ForkStatus>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ForkStatus.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ForkStatus>): ForkStatus {
    return decodeMessage(buf, ForkStatus.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ForkStatus>): Generator<ForkStatusRevisionFieldEvent | ForkStatusDigestFieldEvent> {
    return streamMessage(buf, ForkStatus.codec(), opts)
  }
}

export interface ClaimStatus {
  name: string
  peerId: string
  claimed: number
  held: number
}

export namespace ClaimStatus {
  let _codec: Codec<ClaimStatus>

  export const codec = (): Codec<ClaimStatus> => {
    if (_codec == null) {
      _codec = message<ClaimStatus>((obj, w, opts = {}) => {
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

        if ((obj.claimed != null && obj.claimed !== 0)) {
          w.uint32(24)
          w.uint32(obj.claimed)
        }

        if ((obj.held != null && obj.held !== 0)) {
          w.uint32(32)
          w.uint32(obj.held)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          name: '',
          peerId: '',
          claimed: 0,
          held: 0
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
              obj.claimed = reader.uint32()
              break
            }
            case 4: {
              obj.held = reader.uint32()
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
              yield {
                field: `${prefix}.peerId`,
                value: reader.string()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.claimed`,
                value: reader.uint32()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.held`,
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

  export interface ClaimStatusNameFieldEvent {
    field: '$.name'
    value: string
  }

  export interface ClaimStatusPeerIdFieldEvent {
    field: '$.peerId'
    value: string
  }

  export interface ClaimStatusClaimedFieldEvent {
    field: '$.claimed'
    value: number
  }

  export interface ClaimStatusHeldFieldEvent {
    field: '$.held'
    value: number
  }

  export function encode (obj: Partial<ClaimStatus>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ClaimStatus.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ClaimStatus>): ClaimStatus {
    return decodeMessage(buf, ClaimStatus.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ClaimStatus>): Generator<ClaimStatusNameFieldEvent | ClaimStatusPeerIdFieldEvent | ClaimStatusClaimedFieldEvent | ClaimStatusHeldFieldEvent> {
    return streamMessage(buf, ClaimStatus.codec(), opts)
  }
}

export interface PartitionStatus {
  service: string
  shard: number
  homes: string[]
  home: boolean
  settled: boolean
  instances: number
  terminators: number
  owned: number
  ownedDigest: Uint8Array<ArrayBuffer>
}

export namespace PartitionStatus {
  let _codec: Codec<PartitionStatus>

  export const codec = (): Codec<PartitionStatus> => {
    if (_codec == null) {
      _codec = message<PartitionStatus>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.service != null && obj.service !== '')) {
          w.uint32(10)
          w.string(obj.service)
        }

        if ((obj.shard != null && obj.shard !== 0)) {
          w.uint32(16)
          w.uint32(obj.shard)
        }

        if (obj.homes != null && obj.homes.length > 0) {
          for (const value of obj.homes) {
            w.uint32(26)
            w.string(value)
          }
        }

        if ((obj.home != null && obj.home !== false)) {
          w.uint32(32)
          w.bool(obj.home)
        }

        if ((obj.settled != null && obj.settled !== false)) {
          w.uint32(40)
          w.bool(obj.settled)
        }

        if ((obj.instances != null && obj.instances !== 0)) {
          w.uint32(48)
          w.uint32(obj.instances)
        }

        if ((obj.terminators != null && obj.terminators !== 0)) {
          w.uint32(56)
          w.uint32(obj.terminators)
        }

        if ((obj.owned != null && obj.owned !== 0)) {
          w.uint32(64)
          w.uint32(obj.owned)
        }

        if ((obj.ownedDigest != null && obj.ownedDigest.byteLength > 0)) {
          w.uint32(74)
          w.bytes(obj.ownedDigest)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          service: '',
          shard: 0,
          homes: [],
          home: false,
          settled: false,
          instances: 0,
          terminators: 0,
          owned: 0,
          ownedDigest: uint8ArrayAlloc(0)
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
              obj.shard = reader.uint32()
              break
            }
            case 3: {
              if (opts.limits?.homes != null && obj.homes.length === opts.limits.homes) {
                throw new MaxLengthError('Decode error - repeated field "homes" had too many elements')
              }

              if (obj.homes.length === 16) {
                throw new MaxLengthError('Decode error - repeated field "homes" had too many elements')
              }

              obj.homes.push(reader.string())
              break
            }
            case 4: {
              obj.home = reader.bool()
              break
            }
            case 5: {
              obj.settled = reader.bool()
              break
            }
            case 6: {
              obj.instances = reader.uint32()
              break
            }
            case 7: {
              obj.terminators = reader.uint32()
              break
            }
            case 8: {
              obj.owned = reader.uint32()
              break
            }
            case 9: {
              obj.ownedDigest = reader.bytes()
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
          homes: 16
        }

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
                field: `${prefix}.shard`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              if (opts.limits?.homes != null && obj.homes === opts.limits.homes) {
                throw new MaxLengthError('Streaming decode error - repeated field "homes" had too many elements')
              }

              if (obj.homes === 16) {
                throw new MaxLengthError('Streaming decode error - repeated field "homes" had too many elements')
              }

              yield {
                field: `${prefix}.homes[]`,
                index: obj.homes,
                value: reader.string()
              }

              obj.homes++

              break
            }
            case 4: {
              yield {
                field: `${prefix}.home`,
                value: reader.bool()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.settled`,
                value: reader.bool()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.instances`,
                value: reader.uint32()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.terminators`,
                value: reader.uint32()
              }
              break
            }
            case 8: {
              yield {
                field: `${prefix}.owned`,
                value: reader.uint32()
              }
              break
            }
            case 9: {
              yield {
                field: `${prefix}.ownedDigest`,
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

  export interface PartitionStatusServiceFieldEvent {
    field: '$.service'
    value: string
  }

  export interface PartitionStatusShardFieldEvent {
    field: '$.shard'
    value: number
  }

  export interface PartitionStatusHomesFieldEvent {
    field: '$.homes[]'
    index: number
    value: string
  }

  export interface PartitionStatusHomeFieldEvent {
    field: '$.home'
    value: boolean
  }

  export interface PartitionStatusSettledFieldEvent {
    field: '$.settled'
    value: boolean
  }

  export interface PartitionStatusInstancesFieldEvent {
    field: '$.instances'
    value: number
  }

  export interface PartitionStatusTerminatorsFieldEvent {
    field: '$.terminators'
    value: number
  }

  export interface PartitionStatusOwnedFieldEvent {
    field: '$.owned'
    value: number
  }

  export interface PartitionStatusOwnedDigestFieldEvent {
    field: '$.ownedDigest'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<PartitionStatus>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, PartitionStatus.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PartitionStatus>): PartitionStatus {
    return decodeMessage(buf, PartitionStatus.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PartitionStatus>): Generator<PartitionStatusServiceFieldEvent | PartitionStatusShardFieldEvent | PartitionStatusHomesFieldEvent | PartitionStatusHomeFieldEvent | PartitionStatusSettledFieldEvent | PartitionStatusInstancesFieldEvent | PartitionStatusTerminatorsFieldEvent | PartitionStatusOwnedFieldEvent | PartitionStatusOwnedDigestFieldEvent> {
    return streamMessage(buf, PartitionStatus.codec(), opts)
  }
}

export interface FeedStatus {
  home: string
  epoch: number
  version: number
  acknowledged: number
  pending: number
}

export namespace FeedStatus {
  let _codec: Codec<FeedStatus>

  export const codec = (): Codec<FeedStatus> => {
    if (_codec == null) {
      _codec = message<FeedStatus>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.home != null && obj.home !== '')) {
          w.uint32(10)
          w.string(obj.home)
        }

        if ((obj.epoch != null && obj.epoch !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.epoch)
        }

        if ((obj.version != null && obj.version !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.version)
        }

        if ((obj.acknowledged != null && obj.acknowledged !== 0)) {
          w.uint32(32)
          w.uint64Number(obj.acknowledged)
        }

        if ((obj.pending != null && obj.pending !== 0)) {
          w.uint32(40)
          w.uint32(obj.pending)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          home: '',
          epoch: 0,
          version: 0,
          acknowledged: 0,
          pending: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.home = reader.string()
              break
            }
            case 2: {
              obj.epoch = reader.uint64Number()
              break
            }
            case 3: {
              obj.version = reader.uint64Number()
              break
            }
            case 4: {
              obj.acknowledged = reader.uint64Number()
              break
            }
            case 5: {
              obj.pending = reader.uint32()
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
                field: `${prefix}.home`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.epoch`,
                value: reader.uint64Number()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.version`,
                value: reader.uint64Number()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.acknowledged`,
                value: reader.uint64Number()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.pending`,
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

  export interface FeedStatusHomeFieldEvent {
    field: '$.home'
    value: string
  }

  export interface FeedStatusEpochFieldEvent {
    field: '$.epoch'
    value: number
  }

  export interface FeedStatusVersionFieldEvent {
    field: '$.version'
    value: number
  }

  export interface FeedStatusAcknowledgedFieldEvent {
    field: '$.acknowledged'
    value: number
  }

  export interface FeedStatusPendingFieldEvent {
    field: '$.pending'
    value: number
  }

  export function encode (obj: Partial<FeedStatus>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, FeedStatus.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FeedStatus>): FeedStatus {
    return decodeMessage(buf, FeedStatus.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FeedStatus>): Generator<FeedStatusHomeFieldEvent | FeedStatusEpochFieldEvent | FeedStatusVersionFieldEvent | FeedStatusAcknowledgedFieldEvent | FeedStatusPendingFieldEvent> {
    return streamMessage(buf, FeedStatus.codec(), opts)
  }
}

export interface OwnerStatus {
  owner: string
  epoch: number
  version: number
  silentMs: number
  held: HeldStatus[]
}

export namespace OwnerStatus {
  let _codec: Codec<OwnerStatus>

  export const codec = (): Codec<OwnerStatus> => {
    if (_codec == null) {
      _codec = message<OwnerStatus>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.owner != null && obj.owner !== '')) {
          w.uint32(10)
          w.string(obj.owner)
        }

        if ((obj.epoch != null && obj.epoch !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.epoch)
        }

        if ((obj.version != null && obj.version !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.version)
        }

        if ((obj.silentMs != null && obj.silentMs !== 0)) {
          w.uint32(32)
          w.uint64Number(obj.silentMs)
        }

        if (obj.held != null && obj.held.length > 0) {
          for (const value of obj.held) {
            w.uint32(42)
            HeldStatus.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          owner: '',
          epoch: 0,
          version: 0,
          silentMs: 0,
          held: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.owner = reader.string()
              break
            }
            case 2: {
              obj.epoch = reader.uint64Number()
              break
            }
            case 3: {
              obj.version = reader.uint64Number()
              break
            }
            case 4: {
              obj.silentMs = reader.uint64Number()
              break
            }
            case 5: {
              if (opts.limits?.held != null && obj.held.length === opts.limits.held) {
                throw new MaxLengthError('Decode error - repeated field "held" had too many elements')
              }

              if (obj.held.length === 4096) {
                throw new MaxLengthError('Decode error - repeated field "held" had too many elements')
              }

              obj.held.push(HeldStatus.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.held$
              }))
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
          held: 4096
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.owner`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.epoch`,
                value: reader.uint64Number()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.version`,
                value: reader.uint64Number()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.silentMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 5: {
              if (opts.limits?.held != null && obj.held === opts.limits.held) {
                throw new MaxLengthError('Streaming decode error - repeated field "held" had too many elements')
              }

              if (obj.held === 4096) {
                throw new MaxLengthError('Streaming decode error - repeated field "held" had too many elements')
              }

              for (const evt of HeldStatus.codec().stream(reader, reader.uint32(), `${prefix}.held[]`, {
                limits: opts.limits?.held$
              })) {
                yield {
                  ...evt,
                  index: obj.held
                }
              }

              obj.held++

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

  export interface OwnerStatusOwnerFieldEvent {
    field: '$.owner'
    value: string
  }

  export interface OwnerStatusEpochFieldEvent {
    field: '$.epoch'
    value: number
  }

  export interface OwnerStatusVersionFieldEvent {
    field: '$.version'
    value: number
  }

  export interface OwnerStatusSilentMsFieldEvent {
    field: '$.silentMs'
    value: number
  }

  export interface OwnerStatusHeldServiceFieldEvent {
    field: '$.held[].service'
    value: string
    index: number
  }

  export interface OwnerStatusHeldShardFieldEvent {
    field: '$.held[].shard'
    value: number
    index: number
  }

  export interface OwnerStatusHeldTerminatorsFieldEvent {
    field: '$.held[].terminators'
    value: number
    index: number
  }

  export interface OwnerStatusHeldDigestFieldEvent {
    field: '$.held[].digest'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export function encode (obj: Partial<OwnerStatus>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, OwnerStatus.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<OwnerStatus>): OwnerStatus {
    return decodeMessage(buf, OwnerStatus.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<OwnerStatus>): Generator<OwnerStatusOwnerFieldEvent | OwnerStatusEpochFieldEvent | OwnerStatusVersionFieldEvent | OwnerStatusSilentMsFieldEvent | OwnerStatusHeldServiceFieldEvent | OwnerStatusHeldShardFieldEvent | OwnerStatusHeldTerminatorsFieldEvent | OwnerStatusHeldDigestFieldEvent> {
    return streamMessage(buf, OwnerStatus.codec(), opts)
  }
}

export interface HeldStatus {
  service: string
  shard: number
  terminators: number
  digest: Uint8Array<ArrayBuffer>
}

export namespace HeldStatus {
  let _codec: Codec<HeldStatus>

  export const codec = (): Codec<HeldStatus> => {
    if (_codec == null) {
      _codec = message<HeldStatus>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.service != null && obj.service !== '')) {
          w.uint32(10)
          w.string(obj.service)
        }

        if ((obj.shard != null && obj.shard !== 0)) {
          w.uint32(16)
          w.uint32(obj.shard)
        }

        if ((obj.terminators != null && obj.terminators !== 0)) {
          w.uint32(24)
          w.uint32(obj.terminators)
        }

        if ((obj.digest != null && obj.digest.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.digest)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          service: '',
          shard: 0,
          terminators: 0,
          digest: uint8ArrayAlloc(0)
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
              obj.shard = reader.uint32()
              break
            }
            case 3: {
              obj.terminators = reader.uint32()
              break
            }
            case 4: {
              obj.digest = reader.bytes()
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
                field: `${prefix}.shard`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.terminators`,
                value: reader.uint32()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.digest`,
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

  export interface HeldStatusServiceFieldEvent {
    field: '$.service'
    value: string
  }

  export interface HeldStatusShardFieldEvent {
    field: '$.shard'
    value: number
  }

  export interface HeldStatusTerminatorsFieldEvent {
    field: '$.terminators'
    value: number
  }

  export interface HeldStatusDigestFieldEvent {
    field: '$.digest'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<HeldStatus>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, HeldStatus.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<HeldStatus>): HeldStatus {
    return decodeMessage(buf, HeldStatus.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<HeldStatus>): Generator<HeldStatusServiceFieldEvent | HeldStatusShardFieldEvent | HeldStatusTerminatorsFieldEvent | HeldStatusDigestFieldEvent> {
    return streamMessage(buf, HeldStatus.codec(), opts)
  }
}
