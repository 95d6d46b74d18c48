import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { toHex } from '../core/bytes.js'
import { errorText } from '../core/errors.js'
import { ignoreErrors } from '../core/socket-errors.js'
import { issueCertificate } from '../identity/certificate.js'
import { authorityKeyOf, authorityRole, type Identity } from '../identity/identity-file.js'
import type { NetworkView, RelayAddress } from '../identity/network-document.js'
import { readWitnessed, type Witnessed } from '../identity/witnessed.js'
import { dialable } from '../net/dialable.js'
import { RelaySockets } from '../net/relay-sockets.js'
import type { Member } from '../sdk/member.js'
import { type GivenOut, readMembers } from './given-out.js'

/** Says after how long relays that have not answered count as not reached; ms. */
const reachMs = 3_000
const askMs = 3_000
/** Says for how long the key of an errand is certified, ms; clocks may differ by 2 minutes. */
const errandMs = 10 * 60_000
const statusPollMs = 50
const certificatesPerMessage = 64

/** Says whether a relay has a document now, and why not. */
export interface Handed {
  relay: string
  has: boolean
  why?: string
}

/**
 * A visit to the relays, by whoever signs or hands over documents: it learns what they have of the authority's, and which of them
 * took a document. `close()` ends it.
 */
export interface Errand {
  found: GivenOut
  /** Names the relays that were reached. */
  reached: readonly string[]
  /** Hands a document over and asks each relay whether it goes by it now; a few seconds at most. */
  deliver(network: NetworkView): Promise<Handed[]>
  /** Hands newer certificates over, for the members they are for. */
  renew(certificates: readonly Uint8Array<ArrayBuffer>[]): Promise<Handed[]>
  /** Returns who joined under this name with an invitation, as the relays witnessed it; they forget it after the invitation's end. */
  joinedAs(name: string): Promise<Witnessed[]>
  close(): Promise<void>
}

/** An errand that goes nowhere, for when nobody is to be asked. */
export const noErrand: Errand = {
  found: { documents: [], certificates: [] },
  reached: [],
  deliver: async () => [],
  renew: async () => [],
  joinedAs: async () => [],
  async close() {},
}

/** Makes a key that acts for the authority for some minutes: an authority is no member and has no certificate. */
export async function errandIdentity(authority: Identity & { network: NetworkView }, nowMs: number): Promise<Identity> {
  const privateKey = await generateKeyPair('Ed25519')
  const peerId = peerIdFromPrivateKey(privateKey)
  const certificate = await issueCertificate(authorityKeyOf(authority), {
    name: authority.name,
    peerId: peerId.toString(),
    roles: [authorityRole],
    issuedAtMs: nowMs,
    expiresAtMs: nowMs + errandMs,
  })
  const { network, documents } = authority
  return { name: authority.name, kind: 'user', privateKey, peerId, certificate, network, documents }
}

/**
 * Connects to all relays of the identity's network that answer within some seconds: each has `patienceMs` to take a connection, and
 * as long again for all that follows until it is up. Never rejects for those that don't.
 */
export async function startErrand(
  identity: Identity & { network: NetworkView },
  patienceMs = reachMs,
): Promise<Errand> {
  const { relays } = identity.network
  const silent = await knock(relays, patienceMs)
  // Loading libp2p takes longer than knocking.
  if (silent.size === relays.length) return unreached(relays, silent)
  const { createMember } = await import('../sdk/member.js')
  const member = await createMember(identity, { maxOnDemandLinks: Number.POSITIVE_INFINITY })
  try {
    member.pool.want(relays.length)
    await member.node.start()
    member.pool.start()
    await allTried(member, patienceMs)
    return {
      found: await lookAround(member),
      reached: member.pool.up().map(({ name }) => name),
      deliver: (network) => deliver(member, network),
      renew: (certificates) => renew(member, certificates),
      joinedAs: (name) => joinedAs(member, name),
      close: () => member.close(),
    }
  } catch (error) {
    await member.close()
    throw error
  }
}

function unreached(relays: readonly RelayAddress[], silent: ReadonlyMap<string, string>): Errand {
  const handed = relays.map(({ name }) => ({ relay: name, has: false, why: silent.get(name) }))
  return { ...noErrand, deliver: async () => handed, renew: async () => handed }
}

/** Resolves with the relays that take no connection at any of their addresses, each with the reason. */
async function knock(relays: readonly RelayAddress[], patienceMs: number): Promise<Map<string, string>> {
  const silent = new Map<string, string>()
  const sockets = new RelaySockets()
  await Promise.all(
    relays.map(async ({ name, multiaddrs }) => {
      try {
        await Promise.any(multiaddrs.map((address) => knockAt(address, sockets, patienceMs)))
      } catch (error) {
        const [first] = error instanceof AggregateError ? error.errors : [error]
        silent.set(name, first === undefined ? 'it has no address' : errorText(first))
      }
    }),
  )
  return silent
}

async function knockAt(address: string, sockets: RelaySockets, patienceMs: number): Promise<void> {
  const target = dialable(address)
  if (target === undefined) throw new Error(`this version cannot dial ${address}`)
  const late = AbortSignal.timeout(patienceMs)
  try {
    const socket = await sockets.open(target, late)
    ignoreErrors(socket).destroy()
  } catch (error) {
    throw late.aborted ? new Error(`no answer from ${address}`) : error
  }
}

/** Resolves when every relay of the document has been tried once, or after some seconds. */
async function allTried({ pool, trust }: Member, patienceMs: number): Promise<void> {
  const { stateChange } = await import('../sdk/relay-states.js')
  const late = AbortSignal.timeout(patienceMs)
  const waiting = () =>
    trust.network.relays.some(({ peerId }) => (pool.get(peerId)?.state ?? 'connecting') === 'connecting')
  while (!late.aborted && waiting()) await stateChange(pool, late)
}

async function lookAround({ pool, trust }: Member): Promise<GivenOut> {
  const networkId = trust.own.networkId
  const certificates: GivenOut['certificates'] = []
  await Promise.all(
    pool.up().map(async ({ name, link }) => {
      // Only the authority may ask, and a relay of an older version does not know the question.
      const members = await link.members(AbortSignal.timeout(askMs)).catch(() => [])
      certificates.push(...(await readMembers(members, networkId, name)))
    }),
  )
  // Which relay brought a document is not kept; one that was reached will do.
  const where = pool.up()[0]?.name ?? trust.own.name
  return { documents: trust.held.map((what) => ({ what, where })), certificates }
}

async function joinedAs({ pool, trust }: Member, name: string): Promise<Witnessed[]> {
  const answers = await Promise.all(
    pool.up().map(({ link }) => link.joinedAs(name, AbortSignal.timeout(askMs)).catch(() => [])),
  )
  const found: Witnessed[] = []
  for (const redemption of answers.flat()) {
    const witnessed = await readWitnessed(redemption, trust.own.networkId).catch(() => undefined)
    if (witnessed?.receipt.name === name) found.push(witnessed)
  }
  return found
}

async function deliver(member: Member, network: NetworkView): Promise<Handed[]> {
  const { pool, trust } = member
  await trust.adopt(network.envelope)
  await allTried(member, reachMs)
  for (const { link } of pool.up()) link.pushDocument(network.envelope)
  const late = AbortSignal.timeout(askMs)
  const names = new Map(network.relays.map(({ peerId, name }) => [peerId, name]))
  // One that was taken out of the network is told so as well, when it is still connected.
  for (const { peerId, name } of pool.up()) names.set(peerId, name)
  return Promise.all(
    [...names].map(async ([peerId, relay]): Promise<Handed> => {
      const slot = pool.get(peerId)
      if (slot?.link === undefined) return { relay, has: false, why: slot?.error && errorText(slot.error) }
      try {
        for (;;) {
          const { revision, documentDigest } = await slot.link.status(late)
          const digest = toHex(documentDigest)
          if (digest === network.digest || (digest === '' && revision === network.revision)) return { relay, has: true }
          if (revision > network.revision) return { relay, has: false, why: `it has revision ${revision}` }
          late.throwIfAborted()
          await new Promise((resolve) => setTimeout(resolve, statusPollMs))
        }
      } catch (error) {
        return { relay, has: false, why: errorText(error) }
      }
    }),
  )
}

async function renew({ pool, trust }: Member, certificates: readonly Uint8Array<ArrayBuffer>[]): Promise<Handed[]> {
  const late = AbortSignal.timeout(askMs)
  return Promise.all(
    trust.network.relays.map(async ({ peerId, name: relay }): Promise<Handed> => {
      const slot = pool.get(peerId)
      if (slot?.link === undefined) return { relay, has: false, why: slot?.error && errorText(slot.error) }
      try {
        for (let at = 0; at < certificates.length; at += certificatesPerMessage) {
          await slot.link.renewals(certificates.slice(at, at + certificatesPerMessage), late)
        }
        return { relay, has: true }
      } catch (error) {
        return { relay, has: false, why: errorText(error) }
      }
    }),
  )
}
