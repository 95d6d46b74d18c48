import { mkdirSync, renameSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadToRun } from '../../../src/cli/load-to-run.js'
import { setupNetwork } from '../../../src/cli/setup-network.js'
import { issueCertificate } from '../../../src/identity/certificate.js'
import { inspectIdentity, loadIdentity, saveCertificate } from '../../../src/identity/identity-file.js'
import { type Relay, startRelay } from '../../../src/relay/relay.js'
import { type Context, createContext } from '../../../src/sdk/index.js'
import { temporaryFolder } from '../../support/cli.js'
import { freePorts } from '../../support/free-ports.js'
import { cli } from '../../unit/cli/in-process.js'

let place: ReturnType<typeof temporaryFolder>
const relays: Relay[] = []
const contexts: Context[] = []

beforeEach(async () => {
  place = temporaryFolder()
  await setupNetwork({ dir: place.dir, users: ['user1', 'user2', 'user3'], relayPorts: await freePorts(2) })
  for (const name of ['user2', 'user3']) {
    mkdirSync(at(`${name}/identities`), { recursive: true })
    renameSync(at(`identities/${name}.json`), away(name))
  }
  for (const name of ['relay1', 'relay2'])
    relays.push(await startRelay(await loadIdentity(at(`identities/${name}.json`))))
})
afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()))
  await Promise.all(relays.splice(0).map((relay) => relay.close()))
  place.remove()
})

const at = (file: string) => path.join(place.dir, file)
const away = (name: string) => at(`${name}/identities/${name}.json`)
const linesOf = async (file: string) => (await inspectIdentity(file)).certificate!.lines

async function done(...args: string[]): Promise<void> {
  const { code, stderr } = await cli(args, place.dir)
  expect(code, stderr).toBe(0)
}

async function open(file: string): Promise<Context> {
  const context = await createContext(file)
  contexts.push(context)
  await context.ready()
  return context
}

test('a leaked key is replaced while everybody is connected; who was away hears of it, and gets a certificate, on return', async () => {
  const user2 = await open(away('user2'))
  const lost: string[] = []
  user2.on('relay:down', ({ name }) => lost.push(name))
  await done('network', 'rotate-authority', '--prepare')
  await expect.poll(() => user2.network.revision).toBe(2)
  await done('network', 'rotate-authority', '--leaked')
  await expect.poll(() => user2.network.revision).toBe(3)
  await expect.poll(() => linesOf(away('user2'))).toEqual([expect.arrayContaining([user2.network.id])])
  expect((await linesOf(away('user2')))[0]).toHaveLength(2)
  for (const relay of relays) {
    expect(relay.trust.network.authorities).toHaveLength(2)
    expect(relay.trust.own.lines[0]).toHaveLength(2)
  }
  expect(lost).toEqual([])

  // It knows of neither the naming nor the change, and is refused at first.
  const user3 = await open(away('user3'))
  expect(user3.network.revision).toBe(3)
  expect((await linesOf(away('user3')))[0]).toHaveLength(2)
})

test('a certificate that is over is exchanged for the one that waits at the relays, when a command begins', async () => {
  const { privateKey, certificate } = await loadIdentity(away('user2'))
  const authority = await loadIdentity(at('identities/authority.json'))
  const { name, peerId, roles } = certificate!
  const dates = { issuedAtMs: Date.now() - 7_200_000, expiresAtMs: Date.now() - 3_600_000 }
  const over = await issueCertificate(authority.privateKey, { name, peerId, roles, ...dates })
  await saveCertificate(await inspectIdentity(away('user2')), over)
  await expect(loadToRun(away('user2'))).rejects.toMatchObject({ code: 'certificate_expired' })
  await done('identity', 'renew', 'user2')
  const loaded = await loadToRun(away('user2'))
  expect(loaded.certificate!.expiresAtMs).toBeGreaterThan(Date.now())
  expect(loaded.privateKey.equals(privateKey)).toBe(true)
})
