import { randomBytes } from 'node:crypto'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { type Command, Option } from 'commander'
import { toHex } from '../core/bytes.js'
import { OverlayError } from '../core/errors.js'
import { isLoopbackAddress } from '../core/loopback.js'
import { normalName, shownName } from '../core/text.js'
import { checkPattern, issueDelegation, maxUses } from '../identity/delegation.js'
import { authorityKeyOf, writeIdentityFile } from '../identity/identity-file.js'
import type { IssuedInvitation } from '../identity/identity-json.js'
import { formatInvitation } from '../identity/invitation.js'
import { relayRole } from '../identity/policy.js'
import { type Authority, type AuthorityPlace, isLive, publishRevision, withAuthority } from './authority.js'
import { describeDelivery, publishedRow } from './delivery.js'
import { collect, readDuration, toNumber } from './flag-values.js'
import { readGrants, rolesFor, validity } from './identity-flags.js'
import { isGood, listInvitations } from './invite-list.js'
import { lookAlikeWarning } from './look-alikes.js'
import { handOver } from './output.js'
import { programName } from './program-name.js'

interface InviteFlags extends AuthorityPlace {
  role?: string[]
  grant?: string[]
  expires: string
  uses: string
  days: string
  list?: boolean
  json?: boolean
}

const printRow = (text: string): void => void process.stdout.write(`${text}\n`)

/** Adds `chat-p2p invite` with `invite revoke`. */
export function addInviteCommand(program: Command): void {
  const dir = () => new Option('--dir <dir>', 'folder that holds identities/').default('.')
  const authority = () =>
    new Option('--authority <path>', "the authority's identity file (default: identities/authority.json)")
  const offline = () => new Option('--offline', 'ask and tell no relay')
  const invite = program
    .command('invite')
    .argument('[name]', "who joins, or a pattern for many, such as 'server*'")
    .description('print one line with which somebody joins the network (needs the authority)')
    .option('--role <role>', 'a role for the certificate (repeatable; default: chat)', collect)
    .option('--grant <instance@service>', 'an instance id it may bind besides its name (repeatable)', collect)
    .option('--expires <time>', 'how long the line is good, for example 12h or 7d', '7d')
    .option('--uses <n>', 'how many may join with it', '1')
    .option('--days <n>', 'how long the certificate is valid', '365')
    .option('--list', 'show the invitations that were given out and are not over, and who used them')
    .option('--json', 'with --list: as JSON')
    .addOption(dir())
    .addOption(authority())
    .addOption(offline())
    .action((name: string | undefined, flags: InviteFlags) =>
      flags.list ? listInvitations(flags) : inviteOne(name, flags),
    )
  invite
    .command('revoke')
    .argument('<which...>', 'the serial of an invitation, or the name it is for')
    .description('take invitations back, and every certificate that somebody got with them')
    .addOption(dir())
    .addOption(authority())
    .addOption(offline())
    .option('--json', 'print the new revision and who has it as JSON')
    .action(revokeInvitations)
}

async function inviteOne(name: string | undefined, flags: InviteFlags): Promise<void> {
  if (name === undefined) throw new OverlayError('bad_argument', 'invite takes a name: see invite --help.')
  const names = checkPattern(name)
  const roles = rolesFor(flags.role?.includes(relayRole) ? 'relay' : 'user', flags.role)
  const uses = toNumber(flags.uses)
  if (!(uses >= 1 && uses <= maxUses)) {
    throw new OverlayError('bad_argument', `--uses takes a whole number from 1 to ${maxUses}, not '${flags.uses}'.`)
  }
  if (uses > 1 && !names.includes('*')) {
    throw new OverlayError('bad_argument', `A name is given once: for ${uses} uses say a pattern, such as '${names}*'.`)
  }
  const nowMs = Date.now()
  const seed = new Uint8Array(randomBytes(32))
  const peerId = peerIdFromPrivateKey(await generateKeyPairFromSeed('Ed25519', seed)).toString()
  const { line, serial, isLocal } = await withAuthority(flags, async (authority) => {
    refuseTaken(authority, names, nowMs)
    warnOfLookAlike(authority, names, nowMs)
    warnOfSecond(authority, names, nowMs)
    if (authority.network.relays.length === 0) {
      throw new OverlayError(
        'bad_argument',
        'The network has no relay yet, and who is invited joins at one: publish one first.',
      )
    }
    const { issuedAtMs, expiresAtMs } = validity(nowMs, flags.days)
    const delegation = await issueDelegation(authorityKeyOf(authority), {
      peerId,
      purpose: 'invite',
      names,
      roles,
      grants: readGrants(flags.grant),
      uses,
      issuedAtMs: nowMs,
      expiresAtMs: nowMs + readDuration('--expires', flags.expires),
      validityMs: expiresAtMs - issuedAtMs,
    })
    authority.invited.push({
      serial: toHex(delegation.serial),
      names,
      roles,
      uses,
      issuedAtMs: nowMs,
      expiresAtMs: delegation.expiresAtMs,
    })
    await writeIdentityFile(authority.path, authority, { replace: true })
    const isLocal = authority.network.relays.flatMap(({ multiaddrs }) => multiaddrs).every(isLoopbackAddress)
    return { line: formatInvitation(delegation, seed, authority.network), serial: toHex(delegation.serial), isLocal }
  })
  await handOver(`${line}\n`, `Nobody has it: take it back with \`invite revoke ${serial}\`, and invite again.`)
  const many = uses === 1 ? 'once' : `${uses} times`
  process.stderr.write(
    `Whoever has this line can join ${many} as ${shownName(names)} with ${roles.map((role) => `#${role}`).join(' ')}, ` +
      `for ${flags.expires} from now: send it as you would a password. There: ${programName()} join <line>\n`,
  )
  if (isLocal) {
    process.stderr.write(
      'It is good on this machine only, as all relays have addresses of it: `network publish --relay` gives them others.\n',
    )
  }
}

function refuseTaken(authority: Authority, names: string, nowMs: number): void {
  const same = names.toLowerCase()
  const taken = authority.issued.find((one) => one.name.toLowerCase() === same && isLive(one, authority, nowMs))
  if (taken === undefined && same !== authority.name.toLowerCase()) return
  const whom = taken === undefined ? "is the authority's own" : `belongs to ${taken.peerId}`
  throw new OverlayError(
    'bad_argument',
    `The name '${names}' ${whom}: choose another one, or \`identity revoke\` it first.`,
  )
}

/**
 * Warns when a name looks like another one. Of a pattern nothing can be said before somebody joins; then it is said where the
 * authority hears of it.
 */
function warnOfLookAlike(authority: Authority, name: string, nowMs: number): void {
  const living = authority.issued.filter((one) => isLive(one, authority, nowMs)).map((one) => one.name)
  const warning = lookAlikeWarning(name, [authority.name, ...living])
  if (warning !== undefined) process.stderr.write(`${warning}\n`)
}

/** Warns when another line for the same name is out: whoever comes second fails to join, or two live under one name. */
function warnOfSecond({ invited, network }: Authority, names: string, nowMs: number): void {
  const same = names.toLowerCase()
  const other = invited.find(
    (one) => isGood(one, network.revokedSerials, nowMs) && one.names.toLowerCase() === same && !same.includes('*'),
  )
  if (other === undefined) return
  process.stderr.write(
    `Warning: another line for ${shownName(other.names)} was given out (${other.serial}): if somebody joins or has joined with it, ` +
      `there are two of one name, or this line fails. \`invite revoke ${other.serial}\` takes it back, and who joined with it.\n`,
  )
}

async function revokeInvitations(which: string[], flags: AuthorityPlace & { json?: boolean }): Promise<void> {
  const nowMs = Date.now()
  const published = await withAuthority(flags, async (authority) => {
    const serials = new Set(authority.network.revokedSerials)
    for (const each of which.map(normalName)) {
      const found = authority.invited.filter(
        (one) => one.purpose === undefined && isMeant(one, each) && !serials.has(one.serial),
      )
      if (found.length === 0) {
        throw new OverlayError(
          'bad_argument',
          `There is no invitation '${each}'; nothing was changed. See invite --list.`,
        )
      }
      for (const { serial } of found) serials.add(serial)
    }
    return publishRevision(authority, flags.dir, { revokedSerials: serials }, nowMs)
  })
  printRow(publishedRow(published, flags.json))
  process.stderr.write('Nobody can join with it any more, and who did is out.\n')
  for (const line of describeDelivery(published.network.revision, published.relays)) process.stderr.write(`${line}\n`)
}

const isMeant = ({ serial, names }: IssuedInvitation, text: string) => serial === text.toLowerCase() || names === text
