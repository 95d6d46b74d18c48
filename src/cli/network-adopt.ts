import type { Command } from 'commander'
import { OverlayError } from '../core/errors.js'
import { HeldDocuments } from '../identity/held-documents.js'
import { issuedRecord } from '../identity/identity-file.js'
import type { NetworkView } from '../identity/network-document.js'
import { type AuthorityPlace, handOver, publishRevision, withAuthorityAsIs } from './authority.js'
import { describeDelivery, publishedRow } from './delivery.js'

/** Adds `chat-p2p network adopt`. */
export function addAdoptCommand(network: Command): void {
  network
    .command('adopt')
    .description(
      "take over what was given out and the authority's file does not know, as after its return from a backup: " +
        'certificates, services, relays, and every revocation',
    )
    .option('--dir <dir>', 'folder that holds identities/', '.')
    .option('--authority <path>', "the authority's identity file (default: identities/authority.json)")
    .option('--offline', 'ask and tell no relay')
    .option('--json', 'print the revision and who has it as JSON')
    .action(adoptNetwork)
}

async function adoptNetwork(flags: AuthorityPlace & { json?: boolean }): Promise<void> {
  const nowMs = Date.now()
  const lines: string[] = []
  const published = await withAuthorityAsIs(flags, async (authority, { held, documents, certificates }) => {
    const before = authority.network
    if (documents.length === 0 && certificates.length === 0 && held.aside.length === 0) {
      throw new OverlayError(
        'bad_argument',
        `${authority.path} knows all that was given out; there is nothing to adopt.`,
      )
    }
    for (const { what, where } of certificates) {
      authority.issued.push(issuedRecord(what))
      lines.push(`The certificate of ${what.name} (${what.peerId}), found in ${where}.`)
    }
    authority.documents = held
    authority.network = held.view
    if (held.current.digest !== before.digest) lines.push(...changes(before, held.view))
    for (const other of held.aside) lines.push(...leftOut(held.current, other))
    // One line needs no further document; several are one from here on.
    if (held.aside.length > 0) return publishRevision(authority, flags.dir, {}, nowMs)
    authority.documents = new HeldDocuments(held.current)
    return handOver(authority, flags.dir)
  })
  process.stdout.write(`${publishedRow(published, flags.json)}\n`)
  const { revision } = published.network
  process.stderr.write(`The authority goes on from revision ${revision} and has taken over:\n`)
  for (const line of [...lines, ...describeDelivery(revision, published.relays)]) process.stderr.write(`${line}\n`)
}

/** Says what of the line that counts the authority did not know. */
function changes(before: NetworkView, after: NetworkView): string[] {
  const news = (now: Iterable<string>, then: Iterable<string>) => {
    const known = new Set(then)
    return [...now].filter((each) => !known.has(each))
  }
  const relays = ({ relays }: NetworkView) => relays.map(({ name }) => name)
  const lists = [
    ['services', news(after.services.keys(), before.services.keys())],
    ['relays', news(relays(after), relays(before))],
    ['revoked serials', news(after.revokedSerials, before.revokedSerials)],
    ['revoked keys', news(after.revokedPeers.keys(), before.revokedPeers.keys())],
  ] as const
  const lines = [`Revision ${after.revision} in the place of ${before.revision}.`]
  for (const [what, names] of lists) if (names.length > 0) lines.push(`New ${what}: ${names.join(', ')}.`)
  return lines
}

/**
 * Says which services and relays only a losing line has: they may be wanted, or may have been removed on the other one, which a
 * person has to decide.
 */
function leftOut(current: NetworkView, other: NetworkView): string[] {
  const services = [...other.services.keys()].filter((name) => !current.services.has(name))
  const relays = other.relays.filter(({ peerId }) => !current.relays.some((relay) => relay.peerId === peerId))
  const lines = [`The revocations of revision ${other.revision} (${other.digest.slice(0, 8)}), signed beside that.`]
  const only = [
    ...services.map((name) => `service ${name}`),
    ...relays.map(({ name, multiaddrs }) => `relay ${name} at ${multiaddrs.join(' ')}`),
  ]
  if (only.length > 0) lines.push(`Not taken over, as only that one has it: ${only.join(', ')}; see network publish.`)
  return lines
}
