import { expect, test } from 'vitest'
import { toHex } from '../../../src/core/bytes.js'
import { maxClockSkewMs } from '../../../src/core/limits.js'
import type { VerifiedCertificate } from '../../../src/identity/certificate.js'
import type { NetworkView } from '../../../src/identity/network-document.js'
import type { ServiceDefinition } from '../../../src/identity/policy.js'
import { Permissions } from '../../../src/net/permissions.js'
import { ManualClock } from '../../support/directory.js'
import { chatService } from '../../support/network.js'

const hourMs = 3_600_000
const startMs = 1_000_000_000_000

function certificate(name: string, change: Partial<VerifiedCertificate> = {}): VerifiedCertificate {
  return {
    networkId: 'network',
    serial: new Uint8Array(Buffer.from(name.padEnd(16, '.'))),
    name,
    peerId: `peer-of-${name}`,
    roles: ['chat'],
    grants: [],
    issuedAtMs: startMs - hourMs,
    expiresAtMs: startMs + hourMs,
    lines: [],
    envelope: new Uint8Array(0),
    ...change,
  }
}

/** Permissions under a document and a clock that the test changes; `heard` is what holders were told. */
function stage() {
  const clock = new ManualClock(startMs)
  const services = new Map<string, ServiceDefinition>([[chatService.name, chatService]])
  const revokedSerials = new Set<string>()
  const permissions = new Permissions(() => ({ services, revokedSerials }) as unknown as NetworkView, clock)
  const heard: string[] = []
  const hold = (what: string, use: Parameters<Permissions['hold']>[0]) =>
    permissions.hold(use, (withdrawal) => heard.push(`${what}: ${withdrawal?.code ?? 'permitted'}`))
  const policy = (roles: string[]) => {
    const list = { roles, semantic: 'AnyOf' as const }
    services.set(chatService.name, { ...chatService, bind: list, dial: list })
    permissions.recheck()
  }
  return { clock, services, revokedSerials, permissions, heard, hold, policy }
}

const service = chatService.name
const anna = certificate('anna')
const ben = certificate('ben')

test.each([
  ['a call', { service, instanceId: 'ben', host: ben, dialer: anna }],
  ['a binding', { service, instanceId: 'ben', host: ben }],
  ['a dial', { service, dialer: ben }],
  ['a watch', { service, asker: ben }],
  ['a connection', { member: ben }],
] as const)('%s is withdrawn when the certificate is over, two minutes allowed for clocks', (what, use) => {
  const { clock, heard, hold } = stage()
  hold(what, use)
  clock.advance(hourMs + maxClockSkewMs)
  expect(heard).toEqual([])
  clock.advance(1_000)
  expect(heard).toEqual([`${what}: certificate_expired`])
})

test('who is told first can still say why: sessions before bindings and watches, connections last', () => {
  const { heard, hold, revokedSerials, permissions } = stage()
  hold('connection', { member: ben })
  hold('watch', { service, asker: ben })
  hold('binding', { service, instanceId: 'ben', host: ben })
  hold('session', { service, instanceId: 'ben', host: ben, dialer: anna })
  revokedSerials.add(toHex(ben.serial))
  permissions.recheck()
  expect(heard.map((line) => line.split(':')[0])).toEqual(['session', 'watch', 'binding', 'connection'])
  expect(new Set(heard.map((line) => line.split(': ')[1]))).toEqual(new Set(['certificate_revoked']))
})

test('a use that a slip of the policy withdrew is permitted again when it is put right, and each is said once', () => {
  const { heard, hold, policy } = stage()
  hold('binding', { service, instanceId: 'ben', host: ben })
  policy(['#admin'])
  policy(['#nobody'])
  policy(['#chat'])
  policy(['#all'])
  expect(heard).toEqual(['binding: not_permitted', 'binding: permitted'])
})

test('a clock that was set wrong and right again withdraws and permits within seconds', () => {
  const { clock, heard, hold } = stage()
  hold('binding', { service, instanceId: 'ben', host: ben })
  clock.set(startMs + 400 * 24 * hourMs)
  clock.advance(2_000)
  clock.set(startMs + 30_000)
  clock.advance(2_000)
  clock.set(startMs - 400 * 24 * hourMs)
  clock.advance(2_000)
  expect(heard).toEqual(['binding: certificate_expired', 'binding: permitted', 'binding: certificate_expired'])
})

test('a newer certificate of the same peer takes the place of the one a use was begun with', () => {
  const { clock, heard, hold, permissions } = stage()
  hold('binding', { service, instanceId: 'ben', host: ben })
  const renewed = certificate('ben', { issuedAtMs: startMs, expiresAtMs: startMs + 10 * hourMs })
  permissions.learn(renewed)
  permissions.learn(ben) // an older one, shown on another connection, changes nothing
  clock.advance(9 * hourMs)
  expect(heard).toEqual([])
  clock.advance(2 * hourMs)
  expect(heard).toEqual(['binding: certificate_expired'])
  permissions.learn(certificate('ben', { issuedAtMs: clock.now(), expiresAtMs: clock.now() + hourMs }))
  expect(heard.slice(1)).toEqual(['binding: permitted'])
})

test('a newer certificate with fewer rights withdraws what it does not permit', () => {
  const { heard, hold, permissions } = stage()
  hold('session', { service, instanceId: 'ben', host: ben, dialer: anna })
  permissions.learn(certificate('ben', { issuedAtMs: startMs, roles: [] }))
  expect(heard).toEqual(['session: not_permitted'])
})

test('nobody is told of what was released, not even by what another one does meanwhile', () => {
  const { heard, hold, permissions, policy } = stage()
  let release = () => {}
  permissions.hold({ service, instanceId: 'ben', host: ben, dialer: anna }, () => release())
  release = hold('watch', { service, asker: ben })
  policy(['#admin'])
  expect(heard).toEqual([])
})

test('a use that is not permitted even now is said so, but not in the middle of the call', async () => {
  const { heard, hold, policy } = stage()
  policy(['#admin'])
  hold('dial', { service, dialer: ben })
  expect(heard).toEqual([])
  await Promise.resolve()
  expect(heard).toEqual(['dial: not_permitted'])
})

test('no timer is left when nothing is held', () => {
  const { clock, hold } = stage()
  const releases = [hold('dial', { service, dialer: ben }), hold('connection', { member: ben })]
  clock.advance(10_000)
  expect(clock.pending).toBe(1)
  for (const release of releases) release()
  expect(clock.pending).toBe(0)
})

test('a certificate that is shown again changes nothing, a newer one counts for what was held with any older one', () => {
  const { heard, hold, permissions, clock } = stage()
  const older = certificate('ben', { issuedAtMs: startMs - 2 * hourMs, expiresAtMs: startMs + 1 })
  const newer = certificate('ben', { issuedAtMs: startMs, expiresAtMs: startMs + 24 * hourMs })
  hold('first', { member: ben })
  permissions.learn(newer)
  hold('late', { member: older })
  permissions.learn(ben)
  permissions.learn(newer)
  clock.advance(3 * hourMs)
  expect(heard).toEqual([])
})
