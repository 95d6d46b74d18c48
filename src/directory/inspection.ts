import { toHex } from '../core/bytes.js'
import { errorText } from '../core/errors.js'
import type { StatusResponse } from '../wire/messages/directory.js'
import { partitionKey } from './partition.js'
import type { RelayPool } from './relay-pool.js'

/** A relay, what it says of itself, and when its certificate ends (ms since 1970); or why it could not be asked. */
export type InspectedRelay = { name: string; peerId: string } & (
  | { status: StatusResponse; expiresAtMs?: number; error?: undefined }
  | { status?: undefined; expiresAtMs?: undefined; error: string }
)

const maxAtOnce = 16
/** Relays asked in all, and of those that one of them names. */
const maxRelays = 1_024
const maxNamedByOne = 128

/** Asks every relay that the pool knows, or that a relay names, for its state. Sorted by name. */
export async function inspectRelays(pool: RelayPool, signal: AbortSignal): Promise<InspectedRelay[]> {
  const found = new Map<string, InspectedRelay>()
  const seen = new Set<string>()
  let waiting = pool.known.all().map(({ peerId }) => peerId)
  for (const { link } of pool.up()) {
    const hints = await link.relays('', signal).catch(() => []) // said below, when the relay is asked for its state
    pool.learn(hints)
    waiting.push(...hints.map(({ peerId }) => peerId))
  }
  while (waiting.length > 0 && seen.size < maxRelays) {
    const next = [...new Set(waiting)].filter((peerId) => !seen.has(peerId)).slice(0, maxAtOnce)
    if (next.length === 0) break
    for (const peerId of next) seen.add(peerId)
    const answers = await Promise.all(next.map((peerId) => inspect(pool, peerId, signal)))
    for (const answer of answers) {
      found.set(answer.peerId, answer)
      // A relay may name any number that nobody can reach.
      waiting.push(...(answer.status?.relays ?? []).slice(0, maxNamedByOne))
    }
    waiting = waiting.filter((peerId) => !seen.has(peerId))
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

async function inspect(pool: RelayPool, peerId: string, signal: AbortSignal): Promise<InspectedRelay> {
  try {
    const said = await (await pool.ensure(peerId, signal)).status(signal)
    const certificate = pool.certificate(peerId)
    // Who it is, it has proved; what it says of itself does not count.
    const status = { ...said, peerId, name: certificate?.name ?? pool.nameOf(peerId) }
    return { name: status.name, peerId, status, ...(certificate ? { expiresAtMs: certificate.expiresAtMs } : {}) }
  } catch (error) {
    return { name: pool.nameOf(peerId), peerId, error: errorText(error) }
  }
}

/**
 * Holds what owners have against what homes hold, and what hosts claim, and gives one sentence per disagreement. Changes
 * under way look like disagreements: compare twice and keep what is in both.
 */
export function findDisagreements(relays: readonly InspectedRelay[]): string[] {
  const found: string[] = []
  const names = new Map(relays.map(({ peerId, name }) => [peerId, name]))
  const nameOf = (peerId: string) => names.get(peerId) ?? peerId
  const states = new Map(relays.flatMap(({ peerId, status }) => (status ? [[peerId, status] as const] : [])))
  const newest = newestOf([...states.values()].map(({ revision }) => revision))
  // None from a relay of an older version.
  const first = [...states.values()].find((each) => each.revision === newest && each.documentDigest.byteLength > 0)
  const forks = new Map<string, string>()
  const views = new Map<string, Map<string, string[]>>()

  for (const { name, error } of relays) if (error !== undefined) found.push(`${name} cannot be asked: ${error}`)
  for (const [owner, status] of states) {
    if (status.revision < newest) {
      found.push(`${status.name} has network document ${status.revision}, others have ${newest}`)
    } else if (status.revision > newest) {
      found.push(`${status.name} has network document ${status.revision}, which nobody else has; others have ${newest}`)
    } else if (first !== undefined && !sameDocument(status, first)) {
      found.push(`${status.name} has another network document ${newest} than ${first.name}`)
    }
    for (const { revision, digest } of status.forks) {
      forks.set(
        toHex(digest),
        `the authority signed network document ${revision} (${toHex(digest).slice(0, 8)}) as well`,
      )
    }
    for (const { peerId, what } of status.liars) {
      found.push(`${status.name} has caught ${nameOf(peerId)} lying and does not believe it any more: ${what}`)
    }
    for (const { name, peerId, claimed, held } of status.claims) {
      found.push(`${name} (${peerId}) claims ${claimed} terminators on ${status.name}, which holds ${held}`)
    }
    for (const { service, shard, homes, owned, ownedDigest } of status.partitions) {
      const partition = partitionKey({ service, shard })
      const view = views.get(partition) ?? new Map<string, string[]>()
      const text = homes.map(nameOf).sort().join(', ')
      view.set(text, [...(view.get(text) ?? []), status.name])
      views.set(partition, view)
      for (const home of homes) {
        if (home === owner) continue
        const state = states.get(home)
        if (state === undefined) {
          if (owned > 0) found.push(`${nameOf(home)} is home to ${partition} for ${status.name}, but cannot be asked`)
          continue
        }
        const copy = copyOf(state, owner, { service, shard })
        const count = copy?.terminators ?? 0
        if (count !== owned)
          found.push(`${state.name} holds ${count} of ${owned} terminators that ${status.name} owns in ${partition}`)
        else if (copy !== undefined && toHex(copy.digest) !== toHex(ownedDigest)) {
          found.push(`${state.name} holds other terminators in ${partition} than ${status.name} owns`)
        }
      }
    }
    found.push(...strayCopies(status, states, nameOf), ...strayRows(status))
  }
  for (const [partition, view] of views) {
    if (view.size < 2) continue
    const each = [...view].map(([homes, by]) => `${homes} (say ${by.join(', ')})`)
    found.push(`the homes of ${partition} are not agreed on: ${each.join('; ')}`)
  }
  for (const text of forks.values()) {
    found.push(`${text}, beside the line that counts: \`chat-p2p network adopt\` where the authority is joins them`)
  }
  return found
}

/** The highest that two have, when there are as many as that; else the highest: one alone may say what it likes. */
function newestOf(revisions: readonly number[]): number {
  const sorted = [...revisions].sort((a, b) => b - a)
  return sorted.find((revision, index) => revision === sorted[index + 1]) ?? sorted[0] ?? 0
}

function sameDocument({ documentDigest }: StatusResponse, other: StatusResponse): boolean {
  return documentDigest.byteLength === 0 || toHex(documentDigest) === toHex(other.documentDigest)
}

function copyOf(status: StatusResponse, owner: string, { service, shard }: { service: string; shard: number }) {
  return status.owners
    .find((each) => each.owner === owner)
    ?.held.find((each) => each.service === service && each.shard === shard)
}

/** Copies that a relay holds of owners who do not count it among the homes, or are not there. */
function strayCopies(
  status: StatusResponse,
  states: ReadonlyMap<string, StatusResponse>,
  nameOf: (peerId: string) => string,
): string[] {
  const found: string[] = []
  for (const { owner, held } of status.owners) {
    const state = states.get(owner)
    let orphans = 0
    for (const { service, shard, terminators, digest } of held) {
      if (terminators === 0) continue
      if (state === undefined) {
        orphans += terminators
        continue
      }
      const part = state.partitions.find((each) => each.service === service && each.shard === shard)
      if (part?.homes.includes(status.peerId)) continue // compared from the owner's side
      // An owner goes on feeding an old home until the new ones are filled: such a copy is a true one.
      const fed = state.feeds.some(({ home }) => home === status.peerId)
      if (fed && part?.owned === terminators && toHex(part.ownedDigest) === toHex(digest)) continue
      found.push(
        `${status.name} holds ${terminators} terminators in ${partitionKey({ service, shard })} of ${state.name}, ` +
          `which owns ${part?.owned ?? 0} and does not count it among the homes`,
      )
    }
    if (orphans > 0)
      found.push(`${status.name} holds ${orphans} terminators of ${nameOf(owner)}, which cannot be asked`)
  }
  return found
}

/** Terminators in a relay's table that are neither its own nor of an owner whose word it holds. */
function strayRows(status: StatusResponse): string[] {
  const found: string[] = []
  for (const { service, shard, terminators, owned } of status.partitions) {
    const copies = status.owners.reduce(
      (sum, { owner }) => sum + (copyOf(status, owner, { service, shard })?.terminators ?? 0),
      0,
    )
    if (terminators === owned + copies) continue
    found.push(
      `${status.name} has ${terminators} terminators in its table of ${partitionKey({ service, shard })}, ` +
        `but owns ${owned} and holds ${copies} of others`,
    )
  }
  return found
}
