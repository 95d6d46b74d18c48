import { OverlayError } from '../core/errors.js'
import type { SpliceOffer } from '../wire/messages/directory.js'
import { prefaceTokenBytes } from '../wire/prefaces.js'

/** No peer id of a key that libp2p knows is longer in base58. */
const maxPeerIdLength = 64

/** Returns the token. Throws `protocol_error` for one of another length: a relay must not have this node say what it likes. */
export function checkedToken(token: Uint8Array): Uint8Array {
  if (token.byteLength === prefaceTokenBytes) return token
  throw new OverlayError('protocol_error', `The relay handed out a token of ${token.byteLength} bytes.`)
}

/** Returns the offer. Throws `protocol_error` for one that no relay makes: what it names is kept while it is answered. */
export function checkedOffer(offer: SpliceOffer): SpliceOffer {
  checkedToken(offer.token)
  if (offer.dialerPeerId.length <= maxPeerIdLength) return offer
  throw new OverlayError('protocol_error', 'The relay told of a dialer whose peer id is none.')
}
