import path from 'node:path'
import { multiaddr } from '@multiformats/multiaddr'
import { type Command, Option } from 'commander'
import { OverlayError } from '../core/errors.js'
import { normalName, shownJson, shownName } from '../core/text.js'
import { newestFirst } from '../identity/held-documents.js'
import { inspectIdentity, relayRole } from '../identity/identity-file.js'
import { listIdentities } from '../identity/identity-lookup.js'
import type { NetworkView, RelayAddress } from '../identity/network-document.js'
import { type ServiceDefinition, strategies } from '../identity/policy.js'
import { dialable } from '../net/dialable.js'
import { type Authority, identitiesIn, isLive, publishRevision, withAuthority } from './authority.js'
import { describeDelivery, publishedRow } from './delivery.js'
import { collect } from './flag-values.js'
import { unresolvedNames } from './host-names.js'
import { addInspectCommands } from './inspect.js'
import { addAdoptCommand } from './network-adopt.js'
import { addPushCommand } from './network-push.js'
import { addRotateCommand } from './network-rotate.js'
import { describeEndings } from './own-certificate.js'
import { programName } from './program-name.js'
import { missingMembers, readServiceFlags, type ServiceFlags } from './service-flags.js'
import { readServiceFile } from './setup-network.js'
import { authorityName } from './setup-plan.js'

interface PublishFlags extends ServiceFlags {
  dir: string
  authority?: string
  serviceFile?: string[]
  relay?: string[]
  removeService?: string[]
  removeRelay?: string[]
  networkName?: string
  offline?: boolean
  json?: boolean
}

/** Adds `chat-p2p network show|publish|adopt|rotate-authority|push|inspect|check`. */
export function addNetworkCommand(program: Command): void {
  const network = program.command('network')
  network
    .command('show')
    .description('show the network document: relays, services, policies, revocations')
    .option('-i, --identity <identity>', 'as this identity knows it (default: the newest in identities/)')
    .option('--json', 'as JSON')
    .option('--dir <dir>', 'folder that holds identities/', '.')
    .action(showNetwork)
  network
    .command('publish')
    .description('sign the next revision (needs the authority) and put it into the identity files of this folder')
    .option('--service-file <file>', 'add this service, or replace the one of its name (repeatable)', collect)
    .option('--service <name>', 'add this service, or change it, as the next ones say')
    .option('--bind [who]', "who may offer it: '#role', '@name' or '#all' (repeatable)", collect)
    .option('--dial [who]', 'who may call it (repeatable)', collect)
    .addOption(new Option('--strategy <strategy>', 'which terminators a dial takes').choices(strategies))
    .option('--max-terminators <n>', 'relays that each host holds its place through')
    .option('--grace <seconds>', 'how long a session outlives the loss of all its paths')
    .option('--relay-only', 'its sessions stay on relays, and neither side learns an address of the other')
    .option('--no-relay-only', 'its sessions move to direct connections where both sides allow it')
    .option('--relay <name=multiaddr>', 'where a relay is; several times for several addresses or relays', collect)
    .option('--remove-service <name>', 'take a service out (repeatable)', collect)
    .option('--remove-relay <name>', 'take a relay out (repeatable)', collect)
    .option('--network-name <name>', 'give the network another name')
    .option('--offline', 'ask and tell no relay')
    .option('--json', 'print the new revision and who has it as JSON')
    .option('--dir <dir>', 'folder that holds identities/', '.')
    .option('--authority <path>', "the authority's identity file (default: identities/authority.json)")
    .action(publishNetwork)
  addAdoptCommand(network)
  addRotateCommand(network)
  addPushCommand(network)
  addInspectCommands(network)
}

async function showNetwork(flags: { identity?: string; json?: boolean; dir: string }): Promise<void> {
  const network = await findNetwork(flags.identity, identitiesIn(flags.dir))
  process.stdout.write(`${flags.json ? shownJson(networkJson(network), 2) : describeNetwork(network)}\n`)
}

async function findNetwork(identity: string | undefined, directory: string): Promise<NetworkView> {
  const names = identity === undefined ? await listIdentities(directory) : [identity]
  // Asking for one that isn't there says what to do about it.
  if (names.length === 0) names.push(authorityName)
  let newest: NetworkView | undefined
  let failure: unknown
  for (const name of names) {
    try {
      const { network } = await inspectIdentity(name, { directory })
      if (network !== undefined && (newest === undefined || newestFirst(network, newest) < 0)) newest = network
    } catch (error) {
      failure ??= error
    }
  }
  if (newest !== undefined) return newest
  throw failure ?? new OverlayError('identity_damaged', `${names.join(', ')} knows no network yet.`)
}

/** Returns what `network show --json` prints. */
export function networkJson(network: NetworkView): object {
  return {
    id: network.networkId,
    name: network.networkName,
    revision: network.revision,
    issuedAtMs: network.issuedAtMs,
    relays: network.relays,
    services: [...network.services.values()],
    revokedSerials: [...network.revokedSerials],
    revokedPeers: Object.fromEntries(network.revokedPeers),
    digest: network.digest,
    authorities: network.authorities,
    nextAuthority: network.nextAuthority,
  }
}

function describeNetwork(network: NetworkView): string {
  const lines = [
    `network   ${shownName(network.networkName)}`,
    `id        ${network.networkId}`,
    `revision  ${network.revision}, of ${new Date(network.issuedAtMs).toISOString().replace('T', ' ').slice(0, 19)} UTC`,
  ]
  for (const { name, peerId, multiaddrs } of network.relays) {
    lines.push(`relay     ${shownName(name)}  ${multiaddrs.join(' ')}  ${peerId}`)
  }
  for (const service of network.services.values()) {
    const policy = (side: 'bind' | 'dial') =>
      `${side} ${service[side].roles.map(shownName).join(' ') || 'nobody'} (${service[side].semantic})`
    lines.push(
      `service   ${shownName(service.name)}  ${policy('bind')}, ${policy('dial')}, ` +
        `maxTerminators ${service.maxTerminators}, ${service.strategy}, shards ${service.shards}` +
        (service.sessionGraceMs === undefined ? '' : `, grace ${service.sessionGraceMs / 1000} s`) +
        (service.direct === false ? ', relays only' : ''),
    )
  }
  if (network.authorities.length > 1) {
    lines.push(`authority ${network.authorities.at(-1)}, key ${network.authorities.length} of this network`)
  }
  if (network.nextAuthority !== undefined) lines.push(`next key  ${network.nextAuthority}`)
  if (network.revokedSerials.size > 0) lines.push(`revoked   ${[...network.revokedSerials].join(' ')}`)
  for (const [peerId, untilMs] of network.revokedPeers) {
    lines.push(`revoked   ${peerId}: certificates issued until ${new Date(untilMs).toISOString().slice(0, 19)}Z`)
  }
  return lines.join('\n')
}

async function publishNetwork(flags: PublishFlags): Promise<void> {
  const { dir: _, authority: __, offline: ___, json: ____, ...changes } = flags
  if (Object.keys(changes).every((flag) => flag === 'verbose')) {
    throw new OverlayError('bad_argument', 'network publish has nothing to change: see network publish --help.')
  }
  const nowMs = Date.now()
  const { published, members } = await withAuthority(flags, async (authority) => {
    const change = {
      networkName: flags.networkName,
      relays: changeRelays(authority, flags, nowMs),
      services: changeServices(authority.network, flags),
    }
    const members = authority.issued.filter((one) => isLive(one, authority, nowMs))
    return { published: await publishRevision(authority, flags.dir, change, nowMs), members }
  })
  const { network, names } = published
  process.stdout.write(`${publishedRow(published, flags.json)}\n`)
  process.stderr.write(
    `Signed revision ${network.revision} of '${network.networkName}'; ${names.join(', ') || 'no other identity'} in ` +
      `${identitiesIn(flags.dir)} ${names.length > 1 ? 'have' : 'has'} it now.\n`,
  )
  for (const line of describeDelivery(network.revision, published.relays)) process.stderr.write(`${line}\n`)
  for (const line of describeEndings(members, nowMs)) process.stderr.write(`${line}\n`)
  const hosts = network.relays.flatMap(({ multiaddrs }) => multiaddrs.map((address) => dialable(address)?.host ?? ''))
  for (const line of flags.relay === undefined ? [] : await unresolvedNames(hosts.filter((host) => host !== ''))) {
    process.stderr.write(`${line}\n`)
  }
  const service = flags.service === undefined ? undefined : network.services.get(normalName(flags.service))
  if (service === undefined) return
  for (const line of missingMembers(service, members, programName())) process.stderr.write(`${line}\n`)
}

function changeServices(network: NetworkView, flags: PublishFlags): ServiceDefinition[] {
  const services = new Map(network.services)
  for (const name of (flags.removeService ?? []).map(normalName)) {
    if (!services.delete(name)) throw new OverlayError('bad_argument', `There is no service '${name}' to remove.`)
  }
  for (const file of flags.serviceFile ?? []) {
    const service = readServiceFile(file)
    if (service === undefined) {
      throw new OverlayError('file_unreadable', `There is no service file ${path.resolve(file)}.`, { path: file })
    }
    services.set(service.name, service)
  }
  const described = readServiceFlags(services, flags)
  if (described !== undefined) services.set(described.name, described)
  return [...services.values()]
}

function changeRelays(authority: Authority, flags: PublishFlags, nowMs: number): RelayAddress[] {
  const relays = new Map(authority.network.relays.map((relay) => [relay.name, relay]))
  for (const name of (flags.removeRelay ?? []).map(normalName)) {
    if (!relays.delete(name)) throw new OverlayError('bad_argument', `There is no relay '${name}' to remove.`)
  }
  const given = new Map<string, string[]>()
  for (const text of flags.relay ?? []) {
    const equals = text.indexOf('=')
    if (equals < 1) {
      throw new OverlayError(
        'bad_argument',
        `--relay takes name=multiaddr, for example relay1=/ip4/127.0.0.1/tcp/4001, not '${text}'.`,
      )
    }
    const name = normalName(text.slice(0, equals))
    given.set(name, [...(given.get(name) ?? []), text.slice(equals + 1)])
  }
  for (const [name, addresses] of given) {
    const multiaddrs = addresses.map((address) => checkAddress(name, address))
    relays.set(name, { name, peerId: relayPeerId(authority, name, nowMs), multiaddrs })
  }
  return [...relays.values()]
}

/** Returns the peer id of a relay by its name. The authority knows whom it made a relay; nobody else can be one. */
function relayPeerId(authority: Authority, name: string, nowMs: number): string {
  const issued = authority.issued.findLast((one) => one.name === name && isLive(one, authority, nowMs))
  if (issued?.roles.includes(relayRole)) return issued.peerId
  const why = issued === undefined ? 'has no valid certificate' : `has not the role ${relayRole}`
  throw new OverlayError(
    'bad_argument',
    `'${name}' ${why}; nothing was changed. Make a relay with \`identity create ${name} --kind relay\`.`,
  )
}

function checkAddress(name: string, address: string): string {
  if (dialable(address) !== undefined && !address.includes('/p2p/')) return address
  const what = isMultiaddr(address) ? 'nothing that this version can dial' : 'not a multiaddr'
  throw new OverlayError(
    'bad_argument',
    `The address '${address}' of ${name} is ${what}: it takes TCP, such as ` +
      '/dns/relay1.example/tcp/4001, or WebSocket, such as /dns/relay1.example/tcp/443/tls/ws (without /p2p/…).',
  )
}

function isMultiaddr(text: string): boolean {
  try {
    return multiaddr(text).getComponents().length > 1
  } catch {
    return false
  }
}
