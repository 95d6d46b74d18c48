import { afterEach, expect, test } from 'vitest'
import type { Step } from '../../../src/cli/why-findings.js'
import { examine } from '../../../src/cli/why-steps.js'
import { systemClock } from '../../../src/core/clock.js'
import { Circuits } from '../../../src/net/circuit.js'
import { startRelay } from '../../../src/relay/relay.js'
import { sessionProtocol } from '../../../src/wire/protocols.js'
import { freePorts } from '../../support/free-ports.js'
import { eventually, type Member, startMember } from '../../support/members.js'
import { chatService, makeNetwork } from '../../support/network.js'

const closers: Array<() => Promise<unknown>> = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function start() {
  const network = await makeNetwork({
    relayPorts: await freePorts(2),
    services: [chatService, { ...chatService, name: 'ssh', dial: { roles: ['#admin'], semantic: 'AnyOf' } }],
  })
  const relays = await Promise.all(network.relays.map((identity) => startRelay(identity)))
  for (const relay of relays) closers.push(() => relay.close())
  const join = async (name: string) => {
    const member = await startMember(await network.member(name))
    closers.push(() => member.close())
    // What a context does with paths that are opened to it; nobody says anything on these.
    await member.node.libp2p.handle(sessionProtocol, () => {}, { runOnLimitedConnection: true })
    return member
  }
  return { network, relays, join }
}

async function stepsOf(member: Member, text: string): Promise<Step[]> {
  const steps: Step[] = []
  const examined = {
    ...member,
    circuits: new Circuits(member.node),
    splices: undefined,
    direct: undefined,
    clock: systemClock,
  }
  for await (const step of examine(examined, text, 5_000)) steps.push(step)
  return steps
}

async function why(member: Member, text: string): Promise<string[]> {
  const steps = await stepsOf(member, text)
  // Each one that fails says what to do, and is the last.
  for (const [index, step] of steps.entries()) {
    expect(step.holds || step.advice !== undefined).toBe(true)
    expect(step.holds || index === steps.length - 1).toBe(true)
  }
  return steps.map(({ step, holds }) => `${holds ? '' : 'no '}${step}`)
}

test('everything holds for a live instance', async () => {
  const { join } = await start()
  const [asker, host] = [await join('user1'), await join('user2')]
  await host.bind('user2', { maxTerminators: 2 })
  expect(await why(asker, 'user2')).toEqual(['name', 'right', 'relay', 'binding', 'liveness', 'path', 'direct'])
})

test('the first thing that fails is named: name, right, binding, relay', async () => {
  const { relays, join } = await start()
  const asker = await join('user1')
  expect(await why(asker, '')).toEqual(['no name'])
  expect(await why(asker, 'user2@ssh')).toEqual(['name', 'no right'])
  expect(await why(asker, 'user2@chat-p2p')).toEqual(['name', 'right', 'relay', 'no binding'])
  await Promise.all(relays.map((relay) => relay.close()))
  await eventually(
    () => asker.pool.up().length,
    (up) => up === 0,
  )
  expect(await why(asker, 'user2@chat-p2p')).toEqual(['name', 'right', 'no relay'])
})

test('a name with @ is read as the chat reads it, and what is no service is said', async () => {
  const { join } = await start()
  const [asker, host] = [await join('user1'), await join('bob@example.org')]
  await host.bind('bob@example.org', { maxTerminators: 1 })
  for (const text of ['bob@example.org', 'bob@example.org@chat-p2p']) {
    expect(await why(asker, text)).toEqual(['name', 'right', 'relay', 'binding', 'liveness', 'path', 'direct'])
  }
  const [name, , , binding] = await stepsOf(asker, 'user2@nothing.org')
  expect(name?.found).toMatch(/^user2@nothing\.org@chat-p2p: .*'nothing\.org' is not one \(there are: chat-p2p, ssh\)/)
  expect(binding).toMatchObject({ holds: false, code: 'unknown_instance' })
})

test('asking about oneself says so, also under another instance id', async () => {
  const { join } = await start()
  const asker = await join('user1')
  await asker.bind('user1/2', { maxTerminators: 1 })
  expect((await stepsOf(asker, 'user1')).at(-1)).toMatchObject({ step: 'name', holds: false, code: 'self_dial' })
  expect((await stepsOf(asker, 'user1/2')).at(-1)).toMatchObject({ step: 'binding', holds: false, code: 'self_dial' })
})

test('the relay step waits until each relay has been tried', async () => {
  const { relays, join } = await start()
  await relays[1]!.close()
  const asker = await join('user1')
  const relay = (await stepsOf(asker, 'user2')).find(({ step }) => step === 'relay')
  expect(relay?.found).toMatch(/^connected to relay1; not to relay2 at /)
  expect(relay?.found).not.toContain('no answer yet')
})

test('a host that takes no circuits fails at the path', async () => {
  const { join } = await start()
  const [asker, host] = [await join('user1'), await join('user2')]
  await host.bind('user2', { maxTerminators: 1 })
  await host.node.libp2p.unhandle('/libp2p/circuit/relay/0.2.0/stop')
  expect(await why(asker, 'user2')).toEqual(['name', 'right', 'relay', 'binding', 'liveness', 'no path'])
})
