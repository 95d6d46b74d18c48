import { setTimeout as sleep } from 'node:timers/promises'
import type { FaultKind } from './fault-kinds.js'
import type { Fault } from './faults.js'
import { carrier, type Scene, underTraffic } from './measure.js'
import { type Abilities, findAbilities, type Namespaces } from './namespaces.js'

type NetworkFault = Extract<FaultKind, 'cut' | 'partition' | 'mute' | 'loss' | 'delay'>

let known: Abilities | undefined

/** Why this machine cannot do a fault, or undefined when it can. */
export function whyNot(kind: FaultKind): string | undefined {
  known ??= findAbilities()
  if (known.namespaces !== true) return known.namespaces
  if (kind === 'loss' && known.loss !== 'netem' && known.loss !== 'bpf') return known.loss
  if (kind === 'delay' && known.delay !== 'netem') return known.delay
  return undefined
}

/** The relay disappears for some and is gone for good from their paths; then the network is repaired. */
async function unreachable(scene: Scene, hit: (namespaces: Namespaces, relay: string) => () => void): Promise<void> {
  const relay = await carrier(scene)
  let repair = () => {}
  await underTraffic(scene, [relay], () => {
    repair = hit(scene.cluster.namespaces!, relay)
  })
  await sleep(2_000 * scene.random(), undefined, { signal: scene.signal })
  repair()
}

/** The network gets worse and stays usable: sessions may move, and need not. */
async function worse(scene: Scene, hit: (namespaces: Namespaces, relay: string) => () => void): Promise<void> {
  const relay = await carrier(scene)
  await underTraffic(
    scene,
    [relay],
    async () => {
      const repair = hit(scene.cluster.namespaces!, relay)
      await sleep(3_000 + 3_000 * scene.random(), undefined, { signal: scene.signal })
      repair()
    },
    { recovered: ({ active }) => active !== undefined },
  )
}

export const networkFaults: Record<NetworkFault, Fault> = {
  cut: (scene) => unreachable(scene, (namespaces, relay) => namespaces.cut(relay)),
  mute: (scene) => unreachable(scene, (namespaces, relay) => namespaces.mute(relay)),
  partition: async (scene) => {
    const { cluster, random } = scene
    const relay = await carrier(scene)
    const sessions = (await cluster.sessions()).filter(({ active, kind }) => active === relay && kind === 'chat')
    const chosen = sessions[Math.floor(random() * sessions.length)]
    const [dialer, host] = chosen === undefined ? cluster.members : cluster.ends(chosen.session)
    const member = (random() < 0.5 ? dialer : host)!.name
    const [from, to] = random() < 0.5 ? [relay, member] : [member, relay]
    const repair = { run: () => {} }
    // The other members still get through: only this one's sessions have to move.
    const concerned = new Set(sessions.map(({ session }) => session).filter((name) => name.split('-').includes(member)))
    await underTraffic(
      scene,
      [relay],
      () => {
        repair.run = cluster.namespaces!.partition(from, to)
      },
      { recovered: ({ session, active }) => (concerned.has(session) ? active !== relay : active !== undefined) },
    )
    scene.record.victims.push(`${from} → ${to}`)
    await sleep(2_000 * random(), undefined, { signal: scene.signal })
    repair.run()
  },
  loss: (scene) => {
    whyNot('loss')
    return worse(scene, (namespaces, relay) => namespaces.loss(relay, 0.05 + 0.15 * scene.random(), known!.loss))
  },
  delay: (scene) => worse(scene, (namespaces, relay) => namespaces.delay(relay, 50 + Math.floor(100 * scene.random()))),
}
