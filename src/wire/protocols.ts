/*
 * How the protocols of this network are called on the wire. A change that the other side can't read gets a new number; a name
 * never changes what it means.
 */

export const helloProtocol = '/chat-p2p/hello/1.0.0'
/** A newer certificate of one's own, on a connection that is open. */
export const renewalProtocol = '/chat-p2p/renewal/1.0.0'
export const directoryProtocol = '/chat-p2p/directory/1.0.0'
export const sessionProtocol = '/chat-p2p/session/1.0.0'
/** Who was invited asks a relay for a receipt, before any hello. */
export const joinProtocol = '/chat-p2p/join/1.0.0'
/** The DHT of one network, by the peer id of its authority. */
export const dhtProtocol = (networkId: string): string => `/chat-p2p/${networkId}/kad/1.0.0`
/** What a TLS socket that carries a path agrees on (ALPN). */
export const pathAlpn = 'chat-p2p/path/1'
/** The subprotocol of a WebSocket that carries what a TCP connection would, with an end of each direction. */
export const webSocketProtocol = 'chat-p2p.1'

/** libp2p's own, spoken before anybody has proved membership (specs/identify, specs/ping). */
export const identifyProtocol = '/ipfs/id/1.0.0'
export const identifyPushProtocol = '/ipfs/id/push/1.0.0'
export const circuitHopProtocol = '/libp2p/circuit/relay/0.2.0/hop'
export const pingProtocol = '/ipfs/ping/1.0.0'
