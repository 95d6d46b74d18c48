import { afterEach, beforeEach, expect, test } from 'vitest'
import { temporaryFolder } from '../../../support/cli.js'
import { cli } from '../../cli/in-process.js'

let place: ReturnType<typeof temporaryFolder>
beforeEach(async () => {
  place = temporaryFolder()
  expect((await cli(['setup', '--users', 'user1', '--relays', '1'], place.dir)).code).toBe(0)
})
afterEach(() => place.remove())

const publish = (...args: string[]) => cli(['network', 'publish', ...args], place.dir)
const services = async () => {
  const { services } = JSON.parse((await cli(['network', 'show', '--json'], place.dir)).stdout)
  return Object.fromEntries(services.map((service: { name: string }) => [service.name, service]))
}

test('one command adds a service, and says who is missing; two more make them', async () => {
  const { code, stderr } = await publish('--service', 'ssh', '--bind', '#server', '--dial', '#admin', '--dial', '@root')
  expect(code).toBe(0)
  expect(stderr).toMatch(/Nobody may offer ssh yet: .* identity create server1 --role server\n/)
  expect(stderr).toMatch(/Nobody may call ssh yet: .* identity create root --role admin\n/)
  expect(await services()).toMatchObject({
    'chat-p2p': {},
    ssh: {
      bind: { roles: ['#server'], semantic: 'AnyOf' },
      dial: { roles: ['#admin', '@root'], semantic: 'AnyOf' },
      maxTerminators: 3,
      strategy: 'smartrouting',
    },
  })
  await cli(['identity', 'create', 'server1', '--role', 'server'], place.dir)
  await cli(['identity', 'create', 'admin', '--role', 'admin'], place.dir)
  const again = await publish('--service', 'ssh', '--strategy', 'random')
  expect(again.stderr).not.toContain('Nobody')
})

test('who is there already is renewed with the role that is missing, and keeps the others', async () => {
  await cli(['identity', 'create', 'server1', '--role', 'chat'], place.dir)
  const { stderr } = await publish('--service', 'ssh', '--bind', '#server', '--dial', '#chat')
  expect(stderr).toMatch(/Nobody may offer ssh yet: .* identity renew server1 --role chat --role server\n/)
  const again = await cli(['identity', 'create', 'server1', '--role', 'server'], place.dir)
  expect(again).toMatchObject({ code: 1, stdout: '' })
  expect(again.stderr).toMatch(/exists already; nothing was changed\. .* identity renew server1 --role server\n$/)
})

test('a service that exists keeps what no flag says', async () => {
  await publish('--service', 'ssh', '--bind', '#server', '--dial', '#admin', '--max-terminators', '2')
  expect((await publish('--service', 'ssh', '--dial', '#all', '--strategy', 'sticky')).code).toBe(0)
  expect((await services()).ssh).toMatchObject({
    bind: { roles: ['#server'] },
    dial: { roles: ['#all'] },
    maxTerminators: 2,
    strategy: 'sticky',
  })
})

test.each([
  [['--service', 'ssh'], 'needs --bind and --dial'],
  [['--service', 'ssh', '--bind', '#server'], 'needs --bind and --dial'],
  [['--bind', '#server'], '--bind needs --service'],
  [['--max-terminators', '2'], '--max-terminators needs --service'],
  // What a shell makes of a # without quotes.
  [['--service', 'ssh', '--dial', '#admin', '--bind'], 'in quotes'],
  [['--service', 'ssh', '--dial', '#admin', '--bind', 'server'], "'server' in bind of ssh"],
  [['--service', 'a b', '--dial', '#admin', '--bind', '#server'], 'a b'],
  [['--service', 'ssh', '--dial', '#admin', '--bind', '#server', '--strategy', 'best'], 'smartrouting, weighted'],
  [['--service', 'ssh', '--dial', '#admin', '--bind', '#server', '--max-terminators', 'x'], 'maxTerminators'],
  [[], 'nothing to change'],
])('publish %j is wrong usage, and publishes nothing: %s', async (args, why) => {
  const { code, stdout, stderr } = await publish(...args)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/^chat-p2p: [^\n]*\n$/)
  expect(stderr).toContain(why)
  expect(Object.keys(await services())).toEqual(['chat-p2p'])
})

test.each([
  [['host', 'ssh', '-i', 'user1'], '--to'],
  [['host', 'ssh', '--to', '22'], '--identity'],
  [['host', '--to', '22', '-i', 'user1'], 'service'],
  [['host', 'ssh', '--to', 'localhost', '-i', 'user1'], 'no port'],
  [['host', 'ssh', '--to', 'localhost:0', '-i', 'user1'], 'from 1 to 65535'],
  [['host', 'ssh', '--to', '22', '-i', 'user1', '--allow'], 'in quotes'],
  [['host', 'ssh', '--to', '22', '-i', 'user1', '--allow', ''], 'identity name is empty'],
  [['host', 'ssh', '--to', '22', '-i', 'user1', '--max-connections', '0'], '--max-connections'],
  [['host', 'ssh', '--to', '22', '-i', 'user1', '--max-per-caller', 'x'], '--max-per-caller'],
  [['host', 'ssh', '--to', '22', '-i', 'user1', '--health-interval', '-1'], '--health-interval'],
  [['host', 'ssh', '--to', '22', '-i', 'user1', '--max-terminators', '0'], '--max-terminators'],
  [['forward', 'ssh', 'server1', '-i', 'user1'], '--listen'],
  [['forward', 'ssh', 'server1', '-i', 'user1', '--listen', '::1:22'], 'brackets'],
  [['forward', 'ssh', 'server1', '-i', 'user1', '--listen', '65536'], 'not a port'],
  [['stdio', 'ssh', '-i', 'user1'], 'instance'],
  [['stdio', 'ssh', 'server1'], '--identity'],
])('%j is wrong usage: %s', async (args, why) => {
  const { code, stdout, stderr } = await cli(args, place.dir)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/^chat-p2p: [^\n]*\n$/)
  expect(stderr).toContain(why)
})
