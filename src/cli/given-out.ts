import { toHex } from '../core/bytes.js'
import { OverlayError } from '../core/errors.js'
import { maxClockSkewMs } from '../core/limits.js'
import { readCertificate, type VerifiedCertificate } from '../identity/certificate.js'
import { HeldDocuments } from '../identity/held-documents.js'
import { authorityRole, type Identity, inspectIdentity } from '../identity/identity-file.js'
import type { IssuedCertificate } from '../identity/identity-json.js'
import { listIdentities } from '../identity/identity-lookup.js'
import type { NetworkView } from '../identity/network-document.js'
import { isRevoked } from '../identity/revocation.js'

/** Holds something an authority signed, and says who has it. */
export interface Found<T> {
  what: T
  /** Says where it was found, for people: a file, or a relay's name. */
  where: string
}

/** Holds what an authority signed and others have: it may be more than the authority's own file knows. */
export interface GivenOut {
  documents: Found<NetworkView>[]
  certificates: Found<VerifiedCertificate>[]
}

/** Returns what lies in a folder of identities: their documents, those kept beside them, and their certificates. */
export async function givenOutIn(directory: string, networkId: string): Promise<GivenOut> {
  const documents: Found<NetworkView>[] = []
  const certificates: Found<VerifiedCertificate>[] = []
  for (const name of await listIdentities(directory)) {
    // Identities that can't be read are told of when something is handed to them.
    const identity = await inspectIdentity(name, { directory }).catch(() => undefined)
    if (identity?.network?.networkId !== networkId) continue
    const where = identity.path ?? name
    const { current, aside } = heldBy(identity.network, identity)
    documents.push(...[current, ...aside].map((what) => ({ what, where })))
    if (identity.certificate !== undefined) certificates.push({ what: identity.certificate, where })
  }
  return { documents, certificates }
}

/** Returns the documents an identity goes by. */
export function heldBy(network: NetworkView, identity: Pick<Identity, 'documents'>): HeldDocuments {
  return identity.documents ?? new HeldDocuments(network)
}

/** Reads certificates as relays hand them out, without those that are damaged or another network's. */
export async function readMembers(
  envelopes: readonly Uint8Array[],
  networkId: string,
  where: string,
): Promise<Found<VerifiedCertificate>[]> {
  const found: Found<VerifiedCertificate>[] = []
  for (const envelope of envelopes) {
    const what = await readCertificate(envelope, networkId).catch(() => undefined)
    if (what !== undefined && !what.roles.includes(authorityRole)) found.push({ what, where })
  }
  return found
}

/** Holds what was given out and the authority's file does not know. */
export interface Unknown {
  /** All documents there are, joined into one. */
  held: HeldDocuments
  documents: Found<NetworkView>[]
  /** Certificates that people or machines could still show. */
  certificates: Found<VerifiedCertificate>[]
}

/** Compares what was given out with what the authority's file knows. */
export function unknownOf(
  own: HeldDocuments,
  issued: readonly IssuedCertificate[],
  { documents, certificates }: GivenOut,
  nowMs: number,
): Unknown {
  let held = own
  const news: Found<NetworkView>[] = []
  for (const found of documents) {
    const joined = held.join(found.what)
    held = joined.held
    if (joined.news === 'newer' || joined.news === 'aside') news.push(found)
  }
  const serials = new Set(issued.map(({ serial }) => serial))
  const unknown = new Map<string, Found<VerifiedCertificate>>()
  for (const found of certificates) {
    const serial = toHex(found.what.serial)
    const over = found.what.expiresAtMs + maxClockSkewMs < nowMs || isRevoked(held.view, found.what)
    if (!serials.has(serial) && !over) unknown.set(serial, found)
  }
  return { held, documents: news, certificates: [...unknown.values()] }
}

/** Throws `authority_outdated` when signing now would repeat or contradict what was given out, or could give a name twice. */
export function refuseOutdated(own: HeldDocuments, { held, documents, certificates }: Unknown, file: string): void {
  const [document] = documents
  const [certificate] = certificates
  const reasons: string[] = []
  if (document !== undefined) {
    const { revision } = document.what
    const what = revision > own.current.revision ? `revision ${revision}` : `another revision ${revision}`
    reasons.push(`${document.where} has ${what}, and this file ends at ${own.current.revision}`)
  } else if (held.forks.length > 0) {
    reasons.push(`revision ${held.forks[0]!.revision} was signed beside the line that counts`)
  }
  if (certificate !== undefined) {
    const others = certificates.length > 1 ? ` and ${certificates.length - 1} more` : ''
    reasons.push(`it does not know the certificate of ${certificate.what.name} (in ${certificate.where})${others}`)
  }
  if (reasons.length === 0) return
  throw new OverlayError(
    'authority_outdated',
    `${file} knows less than what was given out: ${reasons.join('; ')}. Was it restored from a backup? Nothing was signed; ` +
      'type `chat-p2p network adopt` to take over what was given out.',
    { path: file },
  )
}
