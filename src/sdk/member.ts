import { setMaxListeners } from 'node:events'
import { type Clock, systemClock } from '../core/clock.js'
import { OverlayError } from '../core/errors.js'
import { Rates } from '../core/rates.js'
import { Turns } from '../core/turns.js'
import { DirectoryClient } from '../directory/client.js'
import { RelayPool } from '../directory/relay-pool.js'
import type { Identity } from '../identity/identity-file.js'
import { Circuits } from '../net/circuit.js'
import { followIdentity } from '../net/follow-identity.js'
import { createNode, type Node } from '../net/node.js'
import { QuotaAdmission } from '../net/quota-admission.js'
import { type QuotaLimits, Quotas } from '../net/quotas.js'
import { Splices } from '../net/splices.js'
import { Trust } from '../net/trust.js'
import { Directly } from './directly.js'
import { Lookups } from './lookups.js'
import { ParkedPaths } from './parked-paths.js'
import { Warnings } from './warnings.js'

export interface MemberOptions {
  /** `never`: sessions stay on relays. Default `auto`: they move to a direct path where one can be made. */
  direct?: 'auto' | 'never'
  /** Where to take direct connections all the time; nowhere by default. */
  directListen?: string[]
  /** Have relays join sockets for sessions where they can; circuits alone otherwise. Default true. */
  splices?: boolean
  /** The proxy that leads to relays, `none` for none; default: as the environment says. */
  proxy?: string
  /** Limits what one caller or one address may take; see `hostQuotaNames`. */
  quotas?: QuotaLimits
  /** Limits the links to relays beyond those that are kept anyway; default: the pool's own number. */
  maxOnDemandLinks?: number
  /** The clock; default: the machine's. For tests that count the timers left on it. */
  clock?: Clock
}

/** Limits the paths that one member opens at the same time. */
const mostOpening = 8

/** One member of a network, as the parts of a context share it: its node, whom it trusts, and its relays. */
export interface Member {
  readonly node: Node
  readonly trust: Trust
  readonly pool: RelayPool
  readonly circuits: Circuits
  /** Undefined where circuits alone are wanted. */
  readonly splices: Splices | undefined
  /** Paths whose sessions are over, for the next ones. */
  readonly parked: ParkedPaths
  readonly directory: DirectoryClient
  readonly lookups: Lookups
  /** Limits what one caller may take. */
  readonly quotas: Quotas
  /** Takes turns at opening paths: hundreds at once would each take too long, and try again beside that. */
  readonly opening: Turns
  readonly clock: Clock
  /** Returns numbers in [0, 1). */
  readonly random: () => number
  /** Undefined where sessions stay on relays. */
  readonly direct: Directly | undefined
  /** Takes what goes wrong without ending anything, for the context's `warning`. */
  readonly warnings: Warnings
  /** Fires when the member leaves, before anything of it ends. */
  readonly closing: AbortSignal
  /** Begins to connect, and to follow what changes in the identity's file. The node has been started. */
  start(): Promise<void>
  /** Says that it is leaving: whatever waits for something gives up. A second call does nothing. */
  leave(): void
  /** Leaves, then ends its links and its node. */
  close(): Promise<void>
}

/** Assembles a member. Nothing runs yet: the caller starts its `node`, then the member, and ends both with `close()`. */
export async function createMember(identity: Identity, options: MemberOptions = {}): Promise<Member> {
  const {
    direct: wish = 'auto',
    splices = true,
    directListen = [],
    maxOnDemandLinks,
    proxy,
    quotas: quotaLimits,
    clock = systemClock,
  } = options
  const random = Math.random
  const trust = new Trust(identity, clock)
  if (wish !== 'auto' && wish !== 'never') throw new OverlayError('bad_argument', "direct is 'auto' or 'never'.")
  if (!(Array.isArray(directListen) && directListen.every((each) => typeof each === 'string'))) {
    throw new OverlayError('bad_argument', 'directListen is a list of multiaddrs, such as /ip4/0.0.0.0/tcp/4002.')
  }
  const direct = wish === 'auto' ? new Directly(clock, random) : undefined
  const warnings = new Warnings()
  // Of many refusals in a row, one warning a minute is enough.
  const said = new Rates({ perSecond: 1 / 60, burst: 1 })
  const quotas = new Quotas(quotaLimits, 'host', (name, error) => {
    if (said.take(name, clock.monotonic())) warnings.warn(error, 'Somebody wants too much')
  })
  const node = await createNode({
    trust,
    kind: 'member',
    admission: new QuotaAdmission(quotas, clock),
    listen: direct === undefined ? [] : directListen,
    prefaces: direct === undefined ? [] : [direct.sockets.preface],
    ...(proxy === undefined ? {} : { proxy }),
  })
  const pool = new RelayPool(node, trust, clock, random, {
    splices,
    ...(maxOnDemandLinks === undefined ? {} : { maxOnDemandLinks }),
  })
  const directory = new DirectoryClient(pool, trust, clock)
  trust.on('warning', (error) => warnings.warn(error, 'A network document could not be kept'))
  pool.on('warning', (error) => warnings.warn(error, 'What relays said could not be kept'))
  const leaving = new AbortController()
  setMaxListeners(0, leaving.signal) // whatever waits for something listens to it
  const leave = () => leaving.abort(new OverlayError('closed', 'The context was closed.'))
  return {
    node,
    trust,
    pool,
    circuits: new Circuits(node),
    splices: splices ? new Splices(node) : undefined,
    parked: new ParkedPaths(clock),
    opening: new Turns(mostOpening),
    directory,
    lookups: new Lookups(directory, leaving.signal, clock),
    quotas,
    clock,
    random,
    direct,
    warnings,
    closing: leaving.signal,
    leave,
    async start() {
      const stop = await followIdentity(trust, clock, (error) => warnings.warn(error, 'The identity file'))
      if (leaving.signal.aborted) return stop()
      leaving.signal.addEventListener('abort', stop, { once: true })
      // Last: whoever waits for this listens before a relay has answered.
      pool.start()
    },
    async close() {
      leave()
      await pool.close()
      await node.stop()
      trust.stop()
    },
  }
}
