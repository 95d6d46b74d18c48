import { createHash } from 'node:crypto'
import { multiaddr } from '@multiformats/multiaddr'
import { checkIdentityName, checkNetworkName, checkServiceName } from '../core/address.js'
import { fromHex, toHex } from '../core/bytes.js'
import { OverlayError } from '../core/errors.js'
import { defaultMaxTerminators, maxNetworkDocumentBytes, maxSessionGraceMs, minSessionGraceMs } from '../core/limits.js'
import { normalName } from '../core/text.js'
import { NetworkDocument, type Policy as WirePolicy } from '../wire/messages/identity.js'
import { networkDocumentKind, open, seal } from './envelope.js'
import { checkInteger, checkPeerId, decodeSigned } from './fields.js'
import { type Policy, type ServiceDefinition, strategies } from './policy.js'
import { type AuthorityLine, type AuthoritySigner, asAuthorityKey, checkSigner, readRotation } from './rotation.js'

/** A relay that nodes start from. */
export interface RelayAddress {
  readonly name: string
  readonly peerId: string
  /** Without `/p2p/…`; may be empty when this version can read none of them. */
  readonly multiaddrs: readonly string[]
}

/** A network document whose signature has been checked. Never changed: a change is a new revision. */
export interface NetworkView {
  /** The authority's peer id. */
  readonly networkId: string
  readonly networkName: string
  /** From 1; the highest one wins. */
  readonly revision: number
  /** Milliseconds since 1970. */
  readonly issuedAtMs: number
  readonly relays: readonly RelayAddress[]
  /** By name. */
  readonly services: ReadonlyMap<string, ServiceDefinition>
  /** In hex. */
  readonly revokedSerials: ReadonlySet<string>
  /** By peer id: every certificate for it that was issued until then (ms since 1970) is void. */
  readonly revokedPeers: ReadonlyMap<string, number>
  /** Of those whose certificates were all taken back: for people; nothing is decided by it. */
  readonly revokedNames: ReadonlySet<string>
  /** sha256 of `envelope`, in hex: which document it is, as a revision may have been signed twice. */
  readonly digest: string
  /** Digest of the document before it; undefined in revision 1, and where an older version signed it. */
  readonly previousDigest?: string
  /** The first 8 bytes, in hex, of the digests of documents before that, and of those it takes in: the newest first. */
  readonly earlierDigests: readonly string[]
  /** The authority's keys, up to the one that signed it. */
  readonly authorities: AuthorityLine
  /** Peer id of the key that may follow that one. */
  readonly nextAuthority?: string
  /** What names it: a signed envelope with a rotation. */
  readonly nextRotation?: Uint8Array<ArrayBuffer>
  /** The signed bytes, to hand on. */
  readonly envelope: Uint8Array<ArrayBuffer>
}

/** What the authority says about the network. */
export interface NetworkDocumentFields {
  networkName: string
  revision: number
  /** Default: now. */
  issuedAtMs?: number
  relays: readonly RelayAddress[]
  services: Iterable<ServiceDefinition>
  /** In hex. */
  revokedSerials?: Iterable<string>
  /** By peer id: until when certificates for it were issued that are void, in ms since 1970. */
  revokedPeers?: Iterable<readonly [string, number]>
  /** For people. More than the document can hold are left out. */
  revokedNames?: Iterable<string>
  /** The document that this one comes after. */
  previous?: NetworkView
  /** Documents that were signed beside that line, and are over with this one. */
  takesIn?: readonly NetworkView[]
  /** Names the key that may follow: a signed envelope with a rotation. */
  nextRotation?: Uint8Array<ArrayBuffer>
}

export const maxRelays = 1024
export const maxServices = 4096
export const maxRevokedSerials = 16384
export const maxRevokedPeers = 4096
const maxRevokedNames = 4096
/** How many earlier documents one names besides the one before it. */
export const maxEarlierDigests = 256
const earlierDigestBytes = 8
/** The most terminators a service can ask for, and the most shards it can have. */
export const maxTerminatorsCap = 1024
export const maxShards = 1024

/** Signs a network document. Throws `bad_name`, `bad_argument` or `too_large`, naming what is wrong. */
export async function issueNetworkDocument(
  signer: AuthoritySigner,
  fields: NetworkDocumentFields,
): Promise<NetworkView> {
  const { privateKey, networkId, rotations } = asAuthorityKey(signer)
  const services = [...fields.services].map(checkService)
  const revokedSerials = [...new Set(fields.revokedSerials ?? [])]
  const networkName = checkNetworkName(fields.networkName)
  checkInteger('revision', fields.revision, 1)
  const relays = fields.relays.map(checkRelay)
  for (const serial of revokedSerials) {
    if (!/^([0-9a-f]{2}){16}$/.test(serial))
      throw new OverlayError('bad_argument', `'${serial}' is not a serial in hex.`)
  }
  checkCount('relays', relays.length, maxRelays)
  checkCount('services', services.length, maxServices)
  checkCount('revoked serials', revokedSerials.length, maxRevokedSerials)
  const revokedPeers = [...new Map(fields.revokedPeers ?? [])].map(([peerId, issuedUntilMs]) => ({
    peerId: checkPeerId(peerId),
    issuedUntilMs: checkInteger('date of a revocation', issuedUntilMs, 1),
  }))
  checkCount('revoked peers', revokedPeers.length, maxRevokedPeers)
  checkUnique('relay', [...relays.map(({ name }) => name), ...relays.map(({ peerId }) => peerId)])
  checkUnique('service', [...services.map(({ name }) => name)])
  const payload = NetworkDocument.encode({
    networkId,
    networkName,
    revision: fields.revision,
    issuedAtMs: checkInteger('issue date', fields.issuedAtMs ?? Date.now(), 1),
    relays: relays.map(({ name, peerId, multiaddrs }) => ({ name, peerId, multiaddrs: [...multiaddrs] })),
    services: services.map((service) => ({
      ...service,
      bind: { roles: [...service.bind.roles], semantic: service.bind.semantic },
      dial: { roles: [...service.dial.roles], semantic: service.dial.semantic },
    })),
    revokedSerials: revokedSerials.map(fromHex),
    previousDigest: fromHex(fields.previous?.digest ?? ''),
    earlierDigests: fromHex(earlierDigests(fields).join('')),
    revokedPeers,
    revokedNames: [...new Set(fields.revokedNames ?? [])].map(checkIdentityName).slice(0, maxRevokedNames),
    rotations: [...rotations],
    nextAuthority: fields.nextRotation ?? new Uint8Array(0),
  })
  const envelope = await seal(networkDocumentKind.domain, networkDocumentKind.payloadType, payload, privateKey)
  if (envelope.byteLength > maxNetworkDocumentBytes) {
    throw new OverlayError('too_large', `The network document is over ${maxNetworkDocumentBytes} bytes.`)
  }
  // Read back, so that what is issued is exactly what others will see.
  return openNetworkDocument(envelope, { networkId })
}

/** What a document with these fields names besides the one before it. */
function earlierDigests({ previous, takesIn = [] }: NetworkDocumentFields): string[] {
  const taken = takesIn.flatMap((document) => [shortDigest(document.digest), ...ancestorsOf(document)])
  const all = new Set([...taken, ...(previous === undefined ? [] : ancestorsOf(previous))])
  if (previous !== undefined) all.delete(shortDigest(previous.digest))
  return [...all].slice(0, maxEarlierDigests)
}

const shortDigest = (digest: string) => digest.slice(0, 2 * earlierDigestBytes)

function ancestorsOf({ previousDigest, earlierDigests }: NetworkView): string[] {
  return previousDigest === undefined ? [...earlierDigests] : [shortDigest(previousDigest), ...earlierDigests]
}

/** True when `document` says that it comes after `earlier`, or has taken it in. */
export function follows(document: NetworkView, earlier: NetworkView): boolean {
  if (document.previousDigest === earlier.digest) return true
  return document.earlierDigests.includes(shortDigest(earlier.digest))
}

/**
 * Checks a network document: signed by the authority of `networkId`. Throws `certificate_invalid` or `certificate_foreign`.
 * Whether its revision is newer than the one at hand is the caller's question. Values from a later version that this one
 * can't read do the careful thing rather than lock everyone out of later revocations: an unreadable policy permits nobody,
 * an unknown strategy is smartrouting, an unreadable address is left out.
 */
export async function openNetworkDocument(envelope: Uint8Array, expected: { networkId: string }): Promise<NetworkView> {
  const bytes = envelope.slice(0, maxNetworkDocumentBytes + 1)
  const { payload, signer } = await open(
    networkDocumentKind.domain,
    networkDocumentKind.payloadType,
    bytes,
    maxNetworkDocumentBytes,
  )
  const document = decodeSigned('A network document', () => NetworkDocument.decode(payload))
  const view = decodeSigned('A network document', () => resolve(document, bytes))
  const authorities = await checkSigner('A network document', signer.toString(), document, expected.networkId)
  if (document.nextAuthority.byteLength === 0) return { ...view, authorities }
  const nextRotation = document.nextAuthority.slice()
  return { ...view, authorities, nextRotation, nextAuthority: await readRotation(nextRotation, authorities) }
}

function resolve(document: NetworkDocument, envelope: Uint8Array<ArrayBuffer>): Omit<NetworkView, 'authorities'> {
  const services = document.services.map(
    (service): ServiceDefinition => ({
      name: checkServiceName(service.name),
      bind: resolvePolicy(service.bind),
      dial: resolvePolicy(service.dial),
      maxTerminators: Math.min(service.maxTerminators || defaultMaxTerminators, maxTerminatorsCap),
      strategy: strategies.find((name) => name === service.strategy) ?? 'smartrouting',
      shards: Math.min(service.shards || 1, maxShards),
      ...(service.sessionGraceMs ? { sessionGraceMs: clampGrace(service.sessionGraceMs) } : {}),
      ...(service.direct === false ? { direct: false } : {}),
    }),
  )
  const relays = document.relays.map(({ name, peerId, multiaddrs }) => ({
    name: checkIdentityName(name),
    peerId: checkPeerId(peerId),
    multiaddrs: multiaddrs.filter(isMultiaddr),
  }))
  checkUnique('relay', [...relays.map(({ name }) => name), ...relays.map(({ peerId }) => peerId)])
  checkUnique('service', [...services.map(({ name }) => name)])
  return {
    networkId: checkPeerId(document.networkId),
    networkName: checkNetworkName(document.networkName),
    revision: checkInteger('revision', document.revision, 1),
    issuedAtMs: document.issuedAtMs,
    relays,
    services: new Map(services.map((service) => [service.name, service])),
    revokedSerials: new Set(document.revokedSerials.map(toHex)),
    revokedPeers: new Map(
      document.revokedPeers.map(({ peerId, issuedUntilMs }) => [checkPeerId(peerId), issuedUntilMs]),
    ),
    revokedNames: new Set(document.revokedNames.map(checkIdentityName)),
    digest: createHash('sha256').update(envelope).digest('hex'),
    ...readDigest(document.previousDigest),
    earlierDigests: readEarlier(document.earlierDigests),
    envelope,
  }
}

function readDigest(bytes: Uint8Array): { previousDigest?: string } {
  if (bytes.byteLength === 0) return {}
  if (bytes.byteLength !== 32) throw new OverlayError('bad_argument', 'A digest has 32 bytes.')
  return { previousDigest: toHex(bytes) }
}

function readEarlier(bytes: Uint8Array): string[] {
  if (bytes.byteLength % earlierDigestBytes !== 0 || bytes.byteLength > maxEarlierDigests * earlierDigestBytes) {
    throw new OverlayError('bad_argument', 'The list of earlier documents is malformed.')
  }
  const hex = toHex(bytes)
  return Array.from({ length: bytes.byteLength / earlierDigestBytes }, (_, at) =>
    hex.slice(at * 2 * earlierDigestBytes, (at + 1) * 2 * earlierDigestBytes),
  )
}

const clampGrace = (ms: number) => Math.min(Math.max(ms, minSessionGraceMs), maxSessionGraceMs)

function resolvePolicy(policy: WirePolicy | undefined): Policy {
  const semantic = policy?.semantic || 'AnyOf'
  if (semantic === 'AnyOf' || semantic === 'AllOf') return { roles: (policy?.roles ?? []).map(normalName), semantic }
  return { roles: [], semantic: 'AnyOf' }
}

function isMultiaddr(text: string): boolean {
  try {
    multiaddr(text)
    return text !== ''
  } catch {
    return false
  }
}

function checkRelay(relay: RelayAddress): RelayAddress {
  const name = checkIdentityName(relay.name)
  checkPeerId(relay.peerId)
  if (relay.multiaddrs.length < 1 || relay.multiaddrs.length > 16) {
    throw new OverlayError('bad_argument', `The relay ${relay.name} needs 1 to 16 addresses.`)
  }
  for (const address of relay.multiaddrs) {
    if (!isMultiaddr(address)) {
      throw new OverlayError(
        'bad_argument',
        `The address '${address}' of ${relay.name} is not a multiaddr such as /ip4/127.0.0.1/tcp/4001.`,
      )
    }
  }
  return { ...relay, name }
}

/** Returns the service, its names normalised, when its definition is complete and in range; throws `bad_name` or `bad_argument` naming the field. */
export function checkService(service: ServiceDefinition): ServiceDefinition {
  const name = checkServiceName(service.name)
  for (const side of ['bind', 'dial'] as const) {
    const { roles, semantic } = service[side]
    for (const entry of roles) {
      if (!/^[#@]./.test(entry)) {
        throw new OverlayError('bad_argument', `'${entry}' in ${side} of ${service.name} is not #role, @name or #all.`)
      }
    }
    if (roles.length > 256) throw new OverlayError('too_large', `${side} of ${service.name} has over 256 entries.`)
    if (semantic !== 'AnyOf' && semantic !== 'AllOf') {
      throw new OverlayError('bad_argument', `The semantic of ${side} of ${service.name} is AnyOf or AllOf.`)
    }
  }
  checkInteger(`maxTerminators of ${service.name}`, service.maxTerminators, 1, maxTerminatorsCap)
  if (!strategies.includes(service.strategy)) {
    throw new OverlayError('bad_argument', `The strategy of ${service.name} is one of ${strategies.join(', ')}.`)
  }
  checkInteger(`shards of ${service.name}`, service.shards, 1, maxShards)
  if (service.sessionGraceMs !== undefined) {
    checkInteger(`sessionGraceMs of ${service.name}`, service.sessionGraceMs, minSessionGraceMs, maxSessionGraceMs)
  }
  if (service.direct !== undefined && typeof service.direct !== 'boolean') {
    throw new OverlayError('bad_argument', `direct of ${service.name} is true or false.`)
  }
  return { ...service, name, bind: normalPolicy(service.bind), dial: normalPolicy(service.dial) }
}

const normalPolicy = ({ roles, semantic }: Policy): Policy => ({ roles: roles.map(normalName), semantic })

function checkCount(what: string, count: number, max: number): void {
  if (count > max) throw new OverlayError('too_large', `A network document holds at most ${max} ${what}, not ${count}.`)
}

function checkUnique(what: string, values: readonly string[]): void {
  const seen = new Set<string>()
  for (const value of values) {
    if (seen.has(value)) throw new OverlayError('bad_argument', `The ${what} ${value} is there twice.`)
    seen.add(value)
  }
}
