import { expect, test } from 'vitest'
import { defaultService } from '../../../src/cli/service-file.js'
import { hostAddress, planSetup, type SetupOptions } from '../../../src/cli/setup-plan.js'
import { isOverlayError } from '../../../src/core/errors.js'
import type { ServiceDefinition } from '../../../src/identity/policy.js'

function failure(run: () => unknown): { code: string; message: string } {
  try {
    run()
  } catch (error) {
    if (isOverlayError(error)) return error
    throw error
  }
  return { code: 'nothing', message: '' }
}

test('without options it is four users, three relays on this machine and the service chat-p2p', () => {
  expect(planSetup({})).toEqual({
    networkName: 'home',
    users: ['user1', 'user2', 'user3', 'user4'],
    relays: [
      { name: 'relay1', multiaddr: '/ip4/127.0.0.1/tcp/4001', host: '127.0.0.1', port: 4001 },
      { name: 'relay2', multiaddr: '/ip4/127.0.0.1/tcp/4002', host: '127.0.0.1', port: 4002 },
      { name: 'relay3', multiaddr: '/ip4/127.0.0.1/tcp/4003', host: '127.0.0.1', port: 4003 },
    ],
    service: {
      name: 'chat-p2p',
      bind: { roles: ['#chat'], semantic: 'AnyOf' },
      dial: { roles: ['#chat'], semantic: 'AnyOf' },
      maxTerminators: 3,
      strategy: 'smartrouting',
      shards: 1,
    },
    writesService: true,
    files: [
      'identities/user1.json',
      'identities/user2.json',
      'identities/user3.json',
      'identities/user4.json',
      'identities/relay1.json',
      'identities/relay2.json',
      'identities/relay3.json',
      'identities/authority.json',
      'setup/service.json',
    ],
  })
})

test('what is undefined means the same as what is left out', () => {
  expect(planSetup({ users: undefined, relays: undefined, service: undefined })).toEqual(planSetup({}))
})

test('every option arrives', () => {
  const plan = planSetup({
    networkName: 'the office',
    users: ['ann', 'bob'],
    relays: 2,
    relayHosts: ['10.0.0.5'],
    relayBasePort: 9000,
    service: 'talk',
    maxTerminators: 2,
  })
  expect(plan).toMatchObject({ networkName: 'the office', users: ['ann', 'bob'] })
  expect(plan.relays.map(({ multiaddr }) => multiaddr)).toEqual(['/ip4/10.0.0.5/tcp/9000', '/ip4/10.0.0.5/tcp/9001'])
  expect(plan.service).toEqual(defaultService('talk', 2))
})

test('relays on machines of their own have the same port, and those of one machine consecutive ones', () => {
  const at = (relayHosts: string[], more: SetupOptions = {}) =>
    planSetup({ relayHosts, ...more }).relays.map(({ name, multiaddr }) => `${name} ${multiaddr}`)
  expect(at(['a.example', 'b.example', '192.0.2.7'])).toEqual([
    'relay1 /dns/a.example/tcp/4001',
    'relay2 /dns/b.example/tcp/4001',
    'relay3 /ip4/192.0.2.7/tcp/4001',
  ])
  expect(at(['a.example', 'b.example', 'a.example'], { relayBasePort: 443 })).toEqual([
    'relay1 /dns/a.example/tcp/443',
    'relay2 /dns/b.example/tcp/443',
    'relay3 /dns/a.example/tcp/444',
  ])
  expect(at(['a.example'], { relays: 1 })).toEqual(['relay1 /dns/a.example/tcp/4001'])
})

test('given ports take the place of consecutive ones', () => {
  const plan = planSetup({ relays: 7, relayPorts: [50_000, 3] })
  expect(plan.relays.map(({ multiaddr }) => multiaddr)).toEqual(['/ip4/127.0.0.1/tcp/50000', '/ip4/127.0.0.1/tcp/3'])
})

test.each<[string, SetupOptions, string, string]>([
  ['no user', { users: [] }, 'bad_argument', 'at least one user'],
  ['an empty name', { users: ['user1', ''] }, 'bad_name', 'empty'],
  ['a name with a slash', { users: ['../user1'] }, 'bad_name', 'may not start'],
  ['a name over 64 bytes', { users: ['ü'.repeat(33)] }, 'bad_name', 'over 64 bytes'],
  ['a name with a control character', { users: ['user\u0007'] }, 'bad_name', 'characters that cannot be seen'],
  ['the same user twice', { users: ['user1', 'user2', 'user1'] }, 'bad_argument', "'user1' and 'user1'"],
  ['names that are one file on some disks', { users: ['Ann', 'ann'] }, 'bad_argument', "'Ann' and 'ann'"],
  ['a user named like a relay', { users: ['relay2'] }, 'bad_argument', "'relay2' and 'relay2'"],
  ['a user named authority', { users: ['authority'] }, 'bad_argument', "network's own key"],
  ['a user named Authority', { users: ['Authority'] }, 'bad_argument', "network's own key"],
  ['1001 users', { users: Array.from({ length: 1001 }, (_, at) => `u${at}`) }, 'bad_argument', 'too many'],
  ['no relay', { relays: 0 }, 'bad_argument', '1 to 64, not 0'],
  ['65 relays', { relays: 65 }, 'bad_argument', '1 to 64, not 65'],
  ['half a relay', { relays: 1.5 }, 'bad_argument', '1 to 64, not 1.5'],
  ['not a number', { relays: Number.NaN }, 'bad_argument', 'from 1 to 64.'],
  ['no ports', { relayPorts: [] }, 'bad_argument', '1 to 64, not 0'],
  ['one port twice', { relayPorts: [5, 5] }, 'bad_argument', 'same port'],
  ['port 0', { relayPorts: [0] }, 'bad_argument', '1 to 65535, not 0'],
  ['base port 0', { relayBasePort: 0 }, 'bad_argument', '1 to 65535, not 0'],
  ['base port 65536', { relayBasePort: 65_536 }, 'bad_argument', '1 to 65535, not 65536'],
  ['ports beyond the last one', { relayBasePort: 65_534 }, 'bad_argument', 'up to 65536'],
  ['no terminators', { maxTerminators: 0 }, 'bad_argument', 'not 0'],
  ['a service with an @', { service: 'chat@home' }, 'bad_name', '@'],
  ['an empty service', { service: '' }, 'bad_name', 'empty'],
  ['an empty network name', { networkName: '' }, 'bad_name', 'empty'],
  ['two addresses for three relays', { relays: 3, relayHosts: ['a', 'b'] }, 'bad_argument', 'one for each'],
  ['no address', { relayHosts: [] }, 'bad_argument', 'need an address'],
  ['a host that is none', { relayHosts: ['not a host'] }, 'bad_argument', 'neither an IP address'],
])('%s is refused, and the message says it', (_, options, code, text) => {
  const error = failure(() => planSetup(options))
  expect(error.code).toBe(code)
  expect(error.message).toContain(text)
})

test('the last port can be used', () => {
  expect(planSetup({ relayBasePort: 65_533 }).relays[2]?.multiaddr).toBe('/ip4/127.0.0.1/tcp/65535')
})

test.each([
  ['192.0.2.7', '/ip4/192.0.2.7'],
  ['::1', '/ip6/::1'],
  ['2001:db8::7', '/ip6/2001:db8::7'],
  ['localhost', '/ip4/127.0.0.1'],
  ['relays.example.org', '/dns/relays.example.org'],
  ['my-host', '/dns/my-host'],
  ['xn--bcher-kva.example', '/dns/xn--bcher-kva.example'],
])('%s is %s', (host, multiaddr) => {
  expect(hostAddress(host)).toBe(multiaddr)
})

test.each([
  '',
  ' ',
  '0.0.0.0',
  '::',
  'fe80::1%eth0',
  '1.2.3',
  '1.2.3.4.5',
  '256.1.1.1',
  'a..b',
  '-a',
  'a-',
  'a/b',
  'a_b',
  'a:1',
])('%j is not where a relay can be', (host) => {
  expect(failure(() => hostAddress(host)).code).toBe('bad_argument')
})

const edited: ServiceDefinition = {
  ...defaultService('talk', 5),
  dial: { roles: ['#all'], semantic: 'AnyOf' },
  strategy: 'random',
}

test('the service file that is there counts, and is not written again', () => {
  const plan = planSetup({}, edited)
  expect(plan.service).toBe(edited)
  expect(plan.writesService).toBe(false)
  expect(plan.files).not.toContain('setup/service.json')
})

test('flags that say the same as the service file are fine', () => {
  expect(planSetup({ service: 'talk', maxTerminators: 5 }, edited).writesService).toBe(false)
})

test.each<[SetupOptions, string]>([
  [{ service: 'other' }, '--service says other'],
  [{ maxTerminators: 4 }, '--max-terminators says 4'],
])('flags %j that contradict the service file are refused, naming it', (options, text) => {
  const error = failure(() => planSetup(options, edited))
  expect(error.code).toBe('file_exists')
  expect(error.message).toContain('setup/service.json')
  expect(error.message).toContain(text)
})

test('with force the flags win, and what they do not say stays as it was', () => {
  const plan = planSetup({ service: 'other' }, edited, true)
  expect(plan.service).toEqual({ ...edited, name: 'other' })
  expect(plan.files).toContain('setup/service.json')
})
