import type { Clock } from '../core/clock.js'
import type { Candidate } from './proof.js'
import { hostsOf, joinHosts, joinRows, type Row, type RowHost, rowOfHosts } from './row.js'

/** A relay that can be asked what is behind a row. */
export interface ProofSource {
  peerId: string
  /** Terminators of an instance that this relay hands over, proved. */
  lookup(instanceId: string): Promise<Candidate[]>
}

/** Who has not answered by then proves nothing. */
const proofMs = 500

/** True when both rows tell of the same hosts, whatever they say of how these are doing. */
export function sameHosts(a: Row, b: Row): boolean {
  const [first, second] = [hostsOf(a), hostsOf(b)]
  return (
    isSameHost(a, b) && first.length === second.length && first.every((host, index) => isSameHost(host, second[index]!))
  )
}

const isSameHost = (a: RowHost, b: RowHost) => a.peerId === b.peerId && a.identityName === b.identityName

/**
 * The hosts of an instance that sources can prove, by peer id; undefined when none of them answers. A signature says that a host was
 * there once: that it still is, the relay it is bound at has to say, or two.
 */
export async function provedHosts(
  instanceId: string,
  sources: readonly ProofSource[],
  clock: Clock,
): Promise<Map<string, RowHost> | undefined> {
  const told = await Promise.all(sources.map((source) => lookup(instanceId, source, clock)))
  const answers = told.filter((candidates) => candidates !== undefined)
  if (answers.length === 0) return undefined
  const words = new Map<string, { candidate: Candidate; tellers: Set<string> }>()
  for (const [index, candidates] of told.entries()) {
    for (const candidate of candidates ?? []) {
      const { hostPeerId, relayPeerId } = candidate.record
      const key = `${hostPeerId}/${relayPeerId}`
      const known = words.get(key) ?? { candidate, tellers: new Set() }
      words.set(key, { candidate, tellers: known.tellers.add(sources[index]!.peerId) })
    }
  }
  const needed = answers.length > 2 ? 2 : 1
  const hosts = new Map<string, RowHost>()
  for (const { candidate, tellers } of words.values()) {
    if (tellers.size < needed && !tellers.has(candidate.record.relayPeerId)) continue
    const host = hostOf(candidate)
    const known = hosts.get(host.peerId)
    hosts.set(host.peerId, known === undefined ? host : joinHosts(known, host, known.terminators + 1))
  }
  return hosts
}

/** Undefined when there was no answer, or none in time. */
function lookup(instanceId: string, source: ProofSource, clock: Clock): Promise<Candidate[] | undefined> {
  return new Promise((resolve) => {
    const cancel = clock.after(proofMs, () => resolve(undefined))
    const answered = (candidates: Candidate[] | undefined) => {
      cancel()
      resolve(candidates)
    }
    source.lookup(instanceId).then(answered, () => answered(undefined))
  })
}

function hostOf({ record, host }: Candidate): RowHost {
  const { hostPeerId: peerId, issuedAtMs: sinceMs, precedence, cost } = record
  return { identityName: host.name, peerId, terminators: 1, sinceMs, busy: false, down: false, precedence, cost }
}

/** The rows that the proved hosts bear out, as one; these hosts alone where none does; undefined when there are none. */
export function provedRow(
  instanceId: string,
  told: readonly Row[],
  proved: ReadonlyMap<string, RowHost>,
): Row | undefined {
  if (proved.size === 0) return undefined
  const borne = told.filter((row) => isProved(row, proved))
  return borne.length > 0 ? borne.reduce(joinRows) : rowOfHosts(instanceId, [...proved.values()])
}

/** True when every host that a row tells of is proved, under its name. */
export function isProved(row: Row, proved: ReadonlyMap<string, RowHost>): boolean {
  return [row, ...row.hosts].every(({ peerId, identityName }) => proved.get(peerId)?.identityName === identityName)
}
