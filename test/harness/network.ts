import path from 'node:path'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { issueCertificate } from '../../src/identity/certificate.js'
import { relayRole, writeIdentityFile } from '../../src/identity/identity-file.js'
import { issueNetworkDocument } from '../../src/identity/network-document.js'

export const service = 'failover'
const role = 'member'

export interface RelayPlace {
  name: string
  multiaddr: string
  /** Other addresses of it. */
  further?: readonly string[]
}

/** Makes the identities of a whole network as files `<folder>/<name>.json`. */
export async function makeNetwork(
  folder: string,
  places: readonly RelayPlace[],
  members: readonly string[],
  maxTerminators: number,
): Promise<void> {
  const authority = await generateKeyPair('Ed25519')
  const issuedAtMs = Date.now()
  const keys = new Map(
    await Promise.all(places.map(async ({ name }) => [name, await generateKeyPair('Ed25519')] as const)),
  )
  const relays = places.map(({ name, multiaddr, further = [] }) => ({
    name,
    peerId: peerIdFromPrivateKey(keys.get(name)!).toString(),
    multiaddrs: [multiaddr, ...further],
  }))
  const network = await issueNetworkDocument(authority, {
    networkName: 'failover',
    revision: 1,
    issuedAtMs,
    relays,
    services: [
      {
        name: service,
        bind: { roles: [`#${role}`], semantic: 'AnyOf' },
        dial: { roles: [`#${role}`], semantic: 'AnyOf' },
        maxTerminators,
        strategy: 'smartrouting',
        shards: 1,
      },
    ],
  })
  const write = async (name: string, kind: 'user' | 'relay') => {
    const privateKey = keys.get(name) ?? (await generateKeyPair('Ed25519'))
    const peerId = peerIdFromPrivateKey(privateKey)
    const certificate = await issueCertificate(authority, {
      name,
      peerId: peerId.toString(),
      roles: [kind === 'relay' ? relayRole : role],
      issuedAtMs,
    })
    await writeIdentityFile(path.join(folder, `${name}.json`), { name, kind, privateKey, peerId, certificate, network })
  }
  for (const { name } of relays) await write(name, 'relay')
  for (const name of members) await write(name, 'user')
}
