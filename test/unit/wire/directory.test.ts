import { describe, expect, test } from 'vitest'
import { NodeMessage, RelayMessage } from '../../../src/wire/messages/directory.js'
import { encodeRowPage } from '../../../src/wire/row-page.js'
import { fromHex } from './hex.js'

const bytes = (...values: number[]) => Uint8Array.from(values)
const signed = { terminator: bytes(1, 2), certificate: bytes(3) }
const state = { down: true, precedence: 2, cost: 9, hostCount: 1, hosts: [] }
const row = { instanceId: 'a', identityName: 'b', peerId: 'c', terminators: 3, sinceMs: 300, busy: true, ...state }
const plain = { local: false, shards: [], preferHostPeerId: '', preferInstanceId: '', describe: false }
const any = { service: 's', instanceId: '', ...plain }
const part = { service: 's', shard: 1, begin: true, end: true, drop: false, put: [], removed: [], departed: [] }

const nodeMessages: Array<[string, NodeMessage, string]> = [
  ['ping', { requestId: 0, ping: { id: 1, claimed: 5 } }, '120408011005'],
  [
    'ping with a digest',
    { requestId: 0, ping: { id: 1, claimed: 5, standing: new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]) } },
    '120e080110051a080102030405060708',
  ],
  ['pong', { requestId: 0, pong: { id: 1, claimed: 0 } }, '1a020801'],
  [
    'bind',
    { requestId: 1, bind: { terminator: signed, busy: true, down: true, splices: false } },
    '0801220d0a070a02010212010310011801',
  ],
  [
    'bind of a host that answers splice offers',
    { requestId: 1, bind: { terminator: signed, busy: false, down: false, splices: true } },
    '0801220b0a070a0201021201035001',
  ],
  [
    'splice',
    { requestId: 1, splice: { service: 's', instanceId: 'a', hostPeerId: 'h', processId: 7 } },
    '0801720b0a01731201611a01682007',
  ],
  ['unbind', { requestId: 2, unbind: { service: 's', instanceId: 'a' } }, '08022a060a0173120161'],
  ['lookup', { requestId: 3, lookup: { ...any, instanceId: 'a' } }, '080332060a0173120161'],
  ['local lookup', { requestId: 3, lookup: { ...any, local: true, shards: [0, 7] } }, '080332090a0173180120002007'],
  [
    'lookup with a preference',
    { requestId: 3, lookup: { ...any, preferHostPeerId: 'h', preferInstanceId: 'a' } },
    '080332090a01732a0168320161',
  ],
  ['accusation', { requestId: 0, accusation: { peerId: 'p', what: 'no' } }, 'aa01070a017012026e6f'],
  [
    'lookup with a description',
    { requestId: 3, lookup: { ...any, instanceId: 'a', describe: true } },
    '080332080a01731201613801',
  ],
  [
    'list',
    { requestId: 4, list: { service: 's', cursor: 'a', limit: 100, local: false, shards: [] } },
    '08043a080a01731201611864',
  ],
  [
    'list in few bytes',
    { requestId: 4, list: { service: 's', cursor: 'a', limit: 100, local: false, shards: [], digestOnly: true } },
    '08043a0a0a017312016118643001',
  ],
  [
    'list unless it is as before',
    { requestId: 4, list: { service: 's', cursor: '', limit: 100, local: true, shards: [], unlessDigest: bytes(9) } },
    '08043a0a0a01731864200' + '13a0109',
  ],
  ['watch', { requestId: 5, watch: { service: 's', local: true, shards: [2] } }, '080542070a017310011802'],
  ['unwatch', { requestId: 0, unwatch: { service: 's' } }, '4a030a0173'],
  ['document', { requestId: 0, document: { document: bytes(9) } }, '52030a0109'],
  ['relays', { requestId: 6, relays: { peerId: 'p' } }, '080662030a0170'],
  ['status', { requestId: 7, status: {} }, '08076a00'],
  ['members', { requestId: 7, members: { cursor: 'p', joinedAs: 'q' } }, '0807a201060a0170120171'],
  ['redeem', { requestId: 7, redeem: { delegation: bytes(1), redemption: bytes(2) } }, '0807fa01060a0101120102'],
  ['renewals', { requestId: 7, renewals: { certificates: [bytes(1)] } }, '08078a02030a0101'],
  [
    'redeemed',
    { requestId: 7, redeemed: { redemptions: [{ delegation: bytes(1), receipt: bytes(2), witness: bytes(3) }] } },
    '080782020b0a090a01011201021a0103',
  ],
  [
    'heartbeat',
    { requestId: 8, feed: { epoch: 300, version: 2, complete: true, parts: [], certificates: [] } },
    '08085a0708ac0210021801',
  ],
  [
    'feed',
    {
      requestId: 9,
      feed: {
        epoch: 300,
        version: 1,
        complete: false,
        parts: [
          {
            ...part,
            put: [
              { terminator: bytes(1, 2), certificate: 1, identityName: 'b', busy: false, down: true, sinceMs: 300 },
            ],
            removed: [{ instanceId: 'x', hostPeerId: 'h' }],
            departed: [{ instanceId: 'y', lastSeenMs: 300 }],
          },
        ],
        certificates: [bytes(3), bytes(4)],
      },
    },
    '08095a3608ac02100122290a0173100118012001320e12016220ac022a020102300138013a060a017812016842060a017910ac022a01032a0104',
  ],
]

const relayMessages: Array<[string, RelayMessage, string]> = [
  ['result', { requestId: 1, result: { status: 4, reason: 'no' } }, '08012206080412026e6f'],
  [
    'lookup',
    { requestId: 3, lookup: { status: 0, terminators: [signed], lastSeenMs: 0, partial: true } },
    '08032a0b12070a0201021201032001',
  ],
  [
    'list',
    { requestId: 4, list: { status: 0, cursor: 'a', partial: false, page: encodeRowPage([row]) } },
    '080432241a01612a1f0a05610a620a63120c2c01000000000000070000001a080900020101000000',
  ],
  [
    'list in few bytes',
    { requestId: 4, list: { status: 0, cursor: 'a', partial: false, digest: bytes(9) } },
    '080432061a0161320109',
  ],
  [
    'event',
    { requestId: 0, event: { service: 's', row, goneInstanceId: '', lastSeenMs: 0, current: false } },
    '3a1d0a017312180a01611201621a0163200328ac0230013801400248095001',
  ],
  [
    'left',
    { requestId: 0, event: { service: 's', goneInstanceId: 'a', lastSeenMs: 1_000, current: false } },
    '3a090a01731a016128e807',
  ],
  [
    'current',
    { requestId: 0, event: { service: 's', goneInstanceId: '', lastSeenMs: 0, current: true } },
    '3a050a01732001',
  ],
  ['splice', { requestId: 1, splice: { token: bytes(1, 2) } }, '08017a040a020102'],
  ['splice offer', { requestId: 0, spliceOffer: { token: bytes(1, 2), dialerPeerId: 'd' } }, '8201070a020102120164'],
  ['replaced', { requestId: 0, replaced: { service: 's', instanceId: 'a' } }, '4a060a0173120161'],
  [
    'replaced, counted',
    { requestId: 0, replaced: { service: 's', instanceId: 'a', takeovers: 2 } },
    '4a080a01731201611802',
  ],
  ['result, counted', { requestId: 1, result: { status: 7, reason: '', takeovers: 3 } }, '0801220408071803'],
  ['pong', { requestId: 0, pong: { id: 0, claimed: 1, noSlot: true } }, '1a0410012001'],
  [
    'dropped',
    { requestId: 0, dropped: { service: 's', instanceId: 'a', status: 5, reason: 'no' } },
    '6a0c0a0173120161180522026e6f',
  ],
  [
    'standing',
    {
      requestId: 0,
      standing: { begin: true, end: true, bindings: [{ service: 's', instanceId: 'a' }], watches: ['s'] },
    },
    '720f080110011a060a0173120161220173',
  ],
  ['feed', { requestId: 9, feed: { epoch: 300, version: 1, resync: true } }, '0809520708ac0210011801'],
  ['renewals', { requestId: 0, renewals: { certificates: [bytes(1)] } }, '8a02030a0101'],
  [
    'redeem',
    { requestId: 7, redeem: { status: 2, reason: 'no', receipt: bytes(), witness: bytes(), document: bytes() } },
    '0807fa0106080212026e6f',
  ],
  [
    'members',
    {
      requestId: 7,
      members: {
        certificates: [bytes(3)],
        cursor: 'p',
        redemptions: [{ delegation: bytes(4), receipt: bytes(5), witness: bytes(6) }],
      },
    },
    '0807a201110a01031201701a090a01041201051a0106',
  ],
  [
    'relays',
    { requestId: 6, relays: { relays: [{ name: 'r', peerId: 'p', multiaddrs: ['/m'] }] } },
    '08065a0c0a0a0a01721201701a022f6d',
  ],
]

describe('a node says', () => {
  test.each(nodeMessages)('%s in these bytes', (_, message, hex) => {
    expect(Buffer.from(NodeMessage.encode(message)).toString('hex')).toBe(hex)
    expect(NodeMessage.decode(fromHex(hex))).toEqual(message)
  })
})

describe('a relay says', () => {
  test.each(relayMessages)('%s in these bytes', (_, message, hex) => {
    expect(Buffer.from(RelayMessage.encode(message)).toString('hex')).toBe(hex)
    expect(RelayMessage.decode(fromHex(hex))).toEqual(message)
  })
})

test('a message cut at any byte is refused, or is shorter by whole fields', () => {
  for (const [, message] of nodeMessages) {
    const whole = NodeMessage.encode(message)
    for (let length = 0; length < whole.byteLength; length++) {
      let decoded: NodeMessage
      try {
        decoded = NodeMessage.decode(whole.subarray(0, length))
      } catch {
        continue
      }
      expect(NodeMessage.encode(decoded).byteLength).toBeLessThan(whole.byteLength)
    }
  }
})

describe('lists over their cap are refused:', () => {
  const many = <T>(value: T, count: number) => Array.from({ length: count }, () => value)
  const table: Array<[string, () => unknown]> = [
    [
      'terminators',
      () =>
        RelayMessage.decode(
          RelayMessage.encode({
            requestId: 1,
            lookup: { status: 0, terminators: many(signed, 65), lastSeenMs: 0, partial: false },
          }),
        ),
    ],
    [
      'relays',
      () =>
        RelayMessage.decode(
          RelayMessage.encode({ requestId: 1, relays: { relays: many({ name: '', peerId: '', multiaddrs: [] }, 65) } }),
        ),
    ],
    [
      'shards',
      () =>
        NodeMessage.decode(
          NodeMessage.encode({ requestId: 1, watch: { service: '', local: true, shards: many(1, 1_025) } }),
        ),
    ],
    [
      'parts',
      () =>
        NodeMessage.decode(
          NodeMessage.encode({
            requestId: 1,
            feed: { epoch: 1, version: 1, complete: true, parts: many(part, 1_025), certificates: [] },
          }),
        ),
    ],
    [
      'entries of a part',
      () =>
        NodeMessage.decode(
          NodeMessage.encode({
            requestId: 1,
            feed: {
              epoch: 1,
              version: 1,
              complete: true,
              parts: [{ ...part, removed: many({ instanceId: '', hostPeerId: '' }, 1_025) }],
              certificates: [],
            },
          }),
        ),
    ],
  ]
  test.each(table)('%s', (_, decode) => {
    expect(decode).toThrow(/repeated field/)
  })
})
