import { generateKeyPair } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { certificateValidityMs } from '../../src/core/limits.js'
import { issueCertificate } from '../../src/identity/certificate.js'
import type { Identity } from '../../src/identity/identity-file.js'
import { issueNetworkDocument, type NetworkView } from '../../src/identity/network-document.js'
import type { Grant, ServiceDefinition } from '../../src/identity/policy.js'

export const chatService: ServiceDefinition = {
  name: 'chat-p2p',
  bind: { roles: ['#chat'], semantic: 'AnyOf' },
  dial: { roles: ['#chat'], semantic: 'AnyOf' },
  maxTerminators: 3,
  strategy: 'smartrouting',
  shards: 1,
}

/** A network made in memory, with its authority, for tests that run real nodes in this process. */
export interface TestNetwork {
  authority: PrivateKey
  id: string
  view: NetworkView
  relays: Identity[]
  /** A certified member; roles default to `chat`. */
  member(
    name: string,
    options?: { roles?: string[]; expiresAtMs?: number; grants?: readonly Grant[] },
  ): Promise<Identity>
  /** Signs the next revision. */
  publish(
    change: Partial<Pick<NetworkView, 'relays' | 'revokedSerials'>> & { services?: ServiceDefinition[] },
  ): Promise<NetworkView>
}

export async function makeNetwork(options: {
  relayPorts: number[]
  services?: ServiceDefinition[]
  /** Where the relay with this port is; default: TCP on loopback. */
  relayAddresses?: (port: number) => string[]
}): Promise<TestNetwork> {
  const authority = await generateKeyPair('Ed25519')
  const id = peerIdFromPrivateKey(authority).toString()
  const issue = async (
    name: string,
    privateKey: PrivateKey,
    roles: string[],
    expiresAtMs?: number,
    grants: readonly Grant[] = [],
  ) =>
    issueCertificate(authority, {
      grants,
      name,
      peerId: peerIdFromPrivateKey(privateKey).toString(),
      roles,
      issuedAtMs: Math.min(Date.now(), (expiresAtMs ?? Infinity) - 3_600_000),
      expiresAtMs: expiresAtMs ?? Date.now() + certificateValidityMs,
    })
  const relayKeys = await Promise.all(options.relayPorts.map(() => generateKeyPair('Ed25519')))
  let view = await issueNetworkDocument(authority, {
    networkName: 'test',
    revision: 1,
    issuedAtMs: Date.now(),
    relays: relayKeys.map((key, index) => ({
      name: `relay${index + 1}`,
      peerId: peerIdFromPrivateKey(key).toString(),
      multiaddrs: (options.relayAddresses ?? ((port) => [`/ip4/127.0.0.1/tcp/${port}`]))(options.relayPorts[index]!),
    })),
    services: options.services ?? [chatService],
  })
  const relays = await Promise.all(
    relayKeys.map(async (privateKey, index): Promise<Identity> => {
      const certificate = await issue(`relay${index + 1}`, privateKey, ['relay'])
      return {
        name: certificate.name,
        kind: 'relay',
        privateKey,
        peerId: peerIdFromPrivateKey(privateKey),
        certificate,
        network: view,
      }
    }),
  )
  return {
    authority,
    id,
    get view() {
      return view
    },
    relays,
    async member(name, { roles = ['chat'], expiresAtMs, grants } = {}) {
      const privateKey = await generateKeyPair('Ed25519')
      const certificate = await issue(name, privateKey, roles, expiresAtMs, grants)
      return { name, kind: 'user', privateKey, peerId: peerIdFromPrivateKey(privateKey), certificate, network: view }
    },
    async publish(change) {
      view = await issueNetworkDocument(authority, {
        networkName: view.networkName,
        revision: view.revision + 1,
        previous: view,
        issuedAtMs: Date.now(),
        relays: [...(change.relays ?? view.relays)],
        services: change.services ?? [...view.services.values()],
        revokedSerials: [...(change.revokedSerials ?? view.revokedSerials)],
      })
      return view
    },
  }
}
