import type { Socket } from 'node:net'
import { anySignal } from '../core/abort.js'
import { OverlayError } from '../core/errors.js'
import { directOfferMs } from '../core/limits.js'
import { untilAborted, waitFor } from '../core/waiting.js'
import { type Candidates, targetsOf } from '../net/candidates.js'
import { relayEndOf } from '../net/dialable.js'
import { openPunch, type Punch, punch } from '../net/punch.js'
import type { Session } from '../session/session.js'
import type { RouterKind } from '../wire/direct-steps.js'
import { helloFeatures } from '../wire/hello-status.js'
import type { DirectOffer } from '../wire/messages/session.js'
import type { Directly } from './directly.js'
import type { Member } from './member.js'

/** Returns why a session of a service stays on relays whatever the networks allow; undefined where it need not. */
export function whyNeverDirect(
  member: Pick<Member, 'direct' | 'trust' | 'pool' | 'node'>,
  service: string,
): string | undefined {
  if (member.trust.network.services.get(service)?.direct === false) return 'the service keeps to relays'
  return whyNotDirect(member)
}

/** Returns why every session stays on relays; undefined where they need not. */
export function whyNotDirect(member: Pick<Member, 'direct' | 'pool' | 'node'>): string | undefined {
  if (member.direct === undefined) return 'this side keeps to relays'
  // Who goes out through a proxy may not show where they are, and mostly could not connect anyway.
  const relays = member.pool.up().flatMap(({ link }) => relayEndOf(link.connection.remoteAddr) ?? [])
  const isProxied = relays.some((relay) => member.node.relaySockets.proxyFor(relay) !== undefined)
  return isProxied ? 'this side goes out through a proxy' : undefined
}

/** Finds out where this side can be reached. */
export function openOwn(
  { node, pool }: Pick<Member, 'node' | 'pool'>,
  { listener }: Directly,
  signal: AbortSignal,
): Promise<Punch> {
  const relays = pool
    .up()
    .filter(({ link }) => (node.gate.features(link.connection) & helloFeatures.tellsAddress) !== 0)
    .map(({ link, addresses }) => [link.connection.remoteAddr.toString(), ...addresses])
  const configured = node.libp2p
    .getMultiaddrs()
    .map((address) => address.toString())
    .filter((address) => !address.includes('/p2p-circuit'))
  return openPunch({ relays, configured, listener, scope: node.scope, signal })
}

export interface Meeting {
  own: Punch
  theirs: Candidates
  token: Uint8Array
}

/** Connects to the other side, and goes on waiting for its connections, until the signal fires. */
export async function connectTo(
  { own, theirs, token }: Meeting,
  take: (socket: Socket) => void,
  signal: AbortSignal,
): Promise<void> {
  await punch(targetsOf(theirs, own.place), { port: own.port, most: own.most, token, signal }, take)
  await untilAborted(signal)
}

/** Makes a DIRECT frame of this step. */
export function offer(step: number, round: number, candidates?: Candidates): DirectOffer {
  return { multiaddrs: [], punch: [], router: 0, ...candidates, step, round }
}

/** Resolves with the other side's step of this round. Rejects when it does not come in time, or with the signal's reason. */
export async function offerOf(session: Session, step: number, round: number, over: AbortSignal): Promise<Candidates> {
  const signal = anySignal(over, AbortSignal.timeout(directOfferMs))
  try {
    return await waitFor<Candidates>(signal, (resolve) => {
      const onOffer = (given: DirectOffer) => {
        if (given.step === step && given.round === round) resolve({ ...given, router: given.router as RouterKind })
      }
      session.on('direct', onOffer)
      return () => session.off('direct', onOffer)
    })
  } catch (cause) {
    over.throwIfAborted()
    throw new OverlayError('unreachable', 'the other side did not say where it can be reached', { cause })
  }
}
