import type { Connection } from '@libp2p/interface'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { raceAbort } from '../core/abort.js'
import { errorText, OverlayError } from '../core/errors.js'
import type { Node } from './node.js'

/** Matches Noise's words when another key answers than the address names (@libp2p/noise 17.0.3). */
const otherKey = /Payload identity key (\S+) does not match/

/** Remembers what was found out about nodes that answered in another's place, as each is asked once. */
const known = new WeakMap<Node, Map<string, string>>()

/**
 * Returns, when a dial failed because somebody else answers at the address, an error that says who, as far as can be found out. Two
 * networks on the same ports look like this, and a relay whose identity was made anew. Undefined for every other failure.
 */
export async function otherAt(
  node: Node,
  targets: readonly Multiaddr[],
  error: unknown,
  signal: AbortSignal,
): Promise<OverlayError | undefined> {
  const peerId = otherKey.exec(textOf(error))?.[1]
  const [target] = targets
  if (peerId === undefined || target === undefined) return undefined
  const seen = known.get(node) ?? new Map<string, string>()
  known.set(node, seen)
  const where = target.toString().replace(/\/p2p\/[^/]+$/, '')
  const who = seen.get(peerId) ?? (await whoIs(node, multiaddr(`${where}/p2p/${peerId}`), signal))
  seen.set(peerId, who)
  return new OverlayError('unreachable', `At ${where} answers ${who} (${peerId}).`, { cause: error })
}

/** Says hello to a node: it tells its network, at least when it is not ours. */
async function whoIs(node: Node, address: Multiaddr, signal: AbortSignal): Promise<string> {
  let connection: Connection | undefined
  try {
    connection = await node.libp2p.dial(address, { signal, force: true })
    const { name } = await raceAbort(node.gate.proved(connection), signal)
    return `${name} of this network`
  } catch (error) {
    const network = /belongs to network \S+, not to (\S+)\.$/.exec(errorText(error))?.[1]
    return network === undefined ? 'somebody else' : `a node of another network, ${network}`
  } finally {
    await connection?.close({ signal: AbortSignal.timeout(500) }).catch((cause) => connection?.abort(cause))
  }
}

function textOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(textOf).join('; ')
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? error.message : `${error.message}; ${textOf(error.cause)}`
}
