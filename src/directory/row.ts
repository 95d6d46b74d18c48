import type { Precedence } from '../wire/precedence.js'

/** One identity behind an instance, and how it is doing there. */
export interface RowHost {
  identityName: string
  peerId: string
  terminators: number
  /** When the oldest of its terminators was established; milliseconds since 1970. */
  sinceMs: number
  /** The host says that it cannot take another call now. */
  busy: boolean
  /** The host says that what it offers does not work at the moment. */
  down: boolean
  /** Of its terminators the best. */
  precedence: Precedence
  /** The lowest of that precedence. */
  cost: number
}

/** One line of list: an instance, however many hosts and terminators it has. Its own name is that of the oldest host. */
export interface Row extends RowHost {
  instanceId: string
  /** How many identities are behind it. */
  hostCount: number
  /** Of several, the first {@link maxRowHosts}, the oldest first; empty when there is one. */
  hosts: readonly RowHost[]
}

/** Hosts of one instance that a row tells of. */
export const maxRowHosts = 8

const bands = { required: 0, default: 1, failed: 2 } as const

/** Returns the row of an instance with these hosts, of which there must be one; `hostCount` when there are more than are given. */
export function rowOfHosts(instanceId: string, hosts: readonly RowHost[], hostCount = hosts.length): Row {
  const [first] = hosts as [RowHost]
  if (hosts.length === 1) return { instanceId, ...first, hostCount, hosts: [] }
  const byAge = [...hosts].sort((a, b) => a.sinceMs - b.sinceMs || (a.peerId < b.peerId ? -1 : 1))
  const [best] = [...hosts].sort((a, b) => bands[a.precedence] - bands[b.precedence] || a.cost - b.cost) as [RowHost]
  const { identityName, peerId, sinceMs } = byAge[0]!
  return {
    instanceId,
    identityName,
    peerId,
    sinceMs,
    terminators: hosts.reduce((sum, { terminators }) => sum + terminators, 0),
    busy: hosts.every(({ busy }) => busy),
    down: hosts.every(({ down }) => down),
    precedence: best.precedence,
    cost: best.cost,
    hostCount,
    hosts: byAge.slice(0, maxRowHosts),
  }
}

/** Returns, of two hosts that are one, or two terminators of one, the sum: what is better counts. */
export function joinHosts(a: RowHost, b: RowHost, terminators: number): RowHost {
  const older = a.sinceMs <= b.sinceMs ? a : b
  const better = bands[a.precedence] - bands[b.precedence] || a.cost - b.cost
  const { precedence, cost } = better <= 0 ? a : b
  return { ...older, terminators, busy: a.busy && b.busy, down: a.down && b.down, precedence, cost }
}

/** True when the two say the same of the same instance. */
export function sameRow(a: Row, b: Row): boolean {
  return (
    a.instanceId === b.instanceId &&
    a.hostCount === b.hostCount &&
    sameHost(a, b) &&
    a.hosts.length === b.hosts.length &&
    a.hosts.every((host, index) => sameHost(host, b.hosts[index]!))
  )
}

/** Joins two answers about the same instance, from sources of which neither may be complete. */
export function joinRows(a: Row, b: Row): Row {
  const hosts = new Map<string, RowHost>()
  for (const host of [...hostsOf(a), ...hostsOf(b)]) {
    const known = hosts.get(host.peerId)
    const joined = known && joinHosts(known, host, Math.max(known.terminators, host.terminators))
    hosts.set(host.peerId, joined ?? host)
  }
  const row = rowOfHosts(a.instanceId, [...hosts.values()], Math.max(a.hostCount, b.hostCount, hosts.size))
  return { ...row, terminators: Math.max(row.terminators, a.terminators, b.terminators) }
}

/** Returns the hosts that a row tells of. */
export function hostsOf({ instanceId: _, hostCount: __, hosts, ...only }: Row): readonly RowHost[] {
  return hosts.length > 0 ? hosts : [only]
}

function sameHost(a: RowHost, b: RowHost): boolean {
  return (
    a.identityName === b.identityName &&
    a.peerId === b.peerId &&
    a.terminators === b.terminators &&
    a.sinceMs === b.sinceMs &&
    a.busy === b.busy &&
    a.down === b.down &&
    a.precedence === b.precedence &&
    a.cost === b.cost
  )
}
