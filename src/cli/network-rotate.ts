import { existsSync, renameSync } from 'node:fs'
import path from 'node:path'
import type { Command } from 'commander'
import { OverlayError } from '../core/errors.js'
import { HeldDocuments } from '../identity/held-documents.js'
import { authorityKeyOf, inspectIdentity, issuedRecord, writeIdentityFile } from '../identity/identity-file.js'
import { sealRotation } from '../identity/rotation.js'
import {
  type Authority,
  type AuthorityPlace,
  identitiesIn,
  type Published,
  publishRevision,
  withAuthority,
  withAuthorityAsIs,
} from './authority.js'
import { describeDelivery, publishedRow } from './delivery.js'
import type { Unknown } from './given-out.js'
import { newIdentity } from './identity-flags.js'
import { renewEverybody } from './identity-renew.js'
import { programName, shellWord } from './program-name.js'
import { authorityName } from './setup-plan.js'

interface RotateFlags extends AuthorityPlace {
  prepare?: boolean
  leaked?: boolean
  next?: string
  days?: string
  json?: boolean
}

/** Adds `chat-p2p network rotate-authority`. */
export function addRotateCommand(network: Command): void {
  network
    .command('rotate-authority')
    .description(
      "name the key that is to follow the authority's, and later go on with that one; the network stays the same",
    )
    .option('--prepare', 'make the next key and name it in the network document; once, and long before it is needed')
    .option('--next <file>', 'the file of the next key (default: identities/authority-next.json)')
    .option('--leaked', 'what the keys before signed is void: everybody gets a certificate by the new one')
    .option('--days <n>', 'with --leaked: how long the certificates are valid (default: 365, and up to 36 more)')
    .option('--dir <dir>', 'folder that holds identities/', '.')
    .option('--authority <path>', "the authority's identity file (default: identities/authority.json)")
    .option('--offline', 'ask and tell no relay')
    .option('--json', 'print the new revision and who has it as JSON')
    .action((flags: RotateFlags) => (flags.prepare ? nameNext(flags) : goOn(flags)))
}

const nextFile = ({ dir, next }: RotateFlags) => next ?? path.join(identitiesIn(dir), 'authority-next.json')

const authorityFile = (dir: string) => path.join(identitiesIn(dir), `${authorityName}.json`)

/** Makes the next key and names it. */
async function nameNext(flags: RotateFlags): Promise<void> {
  const file = nextFile(flags)
  if (existsSync(file)) await refuseExisting(file, flags)
  if (flags.leaked) throw new OverlayError('bad_argument', '--leaked is for the change itself, not for --prepare.')
  const next = await newIdentity(authorityName, 'authority')
  const peerId = next.peerId.toString()
  const published = await withAuthority(flags, async (authority) => {
    const { nextAuthority } = authority.network
    if (nextAuthority !== undefined) {
      throw new OverlayError('bad_argument', `The next key is named already, ${nextAuthority}: that is for good.`)
    }
    const nextRotation = await sealRotation(authorityKeyOf(authority), peerId, Date.now())
    const rotations = [...(authority.rotations ?? []), nextRotation]
    const write = () => {
      const { network, issued, invited } = authority
      return writeIdentityFile(file, { ...next, network, issued, invited, rotations }, { replace: true })
    }
    // The key is written before it is named: a name without its key could never be undone.
    await write()
    const published = await publishRevision(authority, flags.dir, { nextRotation }, Date.now())
    await write()
    return published
  })
  say(published, flags, [
    `The key in ${file} is named to follow the authority's (revision ${published.network.revision}); no other one can be named later.`,
    'Move it somewhere else than the authority is, twice: it is what a lost or leaked authority is replaced with.',
    `A passphrase for it: ${programName()} identity passphrase ${shellWord(file)}`,
  ])
}

/** Throws `file_exists`, and says what to do with the file when the authority has already gone on with the key in it. */
async function refuseExisting(file: string, { dir, authority }: RotateFlags): Promise<never> {
  const peerIdIn = (each: string) =>
    inspectIdentity(each).then(
      ({ peerId }) => peerId.toString(),
      () => undefined, // said by identity show
    )
  const peerId = await peerIdIn(file)
  const isPresent = peerId !== undefined && peerId === (await peerIdIn(authority ?? authorityFile(dir)))
  const advice = isPresent
    ? 'the key in it is the authority itself by now. Move it to where the backups of the authority are, and type this again'
    : 'it may be the only copy of a key that is named to follow'
  throw new OverlayError('file_exists', `${file} exists already; nothing was changed: ${advice}.`, { path: file })
}

/** Goes on with the key that was named. */
async function goOn(flags: RotateFlags): Promise<void> {
  const file = nextFile(flags)
  const target = flags.authority ?? authorityFile(flags.dir)
  const before = existsSync(target) ? await inspectIdentity(target) : undefined
  if (before !== undefined && before.kind !== 'authority') {
    throw new OverlayError('identity_kind', `${target} is no authority; see --authority.`, { path: target })
  }
  const lines: string[] = []
  const published = await withAuthorityAsIs(
    { ...flags, authority: file },
    async (authority, unknown) => {
      const { authorities, nextAuthority } = unknown.held.view
      const old = authorities.at(-1)!
      if (before?.network !== undefined && before.network.networkId !== authority.network.networkId) {
        const text = `The key in ${file} is of network ${authority.network.networkId}, and ${target} of ${before.network.networkId}.`
        throw new OverlayError('certificate_foreign', text, { path: file })
      }
      if (nextAuthority !== authority.peerId.toString()) {
        const is =
          old === authority.peerId.toString()
            ? 'is the authority already; for another one: rotate-authority --prepare, with this file moved away'
            : 'was not named to follow'
        throw new OverlayError('bad_argument', `The key in ${file} ${is}; nothing was changed.`, { path: file })
      }
      takeOver(authority, unknown)
      lines.push(`The authority goes on with the key ${authority.peerId}; the network's id stays ${authorities[0]}.`)
      if (before !== undefined) lines.push(`The file of the key before is now ${putAside(target)}: destroy it.`)
      authority.path = target
      const peers = new Map(authority.network.revokedPeers)
      if (flags.leaked) {
        const nowMs = Date.now()
        const { renewed } = await renewEverybody(authority, flags, nowMs)
        authority.issued = renewed.map(issuedRecord)
        authority.invited = []
        // Who has the file of one may have had those before: nobody needs any of them now.
        for (const earlier of authorities) peers.set(earlier, nowMs)
        const before = authorities.length === 1 ? 'the one before' : `the ${authorities.length} before`
        lines.push(
          `${renewed.length} members have a certificate by the new key, here or at the relays; what ${before} signed is void. ` +
            'Invitations that were not used, and renewal keys, are void too.',
        )
      } else {
        const trusted = authorities.filter((each) => !peers.has(each))
        if (trusted.length > 0) {
          lines.push(
            `What ${trusted.join(' and ')} signed counts on, whenever it is signed: once everybody is renewed (identity renew --all), ` +
              '`identity revoke` with that peer id voids it, and invitations that were not used.',
          )
        }
      }
      return publishRevision(authority, flags.dir, { revokedPeers: peers }, Date.now())
    },
    { byNext: true, before },
  )
  say(published, flags, [
    ...lines,
    `${file} was its copy for this day: move it away before the next --prepare, and keep backups of ${target}.`,
  ])
}

/** Takes over what was given out and this file does not know, as `network adopt` does. */
function takeOver(authority: Authority, { held, certificates }: Unknown): void {
  for (const { what } of certificates) authority.issued.push(issuedRecord(what))
  authority.documents = new HeldDocuments(held.current, held.aside)
  authority.network = held.view
}

function putAside(file: string): string {
  const aside = file.replace(/(\.json)?$/, `.until-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}`)
  renameSync(file, aside)
  return aside
}

function say(published: Published, flags: RotateFlags, lines: readonly string[]): void {
  process.stdout.write(`${publishedRow(published, flags.json)}\n`)
  const delivery = flags.offline ? [] : describeDelivery(published.network.revision, published.relays)
  for (const line of [...lines, ...delivery]) process.stderr.write(`${line}\n`)
}
