import { copyFileSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { setupNetwork } from '../../../src/cli/setup-network.js'
import { loadIdentity } from '../../../src/identity/identity-file.js'
import { type Relay, startRelay } from '../../../src/relay/relay.js'
import { type Context, createContext, type OverlayError } from '../../../src/sdk/index.js'
import { temporaryFolder } from '../../support/cli.js'
import { freePorts } from '../../support/free-ports.js'
import { cli } from '../../unit/cli/in-process.js'

// The authority's commands with relays of its network running, in this process.

let place: ReturnType<typeof temporaryFolder>
let dir: string
const relays: Relay[] = []
const contexts: Context[] = []

beforeEach(async () => {
  place = temporaryFolder()
  dir = place.dir
  await setupNetwork({ dir, users: ['user1', 'user2'], relayPorts: await freePorts(2) })
})
afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()))
  await Promise.all(relays.splice(0).map((relay) => relay.close()))
  place.remove()
})

const at = (file: string) => path.join(dir, file)
const identity = (name: string) => at(`identities/${name}.json`)
const run = (...args: string[]) => cli(args, dir)

async function startRelays(...names: string[]): Promise<void> {
  for (const name of names) relays.push(await startRelay(await loadIdentity(identity(name))))
}

async function open(file: string): Promise<Context> {
  const context = await createContext(file)
  contexts.push(context)
  await context.ready()
  return context
}

async function done(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await run(...args)
  expect(code, stderr).toBe(0)
  return { stdout, stderr }
}

test('a revocation reaches the relays by itself, says which have it, and ends what it forbids', async () => {
  await startRelays('relay1', 'relay2')
  const user2 = await open(identity('user2'))
  const listener = await user2.listen('chat-p2p')
  const suspended = new Promise<OverlayError>((resolve) => listener.once('suspended', resolve))
  const { stdout, stderr } = await done('identity', 'revoke', 'user2', '--json')
  expect(JSON.parse(stdout)).toMatchObject({
    revision: 2,
    relays: [
      { relay: 'relay1', has: true },
      { relay: 'relay2', has: true },
    ],
  })
  expect(stderr).toContain('relay1, relay2 have revision 2')
  for (const { trust } of relays) expect(trust.network.revision).toBe(2)
  expect((await suspended).code).toBe('certificate_revoked')
})

test('with one relay up the other is named as missing; with none, push hands the document over later', async () => {
  const none = await done('network', 'publish', '--network-name', 'office')
  expect(none.stdout).toBe('revision 2\n')
  expect(none.stderr).toContain('No relay was reached: relay1 (')
  expect(none.stderr).toContain('network push')
  expect((await run('network', 'push')).code).toBe(1)

  await startRelays('relay1')
  // As it knew the network before; its identity file has the newer document by now.
  const pushed = await done('network', 'push')
  expect(pushed.stderr).toContain('relay1 has revision 2')
  expect(pushed.stderr).toContain('Not relay2 (')
  await done('network', 'push', '-i', 'user1')
})

test('a relay that has more than the restored authority is asked before anything is signed', async () => {
  await startRelays('relay1', 'relay2')
  copyFileSync(identity('authority'), at('backup.json'))
  await done('identity', 'create', 'carol')
  await done('identity', 'revoke', 'user2')
  await open(identity('carol'))
  // Another machine, where only the backup is.
  mkdirSync(at('desk/identities'), { recursive: true })
  copyFileSync(at('backup.json'), at('desk/identities/authority.json'))
  const desk = (...args: string[]) => run(...args, '--dir', 'desk')
  for (const command of [
    ['network', 'publish', '--network-name', 'x'],
    ['identity', 'create', 'carol'],
  ]) {
    const { code, stderr } = await desk(...command)
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /relay[12] has revision 2, and this file ends at 1; it does not know the certificate of carol/,
    )
  }
  const adopted = await desk('network', 'adopt')
  expect(adopted.code, adopted.stderr).toBe(0)
  expect(adopted.stderr).toContain('The certificate of carol')
  const revoked = await desk('identity', 'revoke', 'carol')
  expect(revoked.stdout).toBe('revision 3\n')
  for (const { trust } of relays) expect(trust.network.revokedSerials.size).toBe(2)
})

test('two revisions of one number are found by check and told by why, until adopt joins them', async () => {
  copyFileSync(identity('authority'), at('backup.json'))
  await startRelays('relay1', 'relay2')
  const warnings: string[] = []
  for (const relay of relays) relay.on('warning', (error) => warnings.push(String(error)))
  await done('identity', 'revoke', 'user2')
  mkdirSync(at('desk/identities'), { recursive: true })
  copyFileSync(at('backup.json'), at('desk/identities/authority.json'))
  await done('network', 'publish', '--network-name', 'beside', '--dir', 'desk', '--offline')
  await done('network', 'publish', '--network-name', 'beside', '--dir', 'desk', '--offline')
  await done('network', 'push', '--dir', 'desk')

  for (const { trust } of relays) {
    expect(trust.network.revision).toBe(3)
    expect(trust.network.revokedSerials.size).toBe(1)
  }
  expect(warnings.filter((text) => text.includes('signed two network documents'))).toHaveLength(2)
  const checked = await run('network', 'check', '-i', 'user1')
  expect(checked.code).toBe(1)
  expect(checked.stdout).toContain('the authority signed network document 2 (')
  expect((await run('network', 'inspect', '-i', 'user1')).stdout).toContain('knows network document 2 (')
  expect((await run('why', 'user2', '-i', 'user1')).stdout).toContain('signed two network documents')

  await done('network', 'adopt')
  for (const { trust } of relays) {
    expect([trust.network.revision, trust.network.revokedSerials.size, trust.aside.length]).toEqual([4, 1, 0])
  }
  expect((await run('network', 'check', '-i', 'user1')).stdout).not.toContain('signed network document')
})

test('a relay that was revoked says so; why tells a revoked host from one that is offline', async () => {
  await startRelays('relay1', 'relay2')
  const told = new Promise<string>((resolve) => relays[1]!.once('revoked', (error) => resolve(error.message)))
  const user2 = await open(identity('user2'))
  const listener = await user2.listen('chat-p2p')
  const suspended = new Promise<OverlayError>((resolve) => listener.once('suspended', resolve))
  await done('identity', 'revoke', 'user2')
  expect((await suspended).code).toBe('certificate_revoked')
  const why = await run('why', 'user2', '-i', 'user1')
  expect(why.code).toBe(1)
  expect(why.stdout).toContain('the authority has revoked the certificate of user2')
  await done('identity', 'revoke', 'relay2')
  expect(await told).toContain('revokes the certificate of relay2')
})

test('a relay that the document puts at another port says so', async () => {
  await startRelays('relay1')
  const warned = new Promise<string>((resolve) => relays[0]!.once('warning', (error) => resolve(String(error))))
  await done('network', 'publish', '--relay', 'relay1=/ip4/127.0.0.1/tcp/1')
  expect(await warned).toMatch(/relay1 is at \/ip4\/127\.0\.0\.1\/tcp\/1, but this relay listens on .*restart it/)
})

test('a relay of another network on the same port is named, not quoted from the cipher', async () => {
  const other = temporaryFolder()
  try {
    const address = (await loadIdentity(identity('relay1'))).network!.relays[0]!.multiaddrs[0]!
    const port = Number(address.split('/').at(-1))
    const made = await setupNetwork({ dir: other.dir, users: ['x'], relayPorts: [port] })
    relays.push(await startRelay(await loadIdentity(path.join(other.dir, 'identities/relay1.json'))))
    const { stderr } = await done('network', 'publish', '--network-name', 'office')
    expect(stderr).toContain(`At ${address} answers a node of another network, ${made.networkId} (12D3`)
    expect(stderr).not.toContain('Payload')
  } finally {
    other.remove()
  }
})
