import { toHex } from '../core/bytes.js'
import { errorText, isOverlayError, OverlayError } from '../core/errors.js'
import { shownJson, shownName } from '../core/text.js'
import { checkValidity } from '../identity/certificate.js'
import { endsIn } from '../identity/deadline.js'
import { inspectIdentity, type ShownIdentity } from '../identity/identity-file.js'
import { listIdentities } from '../identity/identity-lookup.js'
import { isRevoked } from '../identity/revocation.js'
import { identitiesIn } from './authority.js'

/** What `identity show --json` prints: one of these, or a list of them. It never has a key. */
export interface IdentityView {
  name: string
  kind: string
  peerId: string
  path: string
  /** Whether its key is under a passphrase. */
  locked: boolean
  certificate?: {
    status: 'valid' | 'expired' | 'revoked'
    serial: string
    roles: readonly string[]
    grants: readonly { service: string; instanceId: string }[]
    issuedAtMs: number
    expiresAtMs: number
  }
  network?: { id: string; name: string; revision: number }
  /** Only of an authority. */
  issued?: readonly object[]
}

/** Carries out `identity show`: one identity in full, or all of the folder in a line each. */
export async function showIdentity(
  identity: string | undefined,
  flags: { dir: string; json?: boolean },
): Promise<void> {
  const directory = identitiesIn(flags.dir)
  const nowMs = Date.now()
  if (identity !== undefined) {
    const view = viewIdentity(await inspectIdentity(identity, { directory }), nowMs)
    process.stdout.write(`${flags.json ? shownJson(view, 2) : describeIdentity(view)}\n`)
    return
  }
  const names = await listIdentities(directory)
  if (names.length === 0) {
    throw new OverlayError(
      'file_unreadable',
      `There is no identity in ${directory}; type \`chat-p2p setup\` to make some.`,
    )
  }
  const views: IdentityView[] = []
  let unreadable = 0
  for (const name of names) {
    try {
      views.push(viewIdentity(await inspectIdentity(name, { directory }), nowMs))
    } catch (error) {
      unreadable++
      process.stderr.write(`${shownName(errorText(error))}\n`)
    }
  }
  if (flags.json) process.stdout.write(`${shownJson(views, 2)}\n`)
  else for (const view of views) process.stdout.write(`${describeShortly(view)}\n`)
  if (unreadable > 0) {
    throw new OverlayError(
      'identity_damaged',
      `${unreadable} of ${names.length} identities in ${directory} can't be used.`,
    )
  }
}

/** Returns what may be shown of an identity, as it is at `nowMs`. */
export function viewIdentity(identity: ShownIdentity, nowMs: number): IdentityView {
  const { certificate, network } = identity
  return {
    name: identity.name,
    kind: identity.kind,
    peerId: identity.peerId.toString(),
    path: identity.path ?? '',
    locked: identity.lockedKey !== undefined,
    certificate: certificate && {
      status: statusOf(identity, nowMs),
      serial: toHex(certificate.serial),
      roles: certificate.roles,
      grants: certificate.grants,
      issuedAtMs: certificate.issuedAtMs,
      expiresAtMs: certificate.expiresAtMs,
    },
    network: network && { id: network.networkId, name: network.networkName, revision: network.revision },
    issued: identity.kind === 'authority' ? identity.issued : undefined,
  }
}

function statusOf({ certificate, network }: ShownIdentity, nowMs: number): 'valid' | 'expired' | 'revoked' {
  if (certificate === undefined) return 'expired'
  if (network !== undefined && isRevoked(network, certificate)) return 'revoked'
  try {
    checkValidity(certificate, nowMs)
    return 'valid'
  } catch (error) {
    if (isOverlayError(error, 'certificate_expired')) return 'expired'
    throw error
  }
}

const day = (ms: number) => new Date(ms).toISOString().slice(0, 10)

function describeIdentity(view: IdentityView): string {
  const { certificate, network } = view
  const lines = [`name         ${shownName(view.name)}`, `kind         ${view.kind}`, `peer id      ${view.peerId}`]
  if (certificate !== undefined) {
    const { status, issuedAtMs, expiresAtMs } = certificate
    lines.push(`roles        ${certificate.roles.map(shownName).join(', ')}`)
    if (certificate.grants.length > 0) {
      const grants = certificate.grants.map(({ service, instanceId }) => `${shownName(instanceId)}@${service}`)
      lines.push(`grants       ${grants.join(', ')}`)
    }
    const left = status === 'revoked' ? '' : `, ${endsIn(expiresAtMs, Date.now())}`
    lines.push(`certificate  ${status}, ${day(issuedAtMs)} to ${day(expiresAtMs)}${left}, serial ${certificate.serial}`)
  } else if (view.kind !== 'authority') lines.push('certificate  none yet')
  if (network !== undefined)
    lines.push(`network      ${shownName(network.name)}, revision ${network.revision}, id ${network.id}`)
  if (view.issued !== undefined) lines.push(`issued       ${view.issued.length} certificates (--json lists them)`)
  lines.push(`file         ${view.path}${view.locked ? ', the key in it locked with a passphrase' : ''}`)
  return lines.join('\n')
}

function describeShortly({ name, kind, peerId, certificate, network }: IdentityView): string {
  const status =
    kind === 'authority' ? 'authority' : certificate ? certificate.roles.map((role) => `#${role}`).join(' ') : '-'
  const until =
    kind === 'authority'
      ? ''
      : certificate === undefined
        ? 'no certificate yet'
        : certificate.status === 'valid'
          ? `valid to ${day(certificate.expiresAtMs)}`
          : certificate.status
  return [shownName(name).padEnd(12), kind.padEnd(9), peerId, status, network?.name ?? '-', until].join('  ').trimEnd()
}
