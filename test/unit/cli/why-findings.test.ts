import { describe, expect, test } from 'vitest'
import {
  bindingStep,
  directStep,
  forkSteps,
  livenessStep,
  lookupFailedStep,
  nameStep,
  pathStep,
  relayStep,
  rightStep,
  selfDialStep,
  targetStep,
} from '../../../src/cli/why-findings.js'
import { OverlayError } from '../../../src/core/errors.js'
import type { Candidate } from '../../../src/directory/proof.js'
import type { Row } from '../../../src/directory/row.js'
import { routerKind } from '../../../src/wire/direct-steps.js'
import { chat } from '../identity/fixtures.js'

const ssh = { ...chat, name: 'ssh', dial: { roles: ['#admin'], semantic: 'AnyOf' as const } }
const network = {
  revision: 7,
  services: new Map([chat, ssh].map((service) => [service.name, service])),
  revokedNames: new Set(['mallory']),
}
const own = { name: 'user1', peerId: 'peer1', roles: ['chat'] }
const address = { instanceId: 'user2', service: chat.name }

describe('name: what is typed, and what it is read as', () => {
  test.each([
    ['', false, undefined],
    [`user2@${chat.name}`, true, undefined],
    ['user2@ssh', true, undefined],
    ['user1', false, 'self_dial'],
    ['user1@ssh', false, 'self_dial'],
  ])("'%s' holds: %s, code: %s", (text, holds, code) => {
    const { step, address: read, service } = nameStep(text, network, own)
    expect(step).toMatchObject({ step: 'name', holds })
    expect(step.code).toBe(code)
    expect([read !== undefined, service !== undefined]).toEqual([holds, holds])
    expect(step.advice === undefined).toBe(holds)
  })

  test('a network without services says so', () => {
    const { step } = nameStep('user2', { ...network, services: new Map() }, own)
    expect(step).toMatchObject({ holds: false, advice: 'use one of: none' })
  })

  test('what follows an @ and is no service fails, as a service that is missing', () => {
    const { step, address: read } = nameStep('user2@nosuch', network, own)
    expect(step).toMatchObject({ holds: false, code: 'unknown_service' })
    expect(step.found).toBe("revision 7 of the network has no service 'nosuch'")
    expect(step.advice).toBe('use one of: chat-p2p, ssh; if it is part of the name: user2@nosuch@chat-p2p')
    expect(read).toBeUndefined()
  })

  test('a domain after the @ is a part of the name, and that is said', () => {
    const { step } = nameStep('user2@example.org', network, own)
    expect(step.holds).toBe(true)
    expect(step.found).toContain("'example.org' is not one (there are: chat-p2p, ssh), so it is part of the name")
  })

  test('a name with an @ in it is taken before the service', () => {
    const { step, address: read } = nameStep(`user2@home@${chat.name}`, network, own)
    expect([step.holds, read?.instanceId]).toEqual([true, 'user2@home'])
  })
})

test('right: roles and policy are named, whether they fit or not', () => {
  expect(rightStep(ssh, { ...own, roles: ['admin'] })).toEqual({
    step: 'right',
    holds: true,
    found: 'user1 (#admin) may dial: AnyOf of #admin',
  })
  expect(rightStep(ssh, { ...own, roles: [] })).toMatchObject({
    holds: false,
    found: 'user1 (no roles) may not dial: AnyOf of #admin',
  })
})

test('relay: those that answer come first, the others with their reason or state', () => {
  const refused = new Error('Relay relay1 at /ip4/192.0.2.1/tcp/1: connect ECONNREFUSED')
  const relays = [
    { name: 'relay1', state: 'down', error: refused },
    { name: 'relay2', state: 'up' },
    { name: 'relay3', state: 'connecting' },
  ]
  expect(relayStep(true, relays)).toMatchObject({
    holds: true,
    found:
      'connected to relay2; not to relay1 at /ip4/192.0.2.1/tcp/1: connect ECONNREFUSED; not to relay3: no answer yet',
  })
  expect(relayStep(false, relays)).toMatchObject({
    holds: false,
    found: 'no relay answers: relay1 at /ip4/192.0.2.1/tcp/1: connect ECONNREFUSED; relay3: no answer yet',
  })
})

test('network: each fork is told, and keeps nobody from calling', () => {
  const [one, two] = ['a', 'b'].map((digit) => ({ revision: 7, digest: digit.repeat(64) })) as [never, never]
  expect(forkSteps(one, [])).toEqual([])
  expect(forkSteps(one, [two])).toMatchObject([{ step: 'network', holds: true, code: 'network_forked' }])
})

describe('binding: why a look-up failed', () => {
  const error = (code: ConstructorParameters<typeof OverlayError>[0]) => new OverlayError(code, 'It failed.')
  test.each([
    ['offline', 'user2', 'offline', /^start it again/],
    ['unknown_instance', 'user2', 'unknown_instance', /^check the spelling with `chat-p2p list chat-p2p -i user1`/],
    ['certificate_expired', 'user2', 'certificate_expired', /has to get a new certificate/],
    ['timed_out', 'user2', 'timed_out', /^try again/],
    ['offline', 'mallory', 'certificate_revoked', /^mallory needs a new certificate/],
    ['unknown_instance', 'mallory/web', 'certificate_revoked', /^mallory needs a new certificate/],
    ['timed_out', 'mallory', 'timed_out', /^try again/],
  ] as const)('%s of %s is told as %s', (code, instanceId, told, advice) => {
    const step = lookupFailedStep(error(code), { ...address, instanceId }, network, 'user1')
    expect(step).toMatchObject({ step: 'binding', holds: false, code: told })
    expect(step.advice).toMatch(advice)
  })

  test('what is no error of the overlay has no code', () => {
    expect(lookupFailedStep(new Error('odd'), address, network, 'user1').code).toBeUndefined()
  })

  test('an instance that only the asker is behind is refused as dialing oneself', () => {
    expect(selfDialStep('binding', address)).toMatchObject({ step: 'binding', holds: false, code: 'self_dial' })
  })
})

test('binding: what is said of a host stands in brackets behind its name, before the relays', () => {
  const candidate = (name: string, relayPeerId: string) =>
    ({
      host: { name, peerId: `${name}-peer` },
      record: { relayPeerId, precedence: 'default', cost: 0 },
    }) as unknown as Candidate
  const row = { instanceId: 'web', peerId: 'a-peer', down: true, busy: false, hosts: [] } as unknown as Row
  const nameOf = (peerId: string) => `relay${peerId}`
  expect(bindingStep([candidate('a', '3')], row, nameOf).found).toBe(
    'bound by a (a-peer, its target is down) through relay3',
  )
  expect(bindingStep([candidate('a', '3'), candidate('b', '1'), candidate('b', '2')], undefined, nameOf).found).toBe(
    'bound by a (a-peer) and b (b-peer) through relay3, relay1, relay2',
  )
})

test('target: it fails when every host says that its target is down, and is not there when one works', () => {
  const candidate = (name: string) => ({ host: { name, peerId: `${name}-peer` } }) as unknown as Candidate
  const row = { instanceId: 'web', peerId: 'a-peer', down: true, busy: false, hosts: [] } as unknown as Row
  const step = targetStep([candidate('a'), candidate('a')], row)
  expect(step).toMatchObject({ step: 'target', holds: false })
  expect(step?.found).toMatch(/^the target behind a is down/)
  expect(step?.advice).toMatch(/^start what a offers/)
  expect(targetStep([candidate('a'), candidate('b')], row)).toBeUndefined()
  expect(targetStep([candidate('a')], { ...row, down: false })).toBeUndefined()
  expect(targetStep([candidate('a')], undefined)).toBeUndefined()
})

test('liveness: one relay that answers is enough', () => {
  const dead = { relay: 'relay1', error: 'refused' }
  expect(livenessStep([dead, { relay: 'relay2' }])).toEqual({
    step: 'liveness',
    holds: true,
    found: 'relay2 answers; relay1 does not answer (refused)',
  })
  expect(livenessStep([dead])).toMatchObject({ holds: false, found: 'relay1 does not answer (refused)' })
})

test('path: one that opened is enough', () => {
  const [opened, not] = [
    { holds: true, found: 'through relay1 (circuit) in 3 ms' },
    { holds: false, found: 'not through relay2: refused' },
  ]
  expect(pathStep([opened, not])).toMatchObject({
    holds: true,
    found: 'the host proved who it is through relay1 (circuit) in 3 ms; not through relay2: refused',
  })
  expect(pathStep([not])).toMatchObject({ holds: false, found: not.found })
})

test.each([
  ['this side keeps to relays', undefined, 'a call stays on relays: this side keeps to relays'],
  [
    undefined,
    { router: routerKind.none, seen: ['192.0.2.1'] },
    'a call becomes direct when the other network allows it: relays see 192.0.2.1, an address of this machine',
  ],
  [
    undefined,
    { router: routerKind.keeps, seen: ['192.0.2.1', '192.0.2.1'] },
    'a call becomes direct when the other network allows it: relays see 192.0.2.1, and the router keeps ports',
  ],
  [
    undefined,
    { router: routerKind.changes, seen: ['192.0.2.1', '192.0.2.2'] },
    'a call becomes direct only when the other side takes connections: relays see 192.0.2.1 and 192.0.2.2, and the router changes ports with every destination',
  ],
  [
    undefined,
    { router: routerKind.unknown, seen: [] },
    'a call becomes direct when the networks allow it: no relay tells which address it sees',
  ],
])('direct: it always holds (%#)', (never, own, found) => {
  expect(directStep(never, own)).toEqual({ step: 'direct', holds: true, found })
})
