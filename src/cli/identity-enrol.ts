import { existsSync } from 'node:fs'
import path from 'node:path'
import { checkIdentityName } from '../core/address.js'
import { toBase64 } from '../core/bytes.js'
import { OverlayError } from '../core/errors.js'
import { writeFileAtomic } from '../identity/atomic-file.js'
import { openCertificate } from '../identity/certificate.js'
import { inspectIdentity, relayRole, unlockIdentity, writeIdentityFile } from '../identity/identity-file.js'
import { formatIdentity } from '../identity/identity-json.js'
import { readIdentityRecord } from '../identity/identity-lookup.js'
import { openNetworkDocument } from '../identity/network-document.js'
import { openRequest, sealRequest } from '../identity/request.js'
import { type AuthorityPlace, identitiesIn, issue, withAuthority } from './authority.js'
import { exchangeBytes, exchangeLine, isPasted, readExchange, sourceName } from './exchange-file.js'
import { newIdentity, readGrants, rolesFor, validity } from './identity-flags.js'
import { handOver } from './output.js'
import { programName, shellWord } from './program-name.js'
import { userRole } from './setup-network.js'
import { authorityName } from './setup-plan.js'

const requestFormat = 'chat-p2p request 1'
const certificateFormat = 'chat-p2p certificate 1'

/**
 * Carries out `identity request`: it makes a key that stays here, and a request to send. An identity that exists asks for a new
 * certificate.
 */
export async function requestCertificate(
  given: string,
  flags: { dir: string; kind: 'user' | 'relay'; role?: string[]; out?: string },
): Promise<void> {
  const name = checkIdentityName(given)
  const file = path.join(identitiesIn(flags.dir), `${name}.json`)
  const out = flags.out ?? path.join(flags.dir, `${name}.request.json`)
  refuse(out)
  const known = existsSync(file) ? await inspectIdentity(file) : undefined
  if (known?.kind === 'authority') {
    throw new OverlayError('identity_kind', `${name} is an authority; it signs certificates and needs none.`)
  }
  if (name.toLowerCase() === authorityName) {
    throw new OverlayError('bad_argument', `The name '${name}' is the authority's own; ask for another one.`)
  }
  const identity = known === undefined ? await newIdentity(name, flags.kind) : await unlockIdentity(known)
  const roles = flags.role === undefined ? known?.certificate?.roles : flags.role
  const request = await sealRequest(identity.privateKey, { name, roles: rolesFor(identity.kind, roles) })
  if (known === undefined) await writeIdentityFile(file, identity)
  await give(out, {
    format: requestFormat,
    name,
    peerId: identity.peerId.toString(),
    request: toBase64(request),
  })
  const what =
    out === '-' ? { sent: 'this line', typed: '<line>' } : { sent: out, typed: shellWord(path.basename(out)) }
  process.stderr.write(
    `${known === undefined ? `Made a key in ${file}; it stays here.` : `Used the key in ${file}.`} ` +
      `Send ${what.sent} to the authority, who answers with: ${programName()} identity sign ${what.typed}\n`,
  )
}

/** Carries out `identity sign`: the authority's answer to a request. */
export async function signRequest(
  requestFile: string,
  flags: AuthorityPlace & { role?: string[]; grant?: string[]; days: string; out?: string },
): Promise<void> {
  const json = await readExchange(requestFile, requestFormat, 'certificate request', ['request'])
  const request = await openRequest(exchangeBytes(sourceName(requestFile, requestFormat), 'request', json.request))
  const pasted = isPasted(requestFile, requestFormat)
  const out = flags.out ?? (pasted ? '-' : path.join(path.dirname(requestFile), `${request.name}.certificate.json`))
  refuse(out)
  const roles = rolesFor('user', flags.role ?? givenUnasked(request.roles, pasted ? '<line>' : requestFile))
  const certificate = await withAuthority(flags, async (authority) => {
    const issued = await issue(authority, {
      name: request.name,
      peerId: request.peerId,
      roles,
      grants: readGrants(flags.grant),
      ...validity(Date.now(), flags.days),
    })
    await give(out, {
      format: certificateFormat,
      name: issued.name,
      networkId: issued.networkId,
      certificate: toBase64(issued.envelope),
      network: toBase64(authority.network.envelope),
    })
    return issued
  })
  const what =
    out === '-' ? { sent: 'this line', typed: '<line>' } : { sent: out, typed: shellWord(path.basename(out)) }
  process.stderr.write(
    `Signed for ${certificate.name} (${certificate.peerId}), roles ${roles.join(', ')}. ` +
      `Send ${what.sent} back; there: ${programName()} identity install ${what.typed}\n`,
  )
}

/**
 * Returns the roles that are given without a word of the authority's owner: the usual one alone, as anybody may ask. Throws
 * `bad_argument` for others.
 */
function givenUnasked(asked: readonly string[], requestFile: string): readonly string[] {
  if (asked.every((role) => role === userRole)) return asked
  const flags = asked.map((role) => `--role ${role}`).join(' ')
  throw new OverlayError(
    'bad_argument',
    `This request asks for ${asked.join(', ')}: say which roles it gets, for example \`identity sign ${requestFile} ${flags}\`.`,
  )
}

/** Carries out `identity install`: puts the answer into the identity that asked. */
export async function installCertificate(certificateFile: string, flags: { dir: string }): Promise<void> {
  const fields = ['name', 'networkId', 'certificate', 'network'] as const
  const json = await readExchange(certificateFile, certificateFormat, 'certificate file', fields)
  const source = sourceName(certificateFile, certificateFormat)
  const directory = identitiesIn(flags.dir)
  const { record, file } = await readIdentityRecord(`${checkIdentityName(json.name)}`, { directory })
  if (record.networkId !== undefined && record.networkId !== json.networkId) {
    throw new OverlayError(
      'certificate_foreign',
      `${record.name} is a member of network ${record.networkId}; ${source} is from ${json.networkId}.`,
      { path: file },
    )
  }
  const { networkId } = json
  const given = await openNetworkDocument(exchangeBytes(source, 'network', json.network), { networkId })
  const certificate = await openCertificate(exchangeBytes(source, 'certificate', json.certificate), {
    networkId,
    peerId: record.peerId.toString(),
    nowMs: Date.now(),
    revocations: given,
  })
  if (certificate.name !== record.name || (record.kind === 'relay' && !certificate.roles.includes(relayRole))) {
    throw new OverlayError(
      'certificate_invalid',
      `This certificate is for ${certificate.name} with roles ${certificate.roles.join(', ')}, which does not fit the ${record.kind} ${record.name}.`,
      { path: source },
    )
  }
  const own = record.network && (await openNetworkDocument(record.network, { networkId }))
  const network = own !== undefined && own.revision > given.revision ? own : given
  const installed = { ...record, networkId, certificate: certificate.envelope, network: network.envelope }
  await writeFileAtomic(file, formatIdentity(installed), { mode: 0o600, replace: true })
  process.stdout.write(`${file}\n`)
  process.stderr.write(
    `${record.name} is a member of the network '${network.networkName}', roles ${certificate.roles.join(', ')}. ` +
      `Make sure that its id is the one you were told: ${networkId}\n`,
  )
}

/** Writes a file, whose name goes to stdout; or for `-` the line itself. */
async function give(out: string, json: Record<string, string> & { format: string }): Promise<void> {
  if (out === '-') return handOver(`${exchangeLine(json)}\n`, 'Run the command again: it is made anew.')
  await writeExchange(out, json)
  process.stdout.write(`${out}\n`)
}

function refuse(out: string): void {
  if (out !== '-' && existsSync(out)) {
    throw new OverlayError(
      'file_exists',
      `${out} exists already; nothing was changed. Choose another name with --out.`,
      {
        path: out,
      },
    )
  }
}

async function writeExchange(file: string, json: Record<string, string>): Promise<void> {
  await writeFileAtomic(file, `${JSON.stringify(json, null, 2)}\n`, { mode: 0o644 })
}
