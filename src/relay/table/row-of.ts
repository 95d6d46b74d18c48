import { joinHosts, type Row, type RowHost, rowOfHosts } from '../../directory/row.js'
import type { Entry } from './entry.js'

/** Returns the row of an instance with these terminators, of which there must be one. */
export function rowOf(instanceId: string, entries: readonly Entry[]): Row {
  let only: RowHost | undefined = hostOf(entries[0]!)
  let hosts: Map<string, RowHost> | undefined
  for (const entry of entries.slice(1)) {
    const host = hostOf(entry)
    // Nearly always there is one host.
    if (hosts === undefined && only.peerId !== host.peerId) hosts = new Map([[only.peerId, only]])
    const known = hosts === undefined ? only : hosts.get(host.peerId)
    const joined: RowHost = known === undefined ? host : joinHosts(known, host, known.terminators + 1)
    if (hosts === undefined) only = joined
    else hosts.set(host.peerId, joined)
  }
  return rowOfHosts(instanceId, hosts === undefined ? [only] : [...hosts.values()])
}

function hostOf({ identityName, record, sinceMs, busy, down }: Entry): RowHost {
  const { hostPeerId: peerId, precedence, cost } = record
  return { identityName, peerId, terminators: 1, sinceMs, busy, down, precedence, cost }
}
