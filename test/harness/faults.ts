import { setTimeout as sleep } from 'node:timers/promises'
import { leaseMs } from '../../src/core/limits.js'
import { directoryFault, relaysListing } from './directory-check.js'
import { type FaultKind, shuffled } from './fault-kinds.js'
import { carrier, type Scene, underTraffic, whileIdle } from './measure.js'
import { monotonicMs } from './monotonic.js'
import { networkFaults } from './network-faults.js'
import { until } from './waiting.js'

export type Fault = (scene: Scene) => Promise<void>

const allDownMs = 20_000
/** What asking every relay takes on a busy machine, beyond the product's own promise. */
const askingMs = 2_000
/** A host whose socket closed leaves the directory at once. */
const closedLimitMs = 1_000

const between = ({ random }: Scene, min: number, max: number) => min + random() * (max - min)
const pause = ({ signal }: Scene, ms: number) => sleep(ms, undefined, { signal })

/** Ends the relay that carries sessions and starts it again a moment later. */
async function loseRelay(scene: Scene, end: 'kill' | 'stop', forget: boolean): Promise<void> {
  const relay = scene.cluster.relay(await carrier(scene))
  let gone: Promise<void> | undefined
  await underTraffic(scene, [relay.name], () => {
    gone = relay[end]()
  })
  await gone
  if (forget) relay.forget()
  await relay.start()
}

async function freezeRelay(scene: Scene): Promise<void> {
  const relay = scene.cluster.relay(await carrier(scene))
  await underTraffic(scene, [relay.name], () => relay.freeze())
  await pause(scene, between(scene, 0, 2_000))
  relay.thaw()
}

async function blip(scene: Scene): Promise<void> {
  const relay = scene.cluster.relay(await carrier(scene))
  const ms = between(scene, 50, 450)
  await underTraffic(
    scene,
    [relay.name],
    async () => {
      relay.freeze()
      await pause(scene, ms)
      relay.thaw()
    },
    { recovered: ({ active }) => active !== undefined },
  )
}

/** Longer than a lease: the others must have forgotten what led through it. */
async function outage(scene: Scene): Promise<void> {
  const { cluster, record, random } = scene
  const relay = cluster.relay(await carrier(scene))
  const end = random() < 0.5 ? () => relay.freeze() : () => void relay.kill()
  const start = monotonicMs()
  await underTraffic(scene, [relay.name], end)
  const wrong = await until(leaseMs + askingMs - (monotonicMs() - start), () => directoryFault(cluster))
  if (typeof wrong === 'string') {
    record.failures.push(`${leaseMs / 1000} s after ${relay.name} was gone, ${wrong}`)
  }
  await pause(scene, Math.max(0, leaseMs + 1_000 - (monotonicMs() - start)))
  await relay.revive()
}

async function idle(scene: Scene, how: 'kill' | 'freeze'): Promise<void> {
  const relay = scene.cluster.relay(await carrier(scene, () => true))
  await whileIdle(scene, relay.name, () => void relay[how]())
  await relay.revive()
}

async function allButOne(scene: Scene): Promise<void> {
  const { cluster, random } = scene
  const [survivor, ...others] = shuffled(cluster.relays, random)
  const ways = others.map((relay) => (random() < 0.5 ? () => relay.freeze() : () => void relay.kill()))
  const hit = others.map(({ name }) => name)
  await underTraffic(
    scene,
    hit,
    () => {
      for (const end of ways) end()
    },
    { recovered: ({ active }) => active === survivor!.name },
  )
  await pause(scene, between(scene, 0, 2_000))
  await Promise.all(others.map((relay) => relay.revive()))
}

/** Every relay for a while; the sessions go on as soon as one is back. The gap is counted from that moment. */
async function allDown(scene: Scene): Promise<void> {
  const { cluster, random } = scene
  const [first, ...others] = shuffled(cluster.relays, random)
  const all = [first!, ...others]
  await underTraffic(
    scene,
    all.map(({ name }) => name),
    async () => {
      await Promise.all(all.map((relay) => (random() < 0.7 ? relay.kill() : relay.freeze())))
    },
    {
      outage: async () => {
        await pause(scene, allDownMs)
        await first!.revive()
      },
      recovered: ({ active }) => active === first!.name,
    },
  )
  await Promise.all(others.map((relay) => relay.revive()))
}

/** One thing after the other, faster than anything recovers; one relay is left alone at any time. */
async function storm(scene: Scene): Promise<void> {
  const { cluster, random, record } = scene
  const reviving: Promise<void>[] = []
  const endMs = monotonicMs() + between(scene, 4_000, 8_000)
  while (monotonicMs() < endMs) {
    const standing = cluster.relaysUp()
    if (standing.length > 1) {
      const relay = standing[Math.floor(random() * standing.length)]!
      record.victims.push(relay.name)
      if (random() < 0.5) relay.freeze()
      else await relay.kill()
      reviving.push(pause(scene, between(scene, 200, 3_000)).then(() => relay.revive()))
    }
    await pause(scene, between(scene, 100, 900))
  }
  await Promise.all(reviving)
}

/** The lid of a laptop is closed in the middle of a call. Sessions and messages must be as if nothing had been. */
async function nap(scene: Scene): Promise<void> {
  const { cluster, random, record } = scene
  const member = cluster.members[Math.floor(random() * cluster.members.length)]!
  record.victims.push(member.name)
  member.freeze()
  await pause(scene, between(scene, 1_000, 12_000))
  member.thaw()
}

async function hostGone(scene: Scene, how: 'kill' | 'freeze'): Promise<void> {
  const { cluster, record, signal } = scene
  const { guest } = cluster
  record.victims.push(guest.name)
  const start = monotonicMs()
  const gone = guest[how]()
  const limitMs = (how === 'kill' ? closedLimitMs : leaseMs) + askingMs
  const wrong = await until(
    limitMs,
    async () => {
      const listing = await relaysListing(cluster, guest.name)
      return listing.length === 0 ? undefined : `${listing.join(', ')} still list the dead host`
    },
    { signal, everyMs: 20 },
  )
  if (typeof wrong === 'string') record.failures.push(`after ${limitMs / 1000} s ${wrong}`)
  record.leave.push(monotonicMs() - start)
  await gone
  if (how === 'freeze') guest.thaw()
  else await cluster.startHost(guest)
}

/** What each kind of fault does, the repair included. */
export const faults: Record<FaultKind, Fault> = {
  control: async (scene) => {
    const relay = await carrier(scene)
    await underTraffic(scene, [relay], () => pause(scene, 1_000), { recovered: () => true })
  },
  kill: (scene) => loseRelay(scene, 'kill', false),
  freeze: freezeRelay,
  blip,
  restart: (scene) => loseRelay(scene, 'stop', false),
  amnesia: (scene) => loseRelay(scene, 'kill', true),
  outage,
  'idle-kill': (scene) => idle(scene, 'kill'),
  'idle-freeze': (scene) => idle(scene, 'freeze'),
  'but-one': allButOne,
  'all-down': allDown,
  storm,
  nap,
  'host-kill': (scene) => hostGone(scene, 'kill'),
  'host-freeze': (scene) => hostGone(scene, 'freeze'),
  ...networkFaults,
}
