import { existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { setupNetwork } from '../../../src/cli/setup-network.js'
import { certificateKind, seal } from '../../../src/identity/envelope.js'
import { inspectIdentity, loadIdentity } from '../../../src/identity/identity-file.js'
import { parseInvitation } from '../../../src/identity/invitation.js'
import { openNetworkDocument } from '../../../src/identity/network-document.js'
import { openReceipt, sealRedemption } from '../../../src/identity/receipt.js'
import { askToJoin } from '../../../src/net/join.js'
import { type Relay, startRelay } from '../../../src/relay/relay.js'
import { type Context, createContext } from '../../../src/sdk/index.js'
import { createMember } from '../../../src/sdk/member.js'
import { joinStatus } from '../../../src/wire/join-status.js'
import { Certificate } from '../../../src/wire/messages/identity.js'
import { temporaryFolder } from '../../support/cli.js'
import { freePorts } from '../../support/free-ports.js'
import { eventually } from '../../support/members.js'
import { cli } from '../../unit/cli/in-process.js'

let place: ReturnType<typeof temporaryFolder>
let dir: string
let relays: Relay[] = []
const contexts: Context[] = []

beforeEach(async () => {
  place = temporaryFolder()
  dir = place.dir
  await setupNetwork({ dir, users: ['user1'], relayPorts: await freePorts(2) })
})
afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()))
  await Promise.all(relays.splice(0).map((relay) => relay.close()))
  place.remove()
})

const at = (file: string) => path.join(dir, file)
const run = (...args: string[]) => cli(args, dir)

async function startRelays(...names: string[]): Promise<Relay[]> {
  for (const name of names) relays.push(await startRelay(await loadIdentity(at(`identities/${name}.json`))))
  return relays
}

async function invite(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run('invite', ...args)
  expect(code, stderr).toBe(0)
  expect(stdout.trim().split('\n')).toHaveLength(1)
  return stdout.trim()
}

async function open(file: string): Promise<Context> {
  const context = await createContext(file)
  contexts.push(context)
  await context.ready()
  return context
}

/** As `join` does, but at one relay only, with a key that is given. */
async function redeemAt(
  relay: Relay,
  line: string,
  name: string,
  privateKey = undefined as Awaited<ReturnType<typeof generateKeyPair>> | undefined,
) {
  const { delegation, key } = await parseInvitation(line)
  const own = privateKey ?? (await generateKeyPair('Ed25519'))
  const { networkId, serial } = delegation
  const peerId = peerIdFromPrivateKey(own).toString()
  const redemption = await sealRedemption(key, { networkId, serial, peerId, name })
  const where = {
    peerId: relay.peerId,
    multiaddrs: relay.addresses().map((address) => address.replace(/\/p2p\/.*/, '')),
  }
  return askToJoin(own, where, { delegation: delegation.envelope, redemption }, AbortSignal.timeout(20_000))
}

test('one line makes a member: a key that stays, a certificate, the network, and what to type next', async () => {
  await startRelays('relay1', 'relay2')
  const line = await invite('bob', '--role', 'chat')
  const { code, stdout, stderr } = await run('join', line, '--dir', 'laptop')
  expect(code, stderr).toBe(0)
  expect(stdout).toBe('laptop/identities/bob.json\n')
  expect(stderr).toContain("Joined 'home' as bob, #chat, until ")
  expect(stderr).toContain('-i laptop/identities/bob.json')
  expect(statSync(at('laptop/identities/bob.json')).mode & 0o777).toBe(0o600)
  expect(readFileSync(at('identities/authority.json'), 'utf8')).not.toContain(line.slice(40, 90))

  const bob = await open(at('laptop/identities/bob.json'))
  await bob.listen('chat-p2p')
  const user1 = await open(at('identities/user1.json'))
  expect(await user1.whois('chat-p2p', 'bob')).toMatchObject({ name: 'bob', roles: ['chat'] })
  const listener = await user1.listen('chat-p2p')
  listener.on('dial', (dial) => void dial.accept())
  const call = await bob.dial('chat-p2p', { instanceId: 'user1' })
  await call.close()
})

test('one use is one use, at every relay and after every relay was restarted, and the loser is told', async () => {
  await startRelays('relay1', 'relay2')
  const line = await invite('bob')
  expect((await run('join', line, '--dir', 'first')).code).toBe(0)
  const second = await run('join', line, '--dir', 'second')
  expect(second.code).toBe(1)
  expect(second.stderr).toMatch(/The invitation was used already, by bob on \d{4}-\d\d-\d\d \d\d:\d\d UTC\./)
  expect(existsSync(at('second'))).toBe(false)
  const now = Date.now
  Date.now = () => now() + 20 * 365 * 24 * 3_600_000
  try {
    const late = await run('join', line, '--dir', 'first')
    expect(late.stderr).toContain('Its certificate has ended: move the file away, and type the same again.')
  } finally {
    Date.now = now
  }
  await Promise.all(relays.splice(0).map((relay) => relay.close()))
  for (const relay of await startRelays('relay1', 'relay2')) {
    expect((await redeemAt(relay, line, 'bob')).status).toBe(joinStatus.used)
  }
})

test('an answer that got lost is given again to the same key', async () => {
  const [relay] = await startRelays('relay1', 'relay2')
  const line = await invite('bob')
  const key = await generateKeyPair('Ed25519')
  const first = await redeemAt(relay!, line, 'bob', key)
  const again = await redeemAt(relays[1]!, line, 'bob', key)
  expect(again).toMatchObject({ status: joinStatus.ok })
  expect(Buffer.from(again.receipt)).toEqual(Buffer.from(first.receipt))
})

test('many join with one line under names of their own, no name twice, and no more than it says', async () => {
  const [relay1, relay2] = await startRelays('relay1', 'relay2')
  const line = await invite('server*', '--role', 'server', '--uses', '2')
  expect((await redeemAt(relay1!, line, 'server1')).status).toBe(joinStatus.ok)
  expect((await redeemAt(relay2!, line, 'server1')).status).toBe(joinStatus.nameTaken)
  expect((await redeemAt(relay2!, line, 'admin')).status).toBe(joinStatus.nameTaken)
  expect((await redeemAt(relay2!, line, 'server2')).status).toBe(joinStatus.ok)
  expect((await redeemAt(relay1!, line, 'server3')).status).toBe(joinStatus.used)
})

test('two that joined at the same time at relays which could not see each other: the later one is sent away, and told', async () => {
  // One after the other, so that neither knows of the other's answer.
  const line = await invite('bob')
  const [relay1] = await startRelays('relay1')
  expect((await run('join', line, '--dir', 'first')).code).toBe(0)
  await relay1!.close()
  relays = []
  const [relay2] = await startRelays('relay2')
  expect((await run('join', line, '--dir', 'second')).code).toBe(0)
  const late = await open(at('second/identities/bob.json'))
  expect(relay2!.node.gate.members().map(({ certificate }) => certificate.name)).toEqual(['bob'])
  await startRelays('relay1')
  await late.close()
  // Once the two relays have told each other; until then one of them may still take the later one.
  const again = async (): Promise<unknown> => {
    const context = await createContext(at('second/identities/bob.json'))
    const refusal = await context.ready({ timeout: 3_000 }).catch((error) => error)
    await context.close()
    return refusal?.message
  }
  await eventually(again, (message) => /was used by another machine before/.test(`${message}`))
  await open(at('first/identities/bob.json'))
})

test.each<[string, (line: string) => string, string]>([
  ['cut', (line) => line.slice(0, -20), 'cut or altered'],
  ['altered', (line) => line.replace(/.(.{30})$/, (_, rest) => `A${rest}`), 'cut or altered'],
  ['none at all', () => 'hello', 'is no invitation'],
  ['of a later version', (line) => line.replace('join-1-', 'join-2-'), 'needs a newer'],
])('a line that was %s says so, and makes nothing', async (_, change, why) => {
  const line = change(await invite('bob'))
  const { code, stdout, stderr } = await run('join', line, '--dir', 'laptop')
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toContain(why)
  expect(existsSync(at('laptop'))).toBe(false)
})

test('a line with blanks and breaks in it, as mail makes them, is read all the same', async () => {
  const line = await invite('bob')
  const { delegation } = await parseInvitation(`  ${line.replace(/(.{70})/g, '$1\r\n ')}\n`)
  expect(delegation.names).toBe('bob')
})

test('an invitation that was taken back lets nobody in, and who came with it is out', async () => {
  await startRelays('relay1', 'relay2')
  const line = await invite('bob*', '--uses', '2')
  expect((await run('join', line, '--name', 'bob1', '--dir', 'first')).code).toBe(0)
  const bob = await open(at('first/identities/bob1.json'))
  const lost = new Promise<void>((resolve) => bob.once('relay:down', () => resolve()))
  const listed = (await run('invite', '--list')).stdout
  expect(listed).toMatch(/^[0-9a-f]{32} {2}bob\* +#chat {2}given out for 2 uses, 7 days left, used by bob1 \(\w+\)\n$/)
  expect(listed).toContain(bob.identity.peerId)
  expect((await run('invite', 'revoke', 'bob*')).stdout).toBe('revision 2\n')
  await lost
  const late = await run('join', line, '--name', 'bob2', '--dir', 'second')
  expect(late.code).toBe(1)
  expect(late.stderr).toContain('has taken this invitation back')
  expect((await run('invite', '--list')).stdout).toBe('')
})

test('a list of invitations says who used them, also of who is not connected, and without a relay that it does not know', async () => {
  await startRelays('relay1')
  const line = await invite('bob')
  await invite('carol')
  expect((await run('join', line, '--dir', 'laptop')).code).toBe(0)
  const { peerId } = await inspectIdentity(at('laptop/identities/bob.json'))
  const { stdout, stderr } = await run('invite', '--list')
  expect(stdout).toMatch(/^\w{32} {2}bob +#chat {2}given out for 1 use, 7 days left, used by bob \(\w+\)$/m)
  expect(stdout).toMatch(/^\w{32} {2}carol +#chat {2}given out for 1 use, 7 days left, no use known$/m)
  expect(stderr).toContain('Who used them is as relays know it')
  const rows = JSON.parse((await run('invite', '--list', '--json')).stdout)
  expect(rows).toMatchObject([
    { names: 'bob', usedBy: [{ name: 'bob', peerId: peerId.toString() }] },
    { names: 'carol', usedBy: [] },
  ])
  const offline = await run('invite', '--list', '--offline')
  expect(offline.stdout).toMatch(/^\w{32} {2}bob +#chat {2}given out for 1 use, 7 days left$/m)
  expect(offline.stderr).toContain('no relay was asked')
})

test('an invitation that is over, by the clock of the relay, says until when it was good', async () => {
  await startRelays('relay1')
  const line = await invite('bob', '--expires', '1m')
  const now = Date.now
  Date.now = () => now() + 10 * 60_000
  try {
    const { code, stderr } = await run('join', line, '--dir', 'laptop')
    expect(code).toBe(1)
    expect(stderr).toMatch(/The invitation was good until .*; ask for another one\./)
  } finally {
    Date.now = now
  }
})

test('when no relay can be asked the key is kept, and the same line works later', async () => {
  const line = await invite('bob')
  const { code, stderr } = await run('join', line, '--dir', 'laptop')
  expect(code).toBe(1)
  expect(stderr).toContain('Type the same again when one can; the key is kept.')
  const { peerId } = JSON.parse(readFileSync(at('laptop/identities/bob.json'), 'utf8'))
  await startRelays('relay2')
  expect((await run('join', line, '--dir', 'laptop')).code).toBe(0)
  const joined = await loadIdentity(at('laptop/identities/bob.json'))
  expect(joined.peerId.toString()).toBe(peerId)
  expect((await run('join', line, '--dir', 'laptop')).stderr).toContain('exists already')
})

test('the authority learns who joined: the name is taken, and revoke finds it', async () => {
  await startRelays('relay1')
  const line = await invite('server*', '--role', 'chat')
  expect((await run('join', line, '--name', 'server7', '--dir', 'machine')).code).toBe(0)
  await open(at('machine/identities/server7.json'))
  expect((await run('identity', 'create', 'server7')).stderr).toContain("The name 'server7' belongs to")
  expect((await run('identity', 'revoke', 'server7')).stdout).toBe('revision 2\n')
  expect(relays[0]!.trust.network.revokedSerials.size).toBe(1)
})

test('a relay that lost its file hears of uses from the others, and says no as before', async () => {
  await startRelays('relay1', 'relay2')
  const line = await invite('bob')
  expect((await run('join', line, '--dir', 'first')).code).toBe(0)
  await relays.shift()!.close()
  rmSync(at('identities/.state/relay1.redeemed'))
  const [, relay1] = await startRelays('relay1')
  await eventually(
    () => relay1!.pool.up().length,
    (links) => links > 0,
  )
  await eventually(
    async () => (await redeemAt(relay1!, line, 'bob')).status,
    (status) => status === joinStatus.used,
  )
  // Who joined stays in.
  await open(at('first/identities/bob.json'))
})

test('whoever signs itself more roles than its invitation allows is let in by nobody, and told so', async () => {
  const [relay] = await startRelays('relay1')
  const line = await invite('bob', '--role', 'chat')
  const { delegation, key } = await parseInvitation(line)
  const privateKey = await generateKeyPair('Ed25519')
  const { receipt, witness, document } = await redeemAt(relay!, line, 'bob', privateKey)
  const { issuedAtMs } = await openReceipt(receipt)
  const peerId = peerIdFromPrivateKey(privateKey)
  const { networkId, envelope } = delegation
  const fields = { networkId, serial: new Uint8Array(16), name: 'bob', peerId: peerId.toString(), grants: [] }
  const forge = (roles: string[]) =>
    Certificate.encode({
      ...fields,
      roles,
      issuedAtMs,
      expiresAtMs: issuedAtMs + 1_000_000,
      delegation: envelope,
      receipt,
      witness,
    })
  const { domain, payloadType } = certificateKind
  const network = await openNetworkDocument(document, { networkId })
  const words: string[] = []
  for (const roles of [['chat'], ['chat', 'relay'], ['chat', 'authority']]) {
    const forged = await seal(domain, payloadType, forge(roles), key)
    // One that does not look at its own certificate.
    const certificate = { ...relay!.trust.own, name: 'bob', peerId: peerId.toString(), roles, envelope: forged }
    const member = await createMember({ name: 'bob', kind: 'user', privateKey, peerId, certificate, network })
    const said = new Promise<string>((resolve) => {
      member.pool.on('up', () => resolve('let in'))
      member.pool.on('down', ({ peerId, error }) => peerId === relay!.peerId && resolve(String(error?.message)))
    })
    member.pool.want(1)
    await member.node.start()
    member.pool.start()
    words.push(await said)
    await member.close()
  }
  const more = expect.stringContaining('has more roles than its invitation allows')
  expect(words).toEqual(['let in', more, more])
})

test('a name that can be mistaken for another one is told of by invite, by join, and where the authority hears of it', async () => {
  await startRelays('relay1')
  const invited = await run('invite', 'user\u0131') // a dotless i
  expect(invited.code).toBe(0)
  expect((await run('invite', 'us\u0435r1')).stderr).toMatch(
    /^Warning: 'us.r1' \(U\+435|^Warning: 'us.r1' \(U\+0435\) can be mistaken for 'user1'/,
  )
  const line = await invite('*')
  const joined = await run('join', line, '--name', 'r\u0435lay1', '--dir', 'laptop')
  expect(joined.stderr).toMatch(/can be mistaken for 'relay1'/)
  await open(at('laptop/identities/r\u0435lay1.json'))
  expect((await run('network', 'publish', '--network-name', 'x')).stderr).toMatch(/can be mistaken for 'relay1'/)
})

test.each([
  [[], 'takes a name'],
  [['user1'], "The name 'user1' belongs to"],
  [['a*b*'], 'more than one'],
  [['bob', '--uses', '0'], '--uses'],
  [['bob', '--uses', '3'], 'say a pattern'],
  [['bob', '--expires', 'soon'], '--expires'],
  [['bob', '--role', 'authority'], "the authority's own"],
] as const)('invite %j says what is wrong', async (args, why) => {
  const { code, stdout, stderr } = await run('invite', ...args)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(why)
})
