import type { Connection } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import { type Clock, systemClock } from '../core/clock.js'
import { attemptDelayMs } from '../core/connect.js'
import { errorText, isOverlayError, OverlayError } from '../core/errors.js'
import { webSocketAfterMs } from '../core/limits.js'
import { firstStaggered, StaggeredError } from '../core/staggered.js'
import { dialable, relayEndOf } from './dialable.js'

/** Opens a connection to one address. */
export type DialOne = (address: Multiaddr, signal: AbortSignal) => Promise<Connection>

export interface DialInTurnOptions {
  signal: AbortSignal
  /** One of the addresses, which worked last: it is tried before the others, which keep their head starts. */
  first?: Multiaddr
  /** Default: the system's. */
  clock?: Clock
}

type Way = (signal: AbortSignal) => Promise<Connection>

const isWebSocket = (address: Multiaddr) => relayEndOf(address)?.webSocket !== undefined

/** Returns a node's addresses as they are tried: TCP before WebSocket, and as they came otherwise. */
export function inUsualOrder(addresses: readonly string[]): string[] {
  const last = (address: string) => (dialable(address)?.webSocket === undefined ? 0 : 1)
  return [...addresses].sort((a, b) => last(a) - last(b))
}

/**
 * Resolves with the first connection that comes about with one of a node's addresses: the next one is tried when one fails or takes
 * 250 ms, WebSockets when TCP has failed or taken 750 ms, as a firewall may swallow it. Rejects with the failure that says most, or
 * the signal's reason.
 */
export async function dialInTurn(
  dial: DialOne,
  addresses: readonly Multiaddr[],
  { signal, first, clock = systemClock }: DialInTurnOptions,
): Promise<Connection> {
  const one =
    (address: Multiaddr): Way =>
    async (over) => {
      const connection = await dial(address, over)
      if (!over.aborted) return connection
      await connection.close().catch((error) => connection.abort(error))
      throw over.reason
    }
  const inTurn =
    (ways: readonly Way[], delayMs: number): Way =>
    (over) =>
      firstStaggered(ways, (way, signal) => way(signal), { clock, delayMs, signal: over })
  const usual = (all: readonly Multiaddr[]) => {
    const groups = [all.filter((address) => !isWebSocket(address)), all.filter(isWebSocket)]
    const ways = groups.filter((group) => group.length > 0).map((group) => inTurn(group.map(one), attemptDelayMs))
    return inTurn(ways, webSocketAfterMs)
  }
  const others = addresses.filter((address) => address !== first)
  try {
    if (first === undefined) return await usual(addresses)(signal)
    // TCP comes first anyway; ahead of it WebSocket is one more turn.
    if (!isWebSocket(first)) return await usual([first, ...others])(signal)
    return await inTurn([one(first), usual(others)], attemptDelayMs)(signal)
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
