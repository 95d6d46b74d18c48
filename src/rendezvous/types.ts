// Programs see these types of the rendezvous mode: nothing here names a type of libp2p.

export interface RendezvousOptions {
  /** Multiaddrs to listen on, TCP; default: every interface, any port. */
  listen?: readonly string[]
  /** The word at which to meet; default `meet me here`. */
  rendezvous?: string
  /** Multiaddrs of bootstrap peers, each ending in `/p2p/<peer id>`; default: those of the public libp2p DHT. */
  peers?: readonly string[]
  /** Protocol id of the streams; default `/chat/1.1.0`. */
  protocol?: string
  /** The private key in libp2p's protobuf form, see `loadOrCreateRendezvousKey`; default: a new key. */
  privateKey?: Uint8Array
}

export interface FoundPeer {
  peerId: string
  /** Multiaddrs, perhaps without `/p2p/…`; the list may be empty. */
  addresses: string[]
}
