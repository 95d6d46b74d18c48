import { existsSync } from 'node:fs'
import { rmdir, unlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import path from 'node:path'
import type { Command } from 'commander'
import { checkIdentityName } from '../core/address.js'
import { errorText, isOverlayError, OverlayError } from '../core/errors.js'
import { maxClockSkewMs } from '../core/limits.js'
import { shownName } from '../core/text.js'
import { issueDelegated, openCertificate, type VerifiedCertificate } from '../identity/certificate.js'
import { fitsPattern } from '../identity/delegation.js'
import {
  type Identity,
  inspectIdentity,
  loadShownIdentity,
  unlockIdentity,
  writeIdentityFile,
} from '../identity/identity-file.js'
import { listIdentities } from '../identity/identity-lookup.js'
import { type OpenInvitation, parseInvitation } from '../identity/invitation.js'
import { type NetworkView, openNetworkDocument } from '../identity/network-document.js'
import { mayBind, mayDial, relayRole } from '../identity/policy.js'
import { openReceipt, sealRedemption } from '../identity/receipt.js'
import { codeOfJoinStatus, joinStatus } from '../wire/join-status.js'
import type { JoinResponse } from '../wire/messages/directory.js'
import { identitiesIn } from './authority.js'
import { readStdin } from './exchange-file.js'
import { newIdentity } from './identity-flags.js'
import { lookAlikeWarning } from './look-alikes.js'
import { programName, shellWord } from './program-name.js'
import { authorityName } from './setup-plan.js'

interface JoinFlags {
  name?: string
  dir: string
}

/** Limits how long joining may take, ms: however slow the network, somebody waits at a terminal. */
const joinMs = 30_000
/** Limits what is read: it is far longer than any line, as what is piped in may be anything. */
const maxInputBytes = 64 * 1024

/** Adds `chat-p2p join`. */
export function addJoinCommand(program: Command): void {
  program
    .command('join')
    .argument('<line>', 'the line that `invite` printed; - reads it from stdin')
    .description('join a network with an invitation: makes a key here, which stays, and gets its certificate')
    .option('--name <name>', 'the name to join as, where the invitation leaves a choice (default: from the host name)')
    .option('--dir <dir>', 'folder that holds identities/', '.')
    .action(runJoin)
}

async function runJoin(line: string, flags: JoinFlags): Promise<void> {
  const invitation = await parseInvitation(line === '-' ? await readStdin('invitation', maxInputBytes) : line)
  const name = chooseName(invitation.delegation.names, flags.name)
  const file = path.join(identitiesIn(flags.dir), `${name}.json`)
  const identity = await keyFor(file, name, invitation)
  // Before anybody is asked: should this end in between, the same key gets the same answer again.
  const made = !existsSync(file)
  const newFolders = [identitiesIn(flags.dir), flags.dir].filter((folder) => !existsSync(folder))
  if (made) await writeIdentityFile(file, identity)
  const { certificate, network } = await redeem(identity, invitation).catch(async (error) => {
    // A key that nobody will ever certify is only in the way.
    if (made && !isOverlayError(error, 'no_relay')) {
      await unlink(file)
      for (const folder of newFolders) await rmdir(folder).catch(() => {}) // somebody else has put something there
    }
    throw error
  })
  await writeIdentityFile(file, { ...identity, certificate, network }, { replace: true })
  process.stdout.write(`${file}\n`)
  // Other names that this machine can know: relays, the authority, and the identities of the folder.
  const others = [
    authorityName,
    ...network.relays.map(({ name }) => name),
    ...(await listIdentities(identitiesIn(flags.dir))),
  ]
  const warning = lookAlikeWarning(
    name,
    others.filter((other) => other !== name),
  )
  if (warning !== undefined) process.stderr.write(`${warning}\n`)
  for (const text of describeJoined(identity, certificate, network, file, flags.dir)) process.stderr.write(`${text}\n`)
}

/** Returns the name of the invitation; where that is a pattern, the name asked for, or the machine's when it fits. */
function chooseName(names: string, asked: string | undefined): string {
  const name = asked === undefined ? suggestName(names) : checkIdentityName(asked)
  if (fitsPattern(names, name)) return name
  throw new OverlayError(
    'bad_argument',
    `The invitation is for ${shownName(names)}, not for ${shownName(name)}; see --name.`,
  )
}

function suggestName(names: string): string {
  if (!names.includes('*')) return names
  const own = hostname().split('.', 1)[0] ?? ''
  return checkIdentityName(fitsPattern(names, own) ? own : names.replace('*', own))
}

/** Returns a new key, or the one of a join that was cut off. */
async function keyFor(file: string, name: string, { delegation }: OpenInvitation): Promise<Identity> {
  const kind = delegation.roles.includes(relayRole) ? 'relay' : 'user'
  if (!existsSync(file)) return newIdentity(name, kind)
  const known = await inspectIdentity(file)
  if (known.certificate === undefined && known.kind === kind) return unlockIdentity(known)
  const question = (await whyOver(file)) ?? 'Is this machine a member?'
  throw new OverlayError('file_exists', `${file} exists already; nothing was changed. ${question}`, { path: file })
}

/** Returns what to do when the certificate in a file was revoked or has ended, as far as the file itself tells; undefined when it holds. */
async function whyOver(file: string): Promise<string | undefined> {
  try {
    await loadShownIdentity(file)
    return undefined
  } catch (error) {
    const ended = isOverlayError(error, 'certificate_expired')
    if (!ended && !isOverlayError(error, 'certificate_revoked')) return undefined
    return `Its certificate ${ended ? 'has ended' : 'was revoked'}: move the file away, and type the same again.`
  }
}

/** Gets the receipt from the first relay that answers, and signs the certificate with the key of the invitation. */
async function redeem(
  identity: Identity,
  { delegation, key, relays, revision }: OpenInvitation,
): Promise<{ certificate: VerifiedCertificate; network: NetworkView }> {
  const { networkId, roles, grants, serial, validityMs } = delegation
  const { name } = identity
  const peerId = identity.peerId.toString()
  const redemption = await sealRedemption(key, { networkId, serial, peerId, name })
  const answer = await askRelays(identity, relays, { delegation: delegation.envelope, redemption })
  if (answer.status !== joinStatus.ok) throw new OverlayError(codeOfJoinStatus(answer.status), answer.reason)
  const network = await openNetworkDocument(answer.document, { networkId })
  if (network.revision < revision) {
    throw new OverlayError('protocol_error', 'The relay has an older network document than the invitation speaks of.')
  }
  const { issuedAtMs } = await openReceipt(answer.receipt)
  const fields = { name, peerId, roles, grants, issuedAtMs, expiresAtMs: issuedAtMs + validityMs }
  const parts = { delegation, receipt: answer.receipt, witness: answer.witness }
  const { envelope } = await issueDelegated(key, fields, parts)
  // As everybody else will see it, but for the clock, which may be wrong here.
  return {
    network,
    certificate: await openCertificate(envelope, { networkId, peerId, nowMs: issuedAtMs, revocations: network }),
  }
}

/** Asks one relay after the other, until one has decided. */
async function askRelays(
  identity: Identity,
  relays: OpenInvitation['relays'],
  request: { delegation: Uint8Array<ArrayBuffer>; redemption: Uint8Array<ArrayBuffer> },
): Promise<JoinResponse> {
  // Only here: it takes longer to load than a line that was cut takes to say so.
  const { askToJoin } = await import('../net/join.js')
  const late = AbortSignal.timeout(joinMs)
  const failures: string[] = []
  for (const relay of relays) {
    try {
      const answer = await askToJoin(identity.privateKey, relay, request, late)
      if (answer.status !== joinStatus.unavailable) return answer
      failures.push(answer.reason)
    } catch (error) {
      failures.push(errorText(error))
    }
  }
  throw new OverlayError(
    'no_relay',
    `No relay of the invitation could be asked: ${failures.join('; ')}. Type the same again when one can; the key is kept.`,
  )
}

function describeJoined(
  { kind }: Identity,
  { name, roles, issuedAtMs, expiresAtMs }: VerifiedCertificate,
  network: NetworkView,
  file: string,
  dir: string,
): string[] {
  const until = new Date(expiresAtMs).toISOString().slice(0, 10)
  const lines = [
    `Joined '${shownName(network.networkName)}' as ${shownName(name)}, ${roles.map((role) => `#${role}`).join(' ')}, until ${until}. ` +
      `The key is in ${file} and stays there.`,
  ]
  const minutes = Math.round((Date.now() - issuedAtMs) / 60_000)
  if (Math.abs(minutes) * 60_000 > maxClockSkewMs) {
    lines.push(
      `The clock of this machine is ${Math.abs(minutes)} minutes ${minutes > 0 ? 'fast' : 'slow'}: set it, or nobody believes its certificate.`,
    )
  }
  const identity = shellWord(path.resolve(dir) === process.cwd() ? name : file)
  const program = programName()
  const subject = { name, roles, grants: [] }
  const commands =
    kind === 'relay'
      ? [`${program} relay -i ${identity} --listen /ip4/0.0.0.0/tcp/4001`]
      : [...network.services.values()].flatMap((service) => {
          if (service.name === 'chat-p2p' && mayDial(service, subject)) return [`${program} -i ${identity}`]
          const host = mayBind(service, subject, name)
            ? [`${program} host ${service.name} --to <host:port> -i ${identity}`]
            : []
          return mayDial(service, subject) ? [...host, `${program} list ${service.name} -i ${identity}`] : host
        })
  return commands.length === 0 ? lines : [...lines, 'Next:', ...commands.map((command) => `  ${command}`)]
}
