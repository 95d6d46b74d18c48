import type { Command } from 'commander'
import { errorText, OverlayError } from '../core/errors.js'
import { type Identity, inspectIdentity, loadIdentity } from '../identity/identity-file.js'
import { listIdentities, readIdentityRecord } from '../identity/identity-lookup.js'
import type { NetworkView } from '../identity/network-document.js'
import { identitiesIn } from './authority.js'
import { describeDelivery, publishedRow } from './delivery.js'
import { errandIdentity, startErrand } from './errand.js'
import { keptRenewals } from './identity-renew.js'
import { authorityName } from './setup-plan.js'

interface PushFlags {
  identity?: string
  dir: string
  authority?: string
  json?: boolean
}

/** Adds `chat-p2p network push`. */
export function addPushCommand(network: Command): void {
  network
    .command('push')
    .description(
      'hand the newest network document and certificates of this folder to the relays; exit 1 when none is reached',
    )
    .option('-i, --identity <identity>', 'who goes there: a user (default: the authority, else the first user)')
    .option('--dir <dir>', 'folder that holds identities/', '.')
    .option('--authority <path>', "the authority's identity file (default: identities/authority.json)")
    .option('--json', 'print the revision and who has it as JSON')
    .action(pushNetwork)
}

async function pushNetwork(flags: PushFlags): Promise<void> {
  const identity = await findMessenger(flags)
  const errand = await startErrand(identity)
  try {
    // Theirs may be the newer one; then that is what is to be said.
    const newest = errand.found.documents[0]?.what ?? identity.documents?.current ?? identity.network
    const relays = await errand.deliver(newest)
    const waiting = await keptRenewals(identitiesIn(flags.dir))
    if (waiting.length > 0) await errand.renew(waiting)
    process.stdout.write(`${publishedRow({ network: newest, names: [], relays }, flags.json)}\n`)
    for (const line of describeDelivery(newest.revision, relays)) process.stderr.write(`${line}\n`)
    if (!relays.some(({ has }) => has)) {
      throw new OverlayError('no_relay', `No relay has revision ${newest.revision}; nothing was handed over.`)
    }
  } finally {
    await errand.close()
  }
}

/** Returns the identity that goes to the relays, with the newest document of the folder. */
async function findMessenger(flags: PushFlags): Promise<Identity & { network: NetworkView }> {
  const directory = identitiesIn(flags.dir)
  const messenger = await firstMessenger(flags, directory)
  const own = messenger.documents
  if (own === undefined) throw new OverlayError('identity_damaged', `${messenger.name} knows no network yet.`)
  let held = own
  for (const name of await listIdentities(directory)) {
    const { documents } = await inspectIdentity(name, { directory }).catch(() => ({ documents: undefined }))
    if (documents?.current.networkId !== own.current.networkId) continue
    for (const document of [documents.current, ...documents.aside]) held = held.join(document).held
  }
  const identity = { ...messenger, documents: held, network: held.view }
  return identity.kind === 'authority'
    ? { ...(await errandIdentity(identity, Date.now())), network: held.view }
    : identity
}

async function firstMessenger(flags: PushFlags, directory: string): Promise<Identity> {
  if (flags.identity !== undefined) return loadIdentity(flags.identity, { directory, expectKind: 'user' })
  const reasons: string[] = []
  const names = [
    flags.authority ?? authorityName,
    ...(await listIdentities(directory)).filter((name) => name !== authorityName),
  ]
  // Nobody is asked for a passphrase while somebody else can go.
  const locked = new Set<string>()
  for (const name of names) {
    const { record } = await readIdentityRecord(name, { directory }).catch(() => ({ record: undefined })) // said below
    if (record?.lockedKey !== undefined) locked.add(name)
  }
  for (const name of [...names.filter((each) => !locked.has(each)), ...locked]) {
    try {
      const found = await loadIdentity(name, { directory })
      // A relay's own key is in use where the relay runs.
      if (found.kind !== 'relay') return found
    } catch (error) {
      reasons.push(errorText(error))
    }
  }
  throw new OverlayError(
    'file_unreadable',
    `Nobody in ${directory} can go to the relays: ${reasons[0] ?? 'no identity'}`,
  )
}
