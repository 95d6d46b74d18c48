import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { errorText, OverlayError } from '../core/errors.js'
import { certificateValidityMs } from '../core/limits.js'
import { withoutMark } from '../core/private-file.js'
import { issueCertificate } from '../identity/certificate.js'
import { staggeredEnd } from '../identity/deadline.js'
import { type Identity, identityRecord, issuedRecord, relayRole } from '../identity/identity-file.js'
import { formatIdentity } from '../identity/identity-json.js'
import { lockKey } from '../identity/locked-key.js'
import { issueNetworkDocument } from '../identity/network-document.js'
import type { ServiceDefinition } from '../identity/policy.js'
import { formatService, parseService } from './service-file.js'
import {
  authorityName,
  identityFile,
  type PlannedRelay,
  planSetup,
  type SetupOptions,
  type SetupPlan,
  serviceFile,
} from './setup-plan.js'
import { backupName, type FileSystem, type PlannedFile, writeFilesTogether } from './write-files.js'

export interface SetupNetworkOptions extends SetupOptions {
  /** The folder that gets `identities/` and `setup/`; it is made when it is not there. */
  dir: string
  /** Says that what is there is replaced, with a backup. */
  force?: boolean
  nowMs?: number
  fileSystem?: FileSystem
}

/** Tells what a setup has made. */
export interface SetupResult {
  dir: string
  networkId: string
  networkName: string
  users: string[]
  relays: PlannedRelay[]
  service: ServiceDefinition
  /** Written just now, relative to `dir`. */
  files: string[]
  /** Folder that holds what was replaced. */
  backup?: string
  /** Identity files of this folder that belong to an earlier network, relative to `dir`. */
  leftovers: string[]
}

/** Names the role of everybody who chats; the service that setup writes asks for it. */
export const userRole = 'chat'

/** Returns the plan for a folder as it is now: the service file that is there counts. See {@link planSetup} for the errors. */
export function planSetupIn(dir: string, options: SetupOptions, force = false): SetupPlan {
  return planSetup(options, readServiceFile(path.join(dir, serviceFile)), force)
}

/**
 * Makes a whole network: an authority, users, relays and the service, all or nothing. Throws `bad_argument`, `bad_name`,
 * `file_exists` or `file_unreadable`, each with nothing changed.
 */
export async function setupNetwork(options: SetupNetworkOptions): Promise<SetupResult> {
  const plan = planSetupIn(options.dir, options, options.force)
  const nowMs = options.nowMs ?? Date.now()
  const { identities, networkId } = await makeIdentities(plan, nowMs)
  const files: PlannedFile[] = identities.map((identity) => ({
    file: identityFile(identity.name),
    content: formatIdentity(identityRecord(identity)),
    mode: 0o600,
  }))
  if (plan.writesService) files.push({ file: serviceFile, content: formatService(plan.service), mode: 0o644 })
  const backup = writeFilesTogether(options.dir, files, {
    backup: options.force ? path.join(options.dir, 'identities', backupName(nowMs)) : undefined,
    // What nodes remembered of the network that is replaced.
    alsoMoved: ['identities/.state'],
    fileSystem: options.fileSystem,
  })
  return {
    dir: options.dir,
    networkId,
    networkName: plan.networkName,
    users: plan.users,
    relays: plan.relays,
    service: plan.service,
    files: plan.files,
    backup,
    leftovers: leftovers(options.dir, plan),
  }
}

async function makeIdentities(plan: SetupPlan, nowMs: number): Promise<{ identities: Identity[]; networkId: string }> {
  const newIdentity = async (name: string, kind: Identity['kind']): Promise<Identity> => {
    const privateKey = await generateKeyPair('Ed25519')
    return { name, kind, privateKey, peerId: peerIdFromPrivateKey(privateKey) }
  }
  const authority = await newIdentity(authorityName, 'authority')
  const members = await Promise.all([
    ...plan.users.map((name) => newIdentity(name, 'user')),
    ...plan.relays.map(({ name }) => newIdentity(name, 'relay')),
  ])
  const peerIds = new Map(members.map(({ name, peerId }) => [name, peerId.toString()]))
  const network = await issueNetworkDocument(authority.privateKey, {
    networkName: plan.networkName,
    revision: 1,
    issuedAtMs: nowMs,
    relays: plan.relays.map(({ name, multiaddr }) => ({ name, peerId: peerIds.get(name)!, multiaddrs: [multiaddr] })),
    services: [plan.service],
  })
  const dates = { issuedAtMs: nowMs, expiresAtMs: nowMs + certificateValidityMs }
  for (const [index, member] of members.entries()) {
    member.network = network
    member.certificate = await issueCertificate(authority.privateKey, {
      name: member.name,
      peerId: member.peerId.toString(),
      roles: [member.kind === 'relay' ? relayRole : userRole],
      issuedAtMs: nowMs,
      expiresAtMs: staggeredEnd(dates, index, members.length),
    })
  }
  if (plan.passphrase !== undefined) {
    authority.lockedKey = await lockKey(authority.privateKey, plan.passphrase, authority)
  }
  authority.network = network
  authority.issued = members.map(({ certificate }) => issuedRecord(certificate!))
  return { identities: [...members, authority], networkId: network.networkId }
}

/** Returns the service file's content, or undefined when there is none. Throws `file_unreadable` or `bad_argument`, naming it. */
export function readServiceFile(file: string): ServiceDefinition | undefined {
  let text: string
  try {
    text = withoutMark(readFileSync(file, 'utf8'))
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new OverlayError('file_unreadable', `Could not read ${file}: ${errorText(cause)}`, { path: file, cause })
  }
  return parseService(text, file)
}

function leftovers(dir: string, plan: SetupPlan): string[] {
  const own = new Set(plan.files)
  return readdirSync(path.join(dir, 'identities'))
    .filter((entry) => entry.endsWith('.json') && !entry.startsWith('.'))
    .map((entry) => `identities/${entry}`)
    .filter((file) => !own.has(file))
    .sort()
}
