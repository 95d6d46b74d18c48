import { existsSync } from 'node:fs'
import path from 'node:path'
import { type Command, Option } from 'commander'
import { checkIdentityName, checkNetworkName } from '../core/address.js'
import { OverlayError } from '../core/errors.js'
import { writeIdentityFile } from '../identity/identity-file.js'
import { type IdentityKind, identityKinds } from '../identity/identity-json.js'
import { issueNetworkDocument } from '../identity/network-document.js'
import { forget, identitiesIn, issue, withAuthority } from './authority.js'
import { collect } from './flag-values.js'
import { installCertificate, requestCertificate, signRequest } from './identity-enrol.js'
import { newIdentity, readGrants, rolesFor, validity } from './identity-flags.js'
import { changePassphrase } from './identity-passphrase.js'
import { renewIdentities } from './identity-renew.js'
import { makeRenewalKey } from './identity-renewal-key.js'
import { revokeIdentities } from './identity-revoke.js'
import { showIdentity } from './identity-show.js'
import { programName, shellWord } from './program-name.js'
import { setupDefaults } from './setup-plan.js'

interface CreateFlags {
  dir: string
  kind: IdentityKind
  role?: string[]
  grant?: string[]
  days: string
  networkName?: string
  authority?: string
  offline?: boolean
}

/** Adds `chat-p2p identity create|request|sign|install|show|passphrase|renew|renewal-key|revoke`. */
export function addIdentityCommand(program: Command): void {
  const identity = program.command('identity')
  const dir = () => new Option('--dir <dir>', 'folder that holds identities/').default('.')
  const authority = () =>
    new Option('--authority <path>', "the authority's identity file (default: identities/authority.json)")
  const offline = () => new Option('--offline', 'ask and tell no relay')
  const role = () => new Option('--role <role>', 'a role for the certificate (repeatable)').argParser(collect)
  const grant = () =>
    new Option('--grant <instance@service>', 'an instance id it may bind besides its name (repeatable)').argParser(
      collect,
    )
  const days = () => new Option('--days <n>', 'how long the certificate is valid').default('365')
  const kind = (kinds: readonly string[]) => new Option('--kind <kind>', 'what it is').choices(kinds).default('user')

  identity
    .command('create')
    .argument('<name>', 'its name')
    .description('make an identity, signed by the authority of this folder; or, with --kind authority, a new network')
    .addOption(kind(identityKinds))
    .addOption(role())
    .addOption(grant())
    .addOption(days())
    .option('--network-name <name>', 'with --kind authority: name of the new network')
    .addOption(dir())
    .addOption(authority())
    .addOption(offline())
    .action((name: string, flags: CreateFlags) => createIdentity(name, flags))
  identity
    .command('request')
    .argument('<name>', 'the name to ask for')
    .description('make a key here and a request to send to the authority; the key stays')
    .addOption(kind(['user', 'relay']))
    .addOption(role())
    .option('--out <file>', 'where to write the request (default: <name>.request.json); - prints it as one line')
    .addOption(dir())
    .action(requestCertificate)
  identity
    .command('sign')
    .argument('<request>', 'a request file, the line of one, or - for stdin')
    .description('answer a request with a certificate to send back (needs the authority)')
    .addOption(role())
    .addOption(grant())
    .addOption(days())
    .option(
      '--out <file>',
      'where to write the answer (default: <name>.certificate.json beside the request, a line for a line); - prints it as one line',
    )
    .addOption(dir())
    .addOption(authority())
    .addOption(offline())
    .action(signRequest)
  identity
    .command('install')
    .argument('<certificate>', 'the file that came back, the line of one, or - for stdin')
    .description('put a certificate into the identity that asked for it')
    .addOption(dir())
    .action(installCertificate)
  identity
    .command('show')
    .argument('[identity]', 'a path, or a name in identities/; all of them when left out')
    .description('show who an identity is; never its key')
    .option('--json', 'as JSON')
    .addOption(dir())
    .action(showIdentity)
  identity
    .command('passphrase')
    .argument('<identity>', 'a path, or a name in identities/')
    .description('lock the key in an identity file with a passphrase, change that, or take it away')
    .option('--remove', 'write the key open again')
    .option('--new-passphrase-fd <n>', 'read the new passphrase from this file descriptor')
    .addOption(dir())
    .action(changePassphrase)
  identity
    .command('renew')
    .argument('[name...]', 'whose certificates get a newer one')
    .description('sign newer certificates; those of other machines reach them over the relays (needs the authority)')
    .option('--all', 'everybody who has a valid certificate; with --renewal-key, of this folder who is due')
    .option('--renewal-key <file>', "sign with this key in the authority's place, for identities of this folder")
    .addOption(new Option('--role <role>', 'other roles than before (repeatable)').argParser(collect))
    .option('--days <n>', 'how long the certificate is valid (default: 365, and with --all up to 36 more)')
    .addOption(dir())
    .addOption(authority())
    .addOption(offline())
    .option('--json', 'print who got a certificate until when as JSON')
    .action(renewIdentities)
  identity
    .command('renewal-key')
    .argument('[file]', 'where to write the key', 'renewal-key.json')
    .description(
      'make a key that renews certificates for a relay or a cron job, and nothing else (needs the authority)',
    )
    .option('--names <pattern>', 'for whom: a name, or a pattern', '*')
    .option('--expires <time>', 'how long the key may sign, for example 365d', '365d')
    .option('--days <n>', 'how long a certificate by it is valid, at most 366', '365')
    .option('--list', 'show the renewal keys that are still good')
    .option('--json', 'with --list: as JSON')
    .addOption(dir())
    .addOption(authority())
    .addOption(offline())
    .action(makeRenewalKey)
  identity
    .command('revoke')
    .argument(
      '<who...>',
      'whose certificates are void from now on: a name, a peer id, or the serial of one certificate',
    )
    .description('take certificates back, in a new revision of the network document (needs the authority)')
    .addOption(dir())
    .addOption(authority())
    .addOption(offline())
    .option('--json', 'print the new revision and who has it as JSON')
    .action(revokeIdentities)
}

async function createIdentity(given: string, flags: CreateFlags): Promise<void> {
  const name = checkIdentityName(given)
  const file = path.join(identitiesIn(flags.dir), `${name}.json`)
  // Asked before anything is signed; writing it refuses again.
  if (existsSync(file)) {
    const roles = flags.role?.map((role) => ` --role ${shellWord(role)}`).join('')
    const advice = roles && ` Its roles are changed with: ${programName()} identity renew ${shellWord(name)}${roles}`
    throw new OverlayError('file_exists', `${file} exists already; nothing was changed.${advice ?? ''}`, { path: file })
  }
  if (flags.kind === 'authority') await createAuthority(name, file, flags)
  else await createMember(name, file, flags)
  process.stdout.write(`${file}\n`)
}

async function createAuthority(name: string, file: string, flags: CreateFlags): Promise<void> {
  for (const flag of ['role', 'grant', 'authority'] as const) {
    if (flags[flag] !== undefined) {
      throw new OverlayError('bad_argument', `--${flag} is for users and relays: the authority has no certificate.`)
    }
  }
  const networkName = checkNetworkName(flags.networkName ?? setupDefaults.networkName)
  const identity = await newIdentity(name, 'authority')
  identity.network = await issueNetworkDocument(identity.privateKey, {
    networkName,
    revision: 1,
    relays: [],
    services: [],
  })
  identity.issued = []
  await writeIdentityFile(file, identity)
  process.stderr.write(`Made the network '${networkName}', id ${identity.peerId}. Keep this file offline.\n`)
}

async function createMember(name: string, file: string, flags: CreateFlags): Promise<void> {
  if (flags.networkName !== undefined) {
    throw new OverlayError('bad_argument', '--network-name goes with --kind authority only.')
  }
  const identity = await newIdentity(name, flags.kind)
  const nowMs = Date.now()
  await withAuthority(flags, async (authority) => {
    const certificate = await issue(authority, {
      name,
      peerId: identity.peerId.toString(),
      roles: rolesFor(flags.kind, flags.role),
      grants: readGrants(flags.grant),
      ...validity(nowMs, flags.days),
    })
    try {
      await writeIdentityFile(file, { ...identity, certificate, network: authority.network })
    } catch (error) {
      await forget(authority, certificate)
      throw error
    }
  })
  process.stderr.write(`Made the ${flags.kind} ${name} (${identity.peerId}).\n`)
  if (flags.kind === 'relay') {
    process.stderr.write(
      `Next, tell the network where it is: ${programName()} network publish --relay ${name}=/ip4/<address>/tcp/<port>\n`,
    )
  }
}
