import type { Cluster } from './cluster.js'
import type { SessionState } from './member-worker.js'
import { monotonicMs } from './monotonic.js'
import type { FaultRecord } from './record.js'
import type { SessionEvent } from './session-run.js'
import { steadyMs } from './session-spec.js'
import { sleep, until } from './waiting.js'

/** More steady streams at once would measure how busy the machine is. */
const maxProbes = 4
/** The stream runs for this long before the fault, and after the last session has recovered. */
const calmMs = 250
/** Traffic that has not come back after this long has not survived. */
export const recoveryLimitMs = 20_000

export interface Scene {
  cluster: Cluster
  record: FaultRecord
  random: () => number
  /** Events of all sessions so far. */
  events: readonly SessionEvent[]
  signal: AbortSignal
}

/** The relay to hit: one that carries a session of interest, chosen by chance. */
export async function carrier(
  { cluster, random }: Scene,
  interest: (session: SessionState) => boolean = ({ kind }) => kind === 'chat',
): Promise<string> {
  const sessions = await cluster.sessions()
  const active = sessions.filter(interest).map((session) => session.active)
  const carrying = cluster.relays.map(({ name }) => name).filter((name) => active.includes(name))
  const all = carrying.length > 0 ? carrying : cluster.relays.map(({ name }) => name)
  return all[Math.floor(random() * all.length)]!
}

/**
 * Runs the fault while some of the sessions it hits carry a message every few milliseconds both ways, and notes the holes
 * at the receivers. `recovered` says of a session whether it has got over the fault; the messages have to flow after that.
 * When nothing can flow during an `outage`, the first message is waited for from its end on.
 */
export async function underTraffic(
  scene: Scene,
  victims: readonly string[],
  inject: () => Promise<void> | void,
  options: { recovered?: (session: SessionState) => boolean; outage?: () => Promise<void> } = {},
): Promise<void> {
  const { cluster, record, signal } = scene
  const isHit = ({ active }: SessionState) => active === undefined || victims.includes(active)
  const carried = (await cluster.sessions()).filter(isHit)
  record.victims.push(...victims)
  record.carried += carried.length
  const probes = carried
    .filter(({ kind }) => kind === 'chat')
    .slice(0, maxProbes)
    .map(({ session }) => session)
  await cluster.pace('steady', probes)
  await sleep(calmMs, undefined, { signal })

  let fromMs = monotonicMs()
  await inject()
  if (options.outage !== undefined) {
    await options.outage()
    fromMs = monotonicMs()
  }
  const recovered = options.recovered ?? ((session: SessionState) => !isHit(session))
  const wrong = await until(
    recoveryLimitMs,
    async () => {
      const stuck = (await cluster.sessions()).find(({ session, ...state }) => {
        return probes.includes(session) && !recovered({ session, ...state })
      })
      return stuck && `session ${stuck.session} still rests on ${stuck.active ?? 'nothing'}`
    },
    { everyMs: 20, signal },
  )
  if (typeof wrong === 'string') record.failures.push(`after ${recoveryLimitMs / 1000} s ${wrong}`)
  await flowing(scene, probes, monotonicMs())
  await sleep(calmMs, undefined, { signal })
  const toMs = monotonicMs()
  for (const session of probes) {
    for (const end of cluster.ends(session)) {
      const kind = options.outage === undefined ? 'longest' : 'first'
      const hole = await end.call('hole', { session, kind, fromMs, toMs })
      record.gaps.push(Math.max(0, hole - steadyMs))
    }
  }
  for (const { session, atMs, change } of scene.events) {
    // Only where a steady stream ran: otherwise the time since the last byte says nothing of the fault.
    if (change === undefined || atMs < fromMs || atMs > toMs || !probes.includes(session)) continue
    record.sessionGaps.push(change.gapMs)
  }
  await cluster.pace('normal', probes)
}

/** Waits until both ends of these sessions have received something after `sinceMs`. */
async function flowing(
  { cluster, record, signal }: Scene,
  sessions: readonly string[],
  sinceMs: number,
): Promise<void> {
  const wrong = await until(
    recoveryLimitMs,
    async () => {
      for (const session of sessions) {
        for (const end of cluster.ends(session)) {
          const last = await end.call('lastArrivalMs', session)
          if (last === undefined || last < sinceMs) return `${end.name} receives nothing on session ${session}`
        }
      }
      return undefined
    },
    { everyMs: 20, signal },
  )
  if (typeof wrong === 'string') record.failures.push(`after ${recoveryLimitMs / 1000} s ${wrong}`)
}

/**
 * Runs the fault while no session says anything. Every session on the victim has to notice by itself, and to have an active
 * and a standby path again, neither of them over the victim; then messages have to flow.
 */
export async function whileIdle(scene: Scene, victim: string, inject: () => Promise<void> | void): Promise<void> {
  const { cluster, record, signal } = scene
  await cluster.pace('quiet')
  await sleep(calmMs, undefined, { signal })
  const hit = (await cluster.sessions()).filter(({ active }) => active === victim).map(({ session }) => session)
  record.victims.push(victim)
  record.carried += hit.length
  const fromMs = monotonicMs()
  await inject()
  const open = new Set(hit)
  const spare = cluster.relays.length > 2
  const wrong = await until(
    recoveryLimitMs,
    async () => {
      for (const { session, active, standby } of await cluster.sessions()) {
        if (!open.has(session)) continue
        const ready = standby.length > 0 || !spare
        if (active === undefined || active === victim || standby.includes(victim) || !ready) continue
        open.delete(session)
        record.replaced.push(monotonicMs() - fromMs)
      }
      return open.size === 0 ? undefined : `the idle sessions ${[...open].join(', ')} still rest on ${victim}`
    },
    { everyMs: 20, signal },
  )
  if (typeof wrong === 'string') record.failures.push(`after ${recoveryLimitMs / 1000} s ${wrong}`)
  for (const session of hit) {
    const notice = scene.events.find((event) => {
      return event.session === session && event.side === 'dialer' && event.atMs >= fromMs && event.type !== 'resumed'
    })
    if (notice !== undefined) record.noticed.push(notice.atMs - fromMs)
  }
  await cluster.pace('steady', hit)
  await flowing(scene, hit, monotonicMs())
  await cluster.pace('normal')
}
