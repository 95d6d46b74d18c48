import { expect, test } from 'vitest'
import { certificateKind, certificateRequestKind, seal } from '../../../src/identity/envelope.js'
import { openRequest, sealRequest } from '../../../src/identity/request.js'
import { Certificate } from '../../../src/wire/messages/identity.js'
import { certificateOf, codeOf, id, user1, user2 } from './fixtures.js'

const forge = (change: Partial<Certificate>, kind = certificateRequestKind) =>
  seal(kind.domain, kind.payloadType, Certificate.encode({ name: 'alice', peerId: id(user1), ...change }), user1)

test('a request says who asks for what, under the key it is for', async () => {
  const request = await sealRequest(user1, { name: 'alice', roles: ['chat', 'ops'] })
  expect(await openRequest(request)).toEqual({ name: 'alice', peerId: id(user1), roles: ['chat', 'ops'] })
})

test('nobody can ask for a certificate for a key that is not theirs', async () => {
  expect(await codeOf(async () => openRequest(await forge({ peerId: id(user2) })))).toBe('certificate_invalid')
})

test('a certificate is not a request, nor a request a certificate', async () => {
  expect(await codeOf(async () => openRequest((await certificateOf('user1', user1)).envelope))).toBe(
    'certificate_invalid',
  )
  expect(await codeOf(async () => openRequest(await forge({}, certificateKind)))).toBe('certificate_invalid')
})

test('cut off at any byte it is refused', async () => {
  const request = await sealRequest(user1, { name: 'alice', roles: ['chat'] })
  for (let end = 0; end < request.byteLength; end++) {
    expect(await codeOf(() => openRequest(request.subarray(0, end))), `${end} bytes`).toBe('certificate_invalid')
  }
})

test.each<[string, Partial<Certificate>]>([
  ['a name that is a path', { name: '../authority' }],
  ['no name', { name: '' }],
  ['a bad role', { roles: ['all'] }],
])('%s makes it invalid', async (_, change) => {
  expect(await codeOf(async () => openRequest(await forge(change)))).toBe('certificate_invalid')
})
