import type { PrivateKey } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { anySignal } from '../core/abort.js'
import { asOverlayError, OverlayError } from '../core/errors.js'
import { maxJoinBytes } from '../core/limits.js'
import { JoinRequest, JoinResponse } from '../wire/messages/directory.js'
import { joinProtocol } from '../wire/protocols.js'
import { dialable } from './dialable.js'
import { guardedNoise } from './guard/guarded.js'
import { type DialOne, dialInTurn } from './in-turn.js'
import { MessageIo } from './message-io.js'
import { safeYamux } from './muxer.js'
import type { NodeComponents } from './node.js'
import { patientTcp } from './patient-tcp.js'
import { RelaySockets } from './relay-sockets.js'

const attemptMs = 8_000

/**
 * Asks one relay for the receipt of an invitation, before there is a certificate to say hello with. `privateKey` is the key to be
 * certified, which the connection proves. Rejects with `unreachable`, `protocol_error`, or the signal's reason; what the relay
 * decided is in the answer.
 */
export async function askToJoin(
  privateKey: PrivateKey,
  relay: { peerId: string; multiaddrs: readonly string[] },
  request: JoinRequest,
  signal: AbortSignal,
): Promise<JoinResponse> {
  const targets = relay.multiaddrs.filter((address) => dialable(address) !== undefined)
  if (targets.length === 0) throw new OverlayError('unreachable', `No address of ${relay.peerId} can be dialled.`)
  let components!: Pick<NodeComponents, 'transportManager'>
  const libp2p = await createLibp2p({
    privateKey,
    addresses: { listen: [] },
    transports: [patientTcp({}, new RelaySockets())],
    connectionEncrypters: [guardedNoise()],
    streamMuxers: [safeYamux({ streamOptions: { maxStreamWindowSize: maxJoinBytes } })],
    connectionGater: { denyDialMultiaddr: () => false },
    connectionMonitor: { enabled: false },
    services: {
      components: (all: unknown) => {
        components = all as Pick<NodeComponents, 'transportManager'>
        return {}
      },
    },
  })
  const late = anySignal(signal, AbortSignal.timeout(attemptMs))
  try {
    const addresses = targets.map((address) => multiaddr(`${address}/p2p/${relay.peerId}`))
    const dial: DialOne = (address, over) => components.transportManager.dial(address, { signal: over })
    const connection = await dialInTurn(dial, addresses, { signal: late })
    const io = new MessageIo(await connection.newStream(joinProtocol, { signal: late }), maxJoinBytes)
    await io.write(JoinRequest.encode(request))
    const answer = await io.read(late)
    try {
      return JoinResponse.decode(answer)
    } catch (error) {
      throw asOverlayError(error, 'protocol_error', 'The answer of the relay could not be read')
    }
  } catch (error) {
    signal.throwIfAborted()
    throw asOverlayError(error, 'unreachable', `The relay at ${targets.join(', ')}`)
  } finally {
    await libp2p.stop()
  }
}
