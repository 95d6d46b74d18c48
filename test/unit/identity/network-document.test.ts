import { expect, test } from 'vitest'
import { toHex } from '../../../src/core/bytes.js'
import { maxNetworkDocumentBytes } from '../../../src/core/limits.js'
import { networkDocumentKind, seal, terminatorKind } from '../../../src/identity/envelope.js'
import {
  issueNetworkDocument,
  type NetworkDocumentFields,
  openNetworkDocument,
} from '../../../src/identity/network-document.js'
import { NetworkDocument } from '../../../src/wire/messages/identity.js'
import {
  authority,
  certificateOf,
  chat,
  codeOf,
  id,
  issuedAtMs,
  networkId,
  otherAuthority,
  relay1,
  user1,
} from './fixtures.js'

const fields: NetworkDocumentFields = {
  networkName: 'home',
  revision: 7,
  issuedAtMs,
  relays: [{ name: 'relay1', peerId: id(relay1), multiaddrs: ['/ip4/127.0.0.1/tcp/4001'] }],
  services: [chat],
  revokedSerials: ['ab'.repeat(16)],
}
const issue = (change: Partial<NetworkDocumentFields> = {}) => issueNetworkDocument(authority, { ...fields, ...change })
const open = (envelope: Uint8Array) => openNetworkDocument(envelope, { networkId })

/** Signs content that `issueNetworkDocument` would refuse, as another version's authority might. */
const forge = (change: Partial<NetworkDocument>, signer = authority, kind = networkDocumentKind) =>
  seal(
    kind.domain,
    kind.payloadType,
    NetworkDocument.encode({ networkId, networkName: 'home', revision: 7, issuedAtMs, ...change }),
    signer,
  )

test('a network document reads back as it was issued', async () => {
  const view = await issue()
  expect(view).toMatchObject({ networkId, networkName: 'home', revision: 7, issuedAtMs, relays: fields.relays })
  expect([...view.services]).toEqual([['chat-p2p', chat]])
  expect([...view.revokedSerials]).toEqual(['ab'.repeat(16)])
  expect(await open(view.envelope)).toEqual(view)
})

test('a network document is the same bytes for ever', async () => {
  expect(toHex((await issue()).envelope)).toMatchInlineSnapshot(
    `"0a24080112208a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c121a2f636861742d7032702f6e6574776f726b2d646f63756d656e741aee010a34313244334b6f6f574b3939566f56784e4537587a79427758457a573778684b37477076383572394633563366794b53554b5048351204686f6d6518072080f8a5f9c1322a570a0672656c6179311234313244334b6f6f574846643167794e5946717874376b6539465932566f565657593258535068764c3976673270423677514766611a172f6970342f3132372e302e302e312f7463702f34303031323c0a08636861742d703270120e0a0523636861741205416e794f661a0e0a0523636861741205416e794f6620032a0c736d617274726f7574696e6730013a10abababababababababababababababab2a40b49c229bb0590492990d1d0b0ddf554362bdf286c88eaef92349210d02964cc5863744093a38c2905862375a2afeb64ec7bc19c0162a842bd2145abcc6edb500"`,
  )
})

test('names in it are kept in one form, those of its policies too', async () => {
  const view = await issueNetworkDocument(authority, {
    networkName: 'zu\u0308rich',
    revision: 1,
    relays: [{ name: 'rele\u0301', peerId: id(relay1), multiaddrs: ['/ip4/127.0.0.1/tcp/4001'] }],
    services: [{ ...chat, name: 'cafe\u0301', bind: { roles: ['@Jose\u0301', '#cafe\u0301'], semantic: 'AnyOf' } }],
  })
  expect(view.networkName).toBe('z\u00fcrich')
  expect(view.relays[0]?.name).toBe('rel\u00e9')
  expect(view.services.get('caf\u00e9')?.bind.roles).toEqual(['@Jos\u00e9', '#caf\u00e9'])
})

test('a revoked certificate is found in it', async () => {
  const { serial } = await certificateOf('user1', user1)
  const view = await issue({ revokedSerials: [toHex(serial)] })
  expect(view.revokedSerials.has(toHex(serial))).toBe(true)
})

test('what a service leaves open has its default, so that {} means the same as nothing', async () => {
  const empty = { name: 'bare', maxTerminators: 0, strategy: '', shards: 0 }
  const view = await open(await forge({ services: [{ ...empty, bind: { roles: ['#chat'], semantic: '' } } as never] }))
  expect(view.services.get('bare')).toEqual({
    name: 'bare',
    bind: { roles: ['#chat'], semantic: 'AnyOf' },
    dial: { roles: [], semantic: 'AnyOf' },
    maxTerminators: 3,
    strategy: 'smartrouting',
    shards: 1,
  })
})

test('a service may say how long its sessions outlive the loss of all paths, within bounds', async () => {
  const view = await issue({ services: [{ ...chat, sessionGraceMs: 300_000 }] })
  expect(view.services.get(chat.name)?.sessionGraceMs).toBe(300_000)
  for (const sessionGraceMs of [0, 999, 86_400_001, 1.5, Number.NaN]) {
    await expect(issue({ services: [{ ...chat, sessionGraceMs }] })).rejects.toMatchObject({ code: 'bad_argument' })
  }
  const later = { ...chat, sessionGraceMs: 2 ** 32 - 1 }
  expect((await open(await forge({ services: [later as never] }))).services.get(chat.name)?.sessionGraceMs).toBe(
    86_400_000,
  )
})

test('a service may keep its sessions on relays', async () => {
  const directOf = async (direct?: boolean) => {
    const view = await issue({ services: [{ ...chat, ...(direct === undefined ? {} : { direct }) }] })
    return view.services.get(chat.name)?.direct
  }
  expect([await directOf(false), await directOf(true), await directOf()]).toEqual([false, undefined, undefined])
  await expect(issue({ services: [{ ...chat, direct: 'no' as never }] })).rejects.toMatchObject({
    code: 'bad_argument',
  })
})

test('a policy, strategy or address of a later version is read carefully, not fatally', async () => {
  const later = {
    name: 'later',
    bind: { roles: ['#all'], semantic: 'NoneOf' },
    dial: { roles: ['#all'], semantic: 'AllOf' },
    maxTerminators: 2 ** 32 - 1,
    strategy: 'psychic',
    shards: 2 ** 32 - 1,
  }
  const relay = { name: 'relay1', peerId: id(relay1), multiaddrs: ['/telepathy/1', '/ip4/127.0.0.1/tcp/4001', ''] }
  const view = await open(await forge({ services: [later], relays: [relay] }))
  const service = view.services.get('later')
  expect(service).toMatchObject({ bind: { roles: [] }, strategy: 'smartrouting', maxTerminators: 1024, shards: 1024 })
  expect(service?.dial).toEqual({ roles: ['#all'], semantic: 'AllOf' })
  expect(view.relays[0]?.multiaddrs).toEqual(['/ip4/127.0.0.1/tcp/4001'])
})

test('a document of another network is foreign', async () => {
  const { envelope } = await issueNetworkDocument(otherAuthority, fields)
  expect(await codeOf(() => open(envelope))).toBe('certificate_foreign')
})

test('a document signed by another key, claiming our network, is forged', async () => {
  expect(await codeOf(async () => open(await forge({}, otherAuthority)))).toBe('certificate_invalid')
  expect(await codeOf(async () => open(await forge({}, relay1)))).toBe('certificate_invalid')
})

test('another kind of signed thing is not a document', async () => {
  expect(await codeOf(async () => open(await forge({}, authority, terminatorKind)))).toBe('certificate_invalid')
  expect(await codeOf(async () => open((await certificateOf('user1', user1)).envelope))).toBe('certificate_invalid')
})

test('cut off at any byte, or with any byte changed, it is refused', async () => {
  const { envelope } = await issue()
  for (let at = 0; at < envelope.byteLength; at++) {
    expect(await codeOf(() => open(envelope.subarray(0, at))), `${at} bytes`).toBe('certificate_invalid')
    const changed = envelope.slice()
    changed[at]! ^= 0x10
    expect(await codeOf(() => open(changed)), `byte ${at}`).toBe('certificate_invalid')
  }
})

test('over the cap it is refused before it is parsed', async () => {
  const error = await open(new Uint8Array(maxNetworkDocumentBytes + 5)).catch((error) => error)
  expect(error).toMatchObject({ code: 'certificate_invalid' })
  expect(error.message).toContain(`over ${maxNetworkDocumentBytes}`)
})

test.each<[string, Partial<NetworkDocument>]>([
  ['no name', { networkName: '' }],
  ['a name with control characters', { networkName: 'home\n' }],
  ['revision 0', { revision: 0 }],
  ['a service without a name', { services: [{ ...chat, name: '' } as never] }],
  ['a service with an @', { services: [{ ...chat, name: 'chat@home' } as never] }],
  ['a service twice', { services: [chat as never, chat as never] }],
  ['a relay without a peer id', { relays: [{ name: 'relay1', peerId: '', multiaddrs: [] }] }],
  ['a relay twice', { relays: ['relay1', 'relay2'].map((name) => ({ name, peerId: id(relay1), multiaddrs: [] })) }],
  ['1025 relays', { relays: Array.from({ length: 1025 }, () => ({ name: 'r', peerId: id(relay1), multiaddrs: [] })) }],
])('%s makes a document invalid, even when the authority signed it', async (_, change) => {
  expect(await codeOf(async () => open(await forge(change)))).toBe('certificate_invalid')
})

test.each<[string, Partial<NetworkDocumentFields>, string]>([
  ['an empty network name', { networkName: '' }, 'bad_name'],
  ['revision 0', { revision: 0 }, 'bad_argument'],
  ['a fraction of a revision', { revision: 1.5 }, 'bad_argument'],
  ['a relay without addresses', { relays: [{ name: 'relay1', peerId: id(relay1), multiaddrs: [] }] }, 'bad_argument'],
  ['an address that is none', { relays: [{ ...fields.relays[0]!, multiaddrs: ['localhost:1'] }] }, 'bad_argument'],
  [
    'two relays of one name',
    { relays: [fields.relays[0]!, { ...fields.relays[0]!, peerId: id(user1) }] },
    'bad_argument',
  ],
  ['a service twice', { services: [chat, chat] }, 'bad_argument'],
  ['a role without #', { services: [{ ...chat, bind: { roles: ['chat'], semantic: 'AnyOf' } }] }, 'bad_argument'],
  ['an unknown semantic', { services: [{ ...chat, dial: { roles: [], semantic: 'X' as never } }] }, 'bad_argument'],
  ['no terminators', { services: [{ ...chat, maxTerminators: 0 }] }, 'bad_argument'],
  ['an unknown strategy', { services: [{ ...chat, strategy: 'x' as never }] }, 'bad_argument'],
  ['no shards', { services: [{ ...chat, shards: 0 }] }, 'bad_argument'],
  ['a serial that is none', { revokedSerials: ['xyz'] }, 'bad_argument'],
  [
    'too many serials',
    { revokedSerials: Array.from({ length: 16385 }, (_, at) => at.toString(16).padStart(32, '0')) },
    'too_large',
  ],
])('%s is not signed in the first place', async (_, change, code) => {
  expect(await codeOf(() => issue(change))).toBe(code)
})
