import { expect, test } from 'vitest'
import {
  checkRole,
  mayBind,
  mayDial,
  type Policy,
  permits,
  whyNotBind,
  whyNotDial,
} from '../../../src/identity/policy.js'
import { chat, codeOf } from './fixtures.js'

const user1 = { name: 'user1', roles: ['chat', 'ops'], grants: [{ service: 'chat-p2p', instanceId: 'helpdesk' }] }

test.each<[string[], Policy['semantic'], boolean]>([
  [[], 'AnyOf', false],
  [[], 'AllOf', false],
  [['#all'], 'AnyOf', true],
  [['#all'], 'AllOf', true],
  [['#chat'], 'AnyOf', true],
  [['#relay'], 'AnyOf', false],
  [['#relay', '#chat'], 'AnyOf', true],
  [['#relay', '#chat'], 'AllOf', false],
  [['#ops', '#chat'], 'AllOf', true],
  [['#all', '#relay'], 'AllOf', false],
  [['@user1'], 'AnyOf', true],
  [['@user2'], 'AnyOf', false],
  [['@user1', '#relay'], 'AllOf', false],
  [['@user1', '#chat'], 'AllOf', true],
  [['@chat'], 'AnyOf', false],
  [['#user1'], 'AnyOf', false],
  [['#Chat'], 'AnyOf', false],
  [['#chat '], 'AnyOf', false],
  [['chat'], 'AnyOf', false],
  [['user1'], 'AnyOf', false],
  [['#'], 'AnyOf', false],
  [['@'], 'AnyOf', false],
  [['@all'], 'AnyOf', false],
])('%j %s: user1 with roles chat and ops → %s', (roles, semantic, expected) => {
  expect(permits({ roles, semantic }, user1)).toBe(expected)
})

test('an identity without roles passes by name and by #all only', () => {
  const nobody = { name: 'user9', roles: [] }
  expect(permits({ roles: ['#chat'], semantic: 'AnyOf' }, nobody)).toBe(false)
  expect(permits({ roles: ['#'], semantic: 'AnyOf' }, nobody)).toBe(false)
  expect(permits({ roles: ['@user9'], semantic: 'AnyOf' }, nobody)).toBe(true)
  expect(permits({ roles: ['#all'], semantic: 'AnyOf' }, nobody)).toBe(true)
})

test.each<[string, boolean]>([
  ['user1', true],
  ['user1/laptop', true],
  ['user1/a/b', true],
  ['user1/', false],
  ['user2', false],
  ['user10', false],
  ['user1x/laptop', false],
  ['user', false],
  ['User1', false],
  ['user1 ', false],
  ['user2/user1', false],
  ['helpdesk', true],
  ['helpdesk/2', false],
  ['', false],
])('user1 with a grant for helpdesk may bind %j: %s', (instanceId, expected) => {
  expect(mayBind(chat, user1, instanceId)).toBe(expected)
})

test('a grant counts for its own service only', () => {
  expect(mayBind({ ...chat, name: 'ssh' }, user1, 'helpdesk')).toBe(false)
})

test('owning an instance id is not enough when the policy does not let one bind', () => {
  const closed = { ...chat, bind: { roles: ['#relay'], semantic: 'AnyOf' as const } }
  expect(mayBind(closed, user1, 'user1')).toBe(false)
  expect(mayBind(closed, user1, 'helpdesk')).toBe(false)
})

test('bind and dial are asked separately', () => {
  const readers = { ...chat, bind: { roles: ['@server'], semantic: 'AnyOf' as const } }
  expect(mayDial(readers, user1)).toBe(true)
  expect(mayBind(readers, user1, 'user1')).toBe(false)
  expect(mayDial({ ...chat, dial: { roles: [], semantic: 'AnyOf' } }, user1)).toBe(false)
})

test.each(['', 'all', '#chat', '@chat', 'two words', 'a,b', 'x'.repeat(65), 'bell\u0007'])(
  '%j is not a role',
  async (text) => {
    expect(await codeOf(() => checkRole(text))).toBe('bad_name')
  },
)

test('a refusal says what it would take, and what there is', () => {
  const asks = (roles: string[], semantic: Policy['semantic'] = 'AnyOf') => ({
    ...chat,
    bind: { roles, semantic },
    dial: { roles, semantic },
  })
  expect(whyNotDial(asks(['#chat']), user1)).toBeUndefined()
  expect(whyNotBind(asks(['#chat']), user1, 'user1/laptop')).toBeUndefined()
  expect(whyNotDial(asks(['#admin', '@bob']), user1)).toBe(
    "user1 may not dial service 'chat-p2p': it takes #admin or @bob, and user1 has #chat, #ops.",
  )
  expect(whyNotBind(asks(['#chat', '#server'], 'AllOf'), user1, 'user1')).toBe(
    "user1 may not bind service 'chat-p2p': it takes #chat and #server, and user1 has #chat, #ops.",
  )
  expect(whyNotDial(asks([]), { name: 'bob', roles: [] })).toBe(
    "bob may not dial service 'chat-p2p': nobody may, and bob has no role.",
  )
  expect(whyNotBind(asks(['#chat']), user1, 'user2')).toBe(
    "user1 may not bind 'user2' on service 'chat-p2p': only 'user1', 'user1/…' and instance ids that its certificate grants.",
  )
})
