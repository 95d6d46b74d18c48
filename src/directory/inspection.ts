import { toHex } from '../core/bytes.js'
import { errorText } from '../core/errors.js'
import type { StatusResponse } from '../wire/messages/directory.js'
import { partitionKey } from './partition.js'
import type { RelayPool } from './relay-pool.js'

/** A relay and what it says of itself, or why it could not be asked. */
export type InspectedRelay = { name: string; peerId: string } & (
  | { status: StatusResponse; error?: undefined }
  | { status?: undefined; error: string }
)

const maxAtOnce = 16

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
  while (waiting.length > 0) {
    const next = [...new Set(waiting)].filter((peerId) => !seen.has(peerId)).slice(0, maxAtOnce)
    if (next.length === 0) break
    for (const peerId of next) seen.add(peerId)
    const answers = await Promise.all(next.map((peerId) => inspect(pool, peerId, signal)))
    for (const answer of answers) {
      found.set(answer.peerId, answer)
      waiting.push(...(answer.status?.relays ?? []))
    }
    waiting = waiting.filter((peerId) => !seen.has(peerId))
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

async function inspect(pool: RelayPool, peerId: string, signal: AbortSignal): Promise<InspectedRelay> {
  try {
    const status = await (await pool.ensure(peerId, signal)).status(signal)
    return { name: status.name, peerId, status }
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
  const newest = Math.max(0, ...[...states.values()].map(({ revision }) => revision))
  const views = new Map<string, Map<string, string[]>>()

  for (const { name, error } of relays) if (error !== undefined) found.push(`${name} cannot be asked: ${error}`)
  for (const [owner, status] of states) {
    if (status.revision < newest) {
      found.push(`${status.name} has network document ${status.revision}, others have ${newest}`)
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
        if (home === owner || owned === 0) continue
        const state = states.get(home)
        if (state === undefined) {
          found.push(`${nameOf(home)} is home to ${partition} for ${status.name}, but cannot be asked`)
          continue
        }
        const held = state.owners
          .find((each) => each.owner === owner)
          ?.held.find((each) => each.service === service && each.shard === shard)
        const count = held?.terminators ?? 0
        if (count !== owned)
          found.push(`${state.name} holds ${count} of ${owned} terminators that ${status.name} owns in ${partition}`)
        else if (toHex(held!.digest) !== toHex(ownedDigest)) {
          found.push(`${state.name} holds other terminators in ${partition} than ${status.name} owns`)
        }
      }
    }
    for (const { owner: held, held: parts } of status.owners) {
      if (states.has(held)) continue
      const count = parts.reduce((sum, part) => sum + part.terminators, 0)
      if (count > 0) found.push(`${status.name} holds ${count} terminators of ${nameOf(held)}, which cannot be asked`)
    }
  }
  for (const [partition, view] of views) {
    if (view.size < 2) continue
    const each = [...view].map(([homes, by]) => `${homes} (say ${by.join(', ')})`)
    found.push(`the homes of ${partition} are not agreed on: ${each.join('; ')}`)
  }
  return found
}
