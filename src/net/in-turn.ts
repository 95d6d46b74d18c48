import type { Connection } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import { systemClock } from '../core/clock.js'
import { attemptDelayMs } from '../core/connect.js'
import { errorText, isOverlayError, OverlayError } from '../core/errors.js'
import { webSocketAfterMs } from '../core/limits.js'
import { firstStaggered, StaggeredError } from '../core/staggered.js'
import { relayEndOf } from './dialable.js'

/** Opens a connection to one address. */
export type DialOne = (address: Multiaddr, signal: AbortSignal) => Promise<Connection>

/**
 * Resolves with the first connection that comes about with one of a node's addresses: the next one is tried when one fails or takes
 * 250 ms, WebSockets when TCP has failed or taken 750 ms, as a firewall may swallow it. Rejects with the failure that says most, or
 * the signal's reason.
 */
export async function dialInTurn(
  dial: DialOne,
  addresses: readonly Multiaddr[],
  signal: AbortSignal,
): Promise<Connection> {
  const isWebSocket = (address: Multiaddr) => relayEndOf(address)?.webSocket !== undefined
  const groups = [addresses.filter((address) => !isWebSocket(address)), addresses.filter(isWebSocket)]
  const turns = { clock: systemClock, signal }
  const one = async (address: Multiaddr, over: AbortSignal) => {
    const connection = await dial(address, over)
    if (!over.aborted) return connection
    await connection.close().catch((error) => connection.abort(error))
    throw over.reason
  }
  try {
    return await firstStaggered(
      groups.filter((group) => group.length > 0),
      (group, over) => firstStaggered(group, one, { ...turns, signal: over, delayMs: attemptDelayMs }),
      { ...turns, delayMs: webSocketAfterMs },
    )
  } catch (error) {
    throw error instanceof StaggeredError ? combined(failuresOf(error)) : error
  }
}

function failuresOf(error: unknown): unknown[] {
  return error instanceof StaggeredError ? error.failures.flatMap(failuresOf) : [error]
}

/**
 * Makes one error of several failures: its message is what one of them says to a person, and all of them are in `errors`, its own
 * or its cause's.
 */
function combined(failures: readonly unknown[]): unknown {
  if (failures.length < 2) return failures[0]
  const telling = failures.find((error) => isOverlayError(error)) ?? failures[0]
  if (isOverlayError(telling))
    return new OverlayError(telling.code, telling.message, { ...telling.details, cause: new AggregateError(failures) })
  return new AggregateError(failures, errorText(telling))
}
