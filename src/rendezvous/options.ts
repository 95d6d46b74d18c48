import { privateKeyFromProtobuf } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import { checkText, checkTexts } from '../core/arguments.js'
import { OverlayError } from '../core/errors.js'
import { defaultRendezvous, defaultRendezvousProtocol } from '../core/limits.js'
import { escapeControls, hasControls, utf8Length } from '../core/text.js'
import { parseListenAddress, parsePeerAddress, publicBootstrapPeers } from './address.js'
import type { RendezvousOptions } from './types.js'

export type { RendezvousOptions }

/** Holds the options with their defaults, checked. */
export interface ResolvedRendezvousOptions {
  listen: Multiaddr[]
  rendezvous: string
  peers: Array<{ address: Multiaddr; peerId: string }>
  protocol: string
  privateKey: PrivateKey | undefined
}

/** Lists the protocols the node speaks besides the chat. */
const takenProtocols = [
  '/multistream/1.0.0',
  '/ipfs/id/1.0.0',
  '/ipfs/id/push/1.0.0',
  '/ipfs/ping/1.0.0',
  '/ipfs/kad/1.0.0',
]
/** Limits a protocol id: it travels with its length, and go refuses longer lines than 1 KiB. */
const maxProtocolBytes = 256

/** Checks the options and fills in defaults; throws `bad_argument`. */
export function resolveRendezvousOptions(options: RendezvousOptions): ResolvedRendezvousOptions {
  const protocol = checkText('protocol', options.protocol ?? defaultRendezvousProtocol)
  if (protocol === '' || hasControls(protocol) || utf8Length(protocol) > maxProtocolBytes) {
    throw new OverlayError(
      'bad_argument',
      `The protocol id '${escapeControls(protocol.slice(0, 40))}' is empty, over ${maxProtocolBytes} bytes, or has control characters; go's is ${defaultRendezvousProtocol}.`,
    )
  }
  if (takenProtocols.includes(protocol)) {
    throw new OverlayError('bad_argument', `The protocol id ${protocol} is taken by libp2p itself; use another one.`)
  }
  return {
    protocol,
    rendezvous: checkText('rendezvous', options.rendezvous ?? defaultRendezvous),
    listen: checkTexts('listen', options.listen ?? []).map(parseListenAddress),
    peers: checkTexts('peers', options.peers ?? publicBootstrapPeers).map(parsePeerAddress),
    privateKey: options.privateKey === undefined ? undefined : readKey(options.privateKey),
  }
}

function readKey(given: Uint8Array): PrivateKey {
  try {
    return privateKeyFromProtobuf(given)
  } catch (cause) {
    throw new OverlayError('bad_argument', "privateKey is no private key in libp2p's protobuf form.", { cause })
  }
}
