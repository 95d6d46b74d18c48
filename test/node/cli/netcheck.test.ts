import path from 'node:path'
import { Server as ProxyServer } from 'proxy-chain'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { NetFinding } from '../../../src/cli/netcheck-findings.js'
import { setupNetwork } from '../../../src/cli/setup-network.js'
import { loadIdentity } from '../../../src/identity/identity-file.js'
import { type Relay, startRelay } from '../../../src/relay/relay.js'
import { temporaryFolder } from '../../support/cli.js'
import { freePorts } from '../../support/free-ports.js'
import { expectShown } from '../../support/transcript.js'
import { cli } from '../../unit/cli/in-process.js'

const place = temporaryFolder()
let ports: number[]
const closing: Array<() => Promise<unknown>> = []
let relays: Relay[]

/** Two relays that run, the second one also as a WebSocket, and one that is down. */
beforeAll(async () => {
  ports = await freePorts(4)
  await setupNetwork({ dir: place.dir, users: ['user1'], relayPorts: ports.slice(0, 3) })
  const both = [`relay2=/ip4/127.0.0.1/tcp/${ports[1]}`, `relay2=/ip4/127.0.0.1/tcp/${ports[3]}/ws`]
  const { code, stderr } = await run('network', 'publish', '--offline', ...both.flatMap((each) => ['--relay', each]))
  expect(code, stderr).toBe(0)
  relays = await Promise.all(['relay1', 'relay2'].map(async (name) => startRelay(await identityOf(name))))
})
afterAll(async () => {
  for (const close of closing) await close()
  await Promise.all(relays.map((relay) => relay.close()))
  place.remove()
})

const run = (...args: string[]) => cli(args, place.dir)
const identityOf = (name: string) => loadIdentity(path.join(place.dir, `identities/${name}.json`))
const plain = (text: string) =>
  ports
    .reduce(
      (all, port, index) =>
        all.replaceAll(`tcp/${port}`, `tcp/${4001 + index}`).replaceAll(`:${port}`, `:${4001 + index}`),
      text,
    )
    .replace(/in [\d.]+ ms/g, 'in 1.0 ms')

test('says of each relay and each address whether it is reached, and what else the network allows', async () => {
  const { code, stdout, stderr } = await run('netcheck', '-i', 'user1')
  expect(code, stderr).toBe(0)
  const ofThisMachine = /^\S+ +(ipv6|upnp) .*$/gm
  const known = { ipv6: '-     ipv6     this machine has no address of it', upnp: '-     upnp     no router answers' }
  const said = stdout.replace(ofThisMachine, (_, check: keyof typeof known) => known[check])
  expectShown('docs/operate.md', '$ chat-p2p netcheck', plain(said), 'all of it')
})

test('says the same to programs', async () => {
  const { code, stdout } = await run('netcheck', '-i', 'user1', '--json')
  expect(code).toBe(0)
  const findings = JSON.parse(stdout) as NetFinding[]
  expect(findings.find(({ check }) => check === 'router')).toMatchObject({ holds: true, details: { router: 'none' } })
  expect(findings.filter(({ check }) => check === 'relay').map(({ holds }) => holds)).toEqual([true, true, false])
  expect(findings.find(({ details }) => details?.name === 'relay2')?.details).toMatchObject({
    roundTripMs: expect.any(Number),
    addresses: [{ ms: expect.any(Number) }, { address: expect.stringMatching(/\/ws$/), ms: expect.any(Number) }],
  })
})

test('through a proxy, says so, and that sessions stay on relays', async () => {
  const proxy = new ProxyServer({ port: 0, host: '127.0.0.1' })
  await proxy.listen()
  closing.push(() => proxy.close(true))
  const before = process.env.CHAT_P2P_PROXY
  try {
    const { code, stdout } = await run(
      'netcheck',
      '-i',
      'user1',
      '--proxy',
      `http://ann:secret@127.0.0.1:${proxy.port}`,
    )
    expect(code).toBe(0)
    expect(stdout).toContain(`-     proxy    http://127.0.0.1:${proxy.port} leads to 4 of 4 addresses of relays`)
    expect(stdout).toContain('no    direct   this side goes out through a proxy')
    expect(stdout).not.toContain('secret')
  } finally {
    if (before === undefined) delete process.env.CHAT_P2P_PROXY
    else process.env.CHAT_P2P_PROXY = before
  }
})

test('without any relay it ends with exit code 1', async () => {
  const other = temporaryFolder()
  closing.push(async () => other.remove())
  await setupNetwork({ dir: other.dir, users: ['user1'], relayPorts: await freePorts(1) })
  const { code, stdout, stderr } = await cli(['netcheck', '-i', 'user1', '--timeout', '1'], other.dir)
  expect({ code, stderr }).toEqual({ code: 1, stderr: 'chat-p2p: No relay is reached from this network.\n' })
  expect(stdout).toMatch(/^no {4}relay {4}relay1 does not answer; /)
})
