// One host, dialer or observer as a process of its own. Hosts and dialers are built on the public SDK only; the observer asks each
// relay by itself, which the SDK has no way to.
import { loadIdentity } from '../../src/identity/identity-file.js'
import { type Connection, type Context, createContext, type Listener, type PathState } from '../../src/sdk/index.js'
import { createMember, type Member } from '../../src/sdk/member.js'
import { serve } from './rpc.js'
import { type SessionEvent, type SessionReport, SessionRun } from './session-run.js'
import type { Pace, SessionKind, SessionSpec } from './session-spec.js'
import { TransferEnd, type TransferSpec } from './transfer.js'

/** What a worker says without being asked. */
export type MemberEvent = SessionEvent | { type: 'warning'; text: string }

export interface SessionState {
  session: string
  kind: SessionKind
  lost: boolean
  active?: string
  /** What carries it. */
  carrier?: PathState['kind']
  standby: string[]
}

/** One row, as far as the harness looks at it. */
export interface Listed {
  instanceId: string
  terminators: number
}

const contexts = new Map<string, Context>()
const runs = new Map<string, SessionRun>()
let listener: Listener | undefined
let transfer: TransferEnd | undefined
let observer: Member | undefined

const contextOf = (identity: string): Context => {
  const context = contexts.get(identity)
  if (context === undefined) throw new Error(`No context for ${identity}.`)
  return context
}
const first = (): Context => [...contexts.values()][0]!

function take(connection: Connection, spec: SessionSpec, side: 'dialer' | 'host'): void {
  runs.set(spec.name, new SessionRun(connection, spec, side, tell))
}

const methods = {
  async open({ identity, splices }: { identity: string; splices: boolean }): Promise<void> {
    contexts.set(identity, await createContext(identity, { direct: 'never', splices }))
  },

  async close(identity: string): Promise<void> {
    await contextOf(identity).close()
    contexts.delete(identity)
  },

  async listen({ service, terminators }: { service: string; terminators: number }): Promise<void> {
    listener = await first().listen(service)
    listener.on('suspended', (error) => tell({ type: 'warning', text: error.message }))
    listener.on('dial', async (dial) => {
      try {
        const spec: SessionSpec | TransferSpec = JSON.parse(Buffer.from(dial.appData).toString())
        const connection = await dial.accept()
        if ('transferBytes' in spec) transfer = new TransferEnd(connection, spec, 'host')
        else take(connection, spec, 'host')
      } catch (error) {
        tell({ type: 'warning', text: `a dial failed: ${error}` })
      }
    })
    await listener.established(terminators, { timeout: 30_000 })
  },

  async dial({ service, instanceId, spec }: { service: string; instanceId: string; spec: SessionSpec }): Promise<void> {
    const appData = Buffer.from(JSON.stringify(spec))
    take(await first().dial(service, { instanceId, appData, connectTimeout: 30_000 }), spec, 'dialer')
  },

  async transfer(call: { service: string; instanceId: string; spec: TransferSpec }): Promise<void> {
    const appData = Buffer.from(JSON.stringify(call.spec))
    const connection = await first().dial(call.service, { instanceId: call.instanceId, appData })
    transfer = new TransferEnd(connection, call.spec, 'dialer')
  },

  transferState: () => transfer?.state(),
  resumeReading: () => transfer?.resumeReading(),

  /** Names of the relays this host has a terminator on. */
  terminators: (): string[] => listener?.terminators().map(({ relay }) => relay) ?? [],

  relaysUp: (): string[] =>
    first()
      .relays()
      .filter(({ state }) => state === 'up')
      .map(({ name }) => name),

  /** Becomes the observer, with the identity of this file. */
  async observe(identity: string): Promise<void> {
    observer = await createMember(await loadIdentity(identity))
    await observer.node.start()
    await observer.start()
  },

  /** What this relay says, and no other; undefined when it can't be asked. */
  async listAt({ relay, service }: { relay: string; service: string }): Promise<Listed[] | undefined> {
    const { pool, trust } = observer!
    const signal = AbortSignal.timeout(5_000)
    try {
      const link = await pool.ensure(trust.network.relays.find(({ name }) => name === relay)!.peerId, signal)
      const { page } = await link.list(service, '', 100, signal)
      return [...page.rows].map(({ instanceId, terminators }) => ({ instanceId, terminators }))
    } catch {
      return undefined
    }
  },

  sessions: (): SessionState[] =>
    [...runs.values()].map((run) => {
      const paths = run.paths()
      const active = paths.find(({ role }) => role === 'active')
      return {
        session: run.name,
        kind: run.kind,
        lost: run.report().lost !== undefined,
        ...(active === undefined ? {} : { active: active.relay, carrier: active.kind }),
        standby: paths.filter(({ role }) => role === 'standby').map(({ relay }) => relay),
      }
    }),

  /** Changes the pace of these sessions, or of all. */
  pace({ sessions, pace }: { sessions?: string[]; pace: Pace }): void {
    for (const run of runs.values()) if (sessions === undefined || sessions.includes(run.name)) run.setPace(pace)
  },

  hole(call: { session: string; kind: 'longest' | 'first'; fromMs: number; toMs: number }): number {
    return runs.get(call.session)!.hole(call.kind, call.fromMs, call.toMs)
  },

  lastArrivalMs: (session: string): number | undefined => runs.get(session)?.lastArrivalMs,

  async finish(): Promise<void> {
    await Promise.all([...runs.values()].map((run) => run.finish()))
  },

  reports: (): SessionReport[] => [...runs.values()].map((run) => run.report()),
}

export type MemberMethods = typeof methods

const tell = serve<MemberEvent>(methods)
