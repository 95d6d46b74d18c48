import type { Command } from 'commander'
import { toHex } from '../core/bytes.js'
import { OverlayError } from '../core/errors.js'
import { shownJson, shownName } from '../core/text.js'
import type { InspectedRelay } from '../directory/inspection.js'
import { endsIn, endsSoon } from '../identity/deadline.js'
import type { Member } from '../sdk/member.js'
import { openMember } from './member.js'

interface InspectFlags {
  identity: string
  json?: boolean
  timeout: string
}

/**
 * Says after how long relays are asked again, ms: changes on their way look like disagreements, and only a real one is still there.
 */
const secondLookMs = 3_000

/** Adds `inspect` and `check` to `chat-p2p network`. */
export function addInspectCommands(network: Command): void {
  network
    .command('inspect')
    .description('show what every relay holds: tables, versions, feeds, terminators per service')
    .requiredOption('-i, --identity <identity>', 'any identity of the network: a path, or a name in ./identities')
    .option('--json', 'as JSON')
    .option('--timeout <seconds>', 'give up when relays do not answer', '20')
    .action(runInspect)
  network
    .command('check')
    .description('compare what owners have, homes hold and hosts claim; exit 1 when they disagree')
    .requiredOption('-i, --identity <identity>', 'any identity of the network: a path, or a name in ./identities')
    .option('--json', 'as JSON: an array of sentences')
    .option('--timeout <seconds>', 'give up when relays do not answer', '20')
    .action(runCheck)
}

async function runInspect(flags: InspectFlags): Promise<void> {
  await withRelays(flags, async (inspect) => {
    const relays = await inspect()
    console.log(flags.json ? shownJson(relays.map(relayJson), 2) : describeRelays(relays).join('\n'))
  })
}

async function runCheck(flags: InspectFlags): Promise<void> {
  const { findDisagreements } = await import('../directory/inspection.js')
  await withRelays(flags, async (inspect) => {
    let relays = await inspect()
    let found = findDisagreements(relays)
    if (found.length > 0) {
      await new Promise((resolve) => setTimeout(resolve, secondLookMs))
      relays = await inspect()
      const again = new Set(findDisagreements(relays))
      found = found.filter((text) => again.has(text))
    }
    if (flags.json) console.log(shownJson(found, 2))
    else for (const text of found) console.log(shownName(text))
    if (found.length > 0) {
      const count = found.length === 1 ? '1 disagreement' : `${found.length} disagreements`
      throw new OverlayError('internal', `${count} among ${relays.length} relays.`)
    }
    const terminators = relays.reduce(
      (sum, { status }) => sum + (status?.partitions ?? []).reduce((n, p) => n + p.owned, 0),
      0,
    )
    console.error(`${relays.length} relays agree about ${terminators} terminators.`)
  })
}

async function withRelays(
  flags: InspectFlags,
  use: (inspect: () => Promise<InspectedRelay[]>) => Promise<void>,
): Promise<void> {
  const timeoutMs = Number(flags.timeout) * 1000
  if (!(timeoutMs > 0)) throw new OverlayError('bad_argument', `--timeout takes seconds, not '${flags.timeout}'.`)
  const member: Member = await openMember(flags.identity)
  const { inspectRelays } = await import('../directory/inspection.js')
  const { noRelayError } = await import('../sdk/relay-states.js')
  const { sayingWhoIsTried } = await import('./tried-relays.js')
  try {
    const signal = AbortSignal.timeout(timeoutMs)
    const { pool } = member
    await sayingWhoIsTried(pool.ready(signal), () => pool.relays()).catch((error: unknown) => {
      throw error instanceof OverlayError ? error : noRelayError(pool, timeoutMs)
    })
    await use(() => inspectRelays(member.pool, signal))
  } finally {
    await member.close()
  }
}

/** Returns what `network inspect --json` prints for one relay: its status with digests in hex. */
export function relayJson({ name, peerId, status, error }: InspectedRelay): object {
  if (status === undefined) return { name, peerId, error }
  return {
    ...status,
    documentDigest: toHex(status.documentDigest),
    forks: status.forks.map((fork) => ({ ...fork, digest: toHex(fork.digest) })),
    partitions: status.partitions.map((each) => ({ ...each, ownedDigest: toHex(each.ownedDigest) })),
    owners: status.owners.map((owner) => ({
      ...owner,
      held: owner.held.map((each) => ({ ...each, digest: toHex(each.digest) })),
    })),
  }
}

/** Returns what `network inspect` prints: one text of several lines for each relay, in the order of their names. */
export function describeRelays(relays: readonly InspectedRelay[]): string[] {
  const names = new Map(relays.map(({ peerId, name }) => [peerId, name]))
  return relays.map((relay) => describeRelay(relay, (peerId) => shownName(names.get(peerId) ?? peerId)))
}

function describeRelay(
  { name, peerId, status, expiresAtMs, error }: InspectedRelay,
  nameOf: (peerId: string) => string,
): string {
  const lines = [`${shownName(name)}  ${peerId}`]
  if (status === undefined) return `${lines[0]}\n  cannot be asked: ${shownName(error)}`
  lines.push(
    `  up ${Math.round(status.upMs / 1000)} s, network document ${document(status.revision, status.documentDigest)}, ${status.links} links, ` +
      `${status.relays.length} relays, ${status.terminators} terminators, ${Math.round(status.memoryBytes / 1e6)} MB`,
    `  splices: ${status.splices} joined, ${status.pendingSplices} being set up`,
  )
  const nowMs = Date.now()
  if (expiresAtMs !== undefined && endsSoon({ name, expiresAtMs }, nowMs)) {
    lines.push(`  its certificate ${endsIn(expiresAtMs, nowMs)}: chat-p2p identity renew ${shownName(name)}`)
  }
  for (const { revision, digest } of status.forks) {
    lines.push(
      `  knows network document ${document(revision, digest)} as well, signed beside that: see chat-p2p network adopt`,
    )
  }
  for (const { service, shard, homes, home, settled, instances, terminators, owned } of status.partitions) {
    const role = home ? (settled ? 'home' : 'home, new') : 'not home'
    lines.push(
      `  ${shownName(service)}/${shard}: ${role}, ${instances} instances, ${terminators} terminators, ${owned} bound here; ` +
        `homes: ${homes.map(nameOf).sort().join(', ')}`,
    )
  }
  for (const { home, version, acknowledged, pending } of status.feeds) {
    lines.push(`  feeds ${nameOf(home)}: version ${acknowledged} of ${version}, ${pending} changes waiting`)
  }
  for (const { owner, version, silentMs } of status.owners) {
    lines.push(`  holds ${nameOf(owner)}: version ${version}, heard ${(silentMs / 1000).toFixed(1)} s ago`)
  }
  for (const { name: host, claimed, held } of status.claims) {
    lines.push(`  ${shownName(host)} claims ${claimed} terminators, ${held} stand`)
  }
  return lines.join('\n')
}

/** Returns a revision, and the first digits of the digest of its document; none from a relay of an older version. */
function document(revision: number, digest: Uint8Array): string {
  return digest.byteLength === 0 ? `${revision}` : `${revision} (${toHex(digest).slice(0, 8)})`
}
