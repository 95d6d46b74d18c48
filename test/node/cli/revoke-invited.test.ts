import { afterEach, beforeEach, expect, test } from 'vitest'
import { setupNetwork } from '../../../src/cli/setup-network.js'
import { inspectIdentity, loadIdentity } from '../../../src/identity/identity-file.js'
import { isRevoked } from '../../../src/identity/revocation.js'
import { type Relay, startRelay } from '../../../src/relay/relay.js'
import { createContext } from '../../../src/sdk/index.js'
import { temporaryFolder } from '../../support/cli.js'
import { freePorts } from '../../support/free-ports.js'
import { cli } from '../../unit/cli/in-process.js'

let place: ReturnType<typeof temporaryFolder>
let relay: Relay
beforeEach(async () => {
  place = temporaryFolder()
  await setupNetwork({ dir: place.dir, users: ['user1'], relayPorts: await freePorts(1) })
  relay = await startRelay(await loadIdentity(at('identities/relay1.json')))
})
afterEach(async () => {
  await relay.close()
  place.remove()
})

const at = (file: string) => `${place.dir}/${file}`
const run = (...args: string[]) => cli(args, place.dir)

async function done(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await run(...args)
  expect(code, stderr).toBe(0)
  return { stdout: stdout.trim(), stderr }
}

const joined = async (pattern: string, name: string, folder: string, ...more: string[]) =>
  done('join', (await done('invite', pattern, ...more)).stdout, '--name', name, '--dir', folder)

async function isOut(folder: string, name: string): Promise<boolean> {
  const { certificate } = await inspectIdentity(at(`${folder}/identities/${name}.json`))
  return isRevoked((await loadIdentity(at('identities/user1.json'))).network!, certificate!)
}

test('who joined with a line and is not connected is revoked by name', async () => {
  await joined('carol', 'carol', 'laptop')
  const { stderr } = await done('identity', 'revoke', 'carol')
  expect(stderr).toContain('Revoked carol in revision 2')
  expect(stderr).toContain('The invitation for carol (')
  expect(await isOut('laptop', 'carol')).toBe(true)
  const again = await run('identity', 'revoke', 'carol')
  expect(again).toMatchObject({ code: 2, stdout: '' })
  expect(again.stderr).toContain('was invited, and what was got with the invitation is void already')
})

test('of two of one name, one of them connected, both are out', async () => {
  await joined('fred', 'fred', 'first')
  const second = await done('invite', 'fred')
  expect(second.stderr).toContain('Warning: another line for fred was given out (')
  await done('join', second.stdout, '--dir', 'second')
  const fred = await createContext(at('second/identities/fred.json'))
  await fred.ready()
  try {
    await done('identity', 'revoke', 'fred')
    expect([await isOut('first', 'fred'), await isOut('second', 'fred')]).toEqual([true, true])
  } finally {
    await fred.close()
  }
  expect((await done('invite', 'fred')).stderr).not.toContain('Warning')
})

test('who joined with a line for many and is not connected is revoked by name, as relays know its key', async () => {
  const { stdout: line } = await done('invite', 'app*', '--uses', '5')
  for (const name of ['app1', 'app2']) await done('join', line, '--name', name, '--dir', name)
  await done('identity', 'revoke', 'app1')
  expect([await isOut('app1', 'app1'), await isOut('app2', 'app2')]).toEqual([true, false])
  expect((await run('identity', 'revoke', 'app1')).stderr).toContain('is void already')
})

test('who joined with a line for many is not said to have had nothing when no relay is asked', async () => {
  await joined('app*', 'app1', 'app1', '--uses', '5')
  const { code, stderr } = await run('identity', 'revoke', 'app1', '--offline')
  expect(code).toBe(2)
  const [, serial] = /may have joined with the invitation for app\*.*`invite revoke (\w{32})`/.exec(stderr)!
  await done('invite', 'revoke', serial!)
  expect(await isOut('app1', 'app1')).toBe(true)
})
