import { once } from 'node:events'
import type { Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { anySignal } from '../core/abort.js'
import { seenAnswerMs, seenAnswersApartMs } from '../core/limits.js'
import { waitFor, whenAborted } from '../core/waiting.js'
import { encodePreface, prefaceBytes } from '../wire/prefaces.js'
import type { SeenAddress } from '../wire/seen-address.js'
import {
  type Candidates,
  candidatesOf,
  type InterfaceAddress,
  isOneMachine,
  maxCandidates,
  type Place,
  type Targets,
} from './candidates.js'
import { connectSocket, type SocketAddress, socketAddressOf } from './connect-socket.js'
import type { DialScope } from './dial-scope.js'
import { type DirectListener, freePort } from './direct-listener.js'
import { askSeenAddress, type SeenFrom } from './seen-address.js'

/** The number of relays that are asked for each family of addresses: what two see tells whether a router keeps a port. */
const askedPerFamily = 2
/**
 * Says after how long a refused connection is tried again, ms; a little later each time. Some routers, and a machine without one,
 * refuse whoever comes too early. The system itself repeats what is not answered at all, after 1 and 3 s.
 */
const refusedRetryMs = 30
const maxTries = 20

/** Limits the connections that a side looks at in one round: as many as there are candidates, both ways. */
export const maxSockets = 4 * maxCandidates

/**
 * Says whether several sockets can be bound to one port, as libuv binds them. Elsewhere relays are asked one after the other, each
 * connection is closed before the next one begins, and one address is punched.
 */
const portsAreShared = process.platform === 'linux'

export interface PunchOptions {
  /** Where relays can be asked how they see us; each relay's addresses together. */
  relays: ReadonlyArray<readonly string[]>
  /** What the node listens on for everybody. */
  configured: readonly string[]
  listener: DirectListener
  /** Decides which of the relays' addresses may be asked. */
  scope: Pick<DialScope, 'permits' | 'permitsFound'>
  signal: AbortSignal
  /** Overrides, for tests, whether several sockets can be bound to one port; default: as the system does. */
  sharesPorts?: boolean
}

/** What one side has open while it looks for a direct path. */
export interface Punch {
  place: Place
  candidates: Candidates
  port: number
  /** How many of the other side's addresses to punch can be tried. */
  most: number
  /** Closes what is open; a second time does nothing. Sockets that were handed over stay. */
  close(): void
}

/**
 * Finds out where this side can be reached. Relays are asked from the port that is going to be used; without any relay, what this
 * machine knows by itself has to do.
 */
export async function openPunch({
  relays,
  configured,
  listener,
  scope,
  signal,
  sharesPorts = portsAreShared,
}: PunchOptions): Promise<Punch> {
  const port = await freePort()
  const interfaces = interfaceAddresses()
  const permitted = relays.map((addresses) =>
    addresses.map((text) => multiaddr(text)).filter((each) => scope.permits(each)),
  )
  const asked = relaysToAsk(permitted, interfaces)
  const ask: Ask = (relay, either) =>
    askSeenAddress(relay, { localPort: port, permits: (found) => scope.permitsFound(relay.host, found) }, either)
  const answers = sharesPorts ? await askRelays(asked, ask, signal) : await askInTurn(asked, ask, signal)
  const place: Place = { interfaces, seen: answers.map(({ seen }) => seen) }
  const close = () => {
    for (const { socket } of answers) socket.destroy()
  }
  try {
    signal.throwIfAborted()
    const held = await listener.hold(isOneMachine(place))
    return {
      place,
      candidates: candidatesOf(place, { listenPort: held.port, punchPort: port, configured }),
      port,
      most: sharesPorts ? maxCandidates : 1,
      close() {
        close()
        held.release()
      },
    }
  } catch (error) {
    close()
    throw error
  }
}

/** Returns the machine's addresses at the moment. */
export function interfaceAddresses(): InterfaceAddress[] {
  return Object.values(networkInterfaces()).flatMap((all) => all ?? [])
}

/** Picks the addresses of relays to ask, relays by turns, so that not all questions of one family go to the same one. */
function relaysToAsk(relays: readonly Multiaddr[][], interfaces: readonly InterfaceAddress[]): SocketAddress[] {
  const hasIpv6 = interfaces.some(
    ({ address, internal }) => address.includes(':') && !internal && !address.startsWith('fe80'),
  )
  const families = hasIpv6 ? ([4, 6] as const) : ([4] as const)
  return families.flatMap((family) =>
    relays.flatMap((addresses) => firstOf(addresses, family) ?? []).slice(0, askedPerFamily),
  )
}

function firstOf(addresses: readonly Multiaddr[], family: 4 | 6): SocketAddress | undefined {
  for (const each of addresses) {
    const address = socketAddressOf(each)
    if (address !== undefined && (address.family === family || address.family === 0)) return { ...address, family }
  }
  return undefined
}

type Ask = (relay: SocketAddress, signal: AbortSignal) => Promise<SeenFrom>

/**
 * Asks relays at the same time and resolves with their answers; those that come much later than the first one are left out. Never
 * rejects.
 */
async function askRelays(relays: readonly SocketAddress[], askOne: Ask, signal: AbortSignal): Promise<SeenFrom[]> {
  const enough = new AbortController()
  const either = anySignal(signal, enough.signal, AbortSignal.timeout(seenAnswerMs))
  const answers: SeenFrom[] = []
  let timer: NodeJS.Timeout | undefined
  const ask = async (relay: SocketAddress) => {
    const answer = await askOne(relay, either).catch(() => undefined) // an older one, or out of reach by this family
    if (answer === undefined) return
    answers.push(answer)
    timer ??= setTimeout(() => enough.abort(new Error('Others have answered.')), seenAnswersApartMs)
  }
  await Promise.all(relays.map(ask))
  clearTimeout(timer)
  return answers
}

/** Asks relays like {@link askRelays}, but with no two connections at a time. */
async function askInTurn(relays: readonly SocketAddress[], askOne: Ask, signal: AbortSignal): Promise<SeenFrom[]> {
  const answers: SeenFrom[] = []
  for (const relay of relays) {
    const [answer] = await askRelays([relay], askOne, signal)
    if (answer === undefined) continue
    answer.socket.destroy()
    if (!answer.socket.closed) await once(answer.socket, 'close')
    answers.push(answer)
  }
  return answers
}

/**
 * Connects to all targets at once until the signal fires: showing the token where the other side takes connections, and from `port`
 * where it connects to us at the same moment. Hands over each socket that comes about; resolves when no more will.
 */
export async function punch(
  targets: Targets,
  { port, most, token, signal }: Pick<Punch, 'port' | 'most'> & { token: Uint8Array; signal: AbortSignal },
  onSocket: (socket: Socket) => void,
): Promise<void> {
  const give = (socket: Socket) => {
    if (signal.aborted) socket.destroy()
    else onSocket(socket)
  }
  await Promise.allSettled([
    ...targets.listening.map(async (target) => {
      const socket = await connectSocket({ ...target, family: 0 }, signal)
      socket.write(encodePreface(prefaceBytes.direct, token))
      give(socket)
    }),
    ...targets.punch.slice(0, most).map(async (target) => give(await connectPersistently(target, port, signal))),
  ])
}

async function connectPersistently(target: SeenAddress, port: number, signal: AbortSignal): Promise<Socket> {
  for (let tries = 1; ; tries++) {
    try {
      return await connectSocket({ ...target, family: 0 }, signal, { localPort: port })
    } catch (error) {
      if (signal.aborted || tries === maxTries || !wasRefused(error)) throw error
    }
    await pause(refusedRetryMs * tries, signal)
  }
}

function wasRefused(error: unknown): boolean {
  const { code } = ((error as Error).cause ?? error) as NodeJS.ErrnoException
  return code === 'ECONNREFUSED' || code === 'ECONNRESET'
}

/** Waits in real time, whatever clock a session has. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return waitFor(signal, (resolve) => {
    const timer = setTimeout(() => resolve(), ms)
    return () => clearTimeout(timer)
  })
}

/**
 * Resolves with the first socket that proves to lead to the right peer. `make` hands over sockets, at most 32 of which are looked
 * at, and resolves when there will be no more; `prove` resolves with what is made of one. All others are dropped. Rejects with the last failure, or the signal's
 * reason.
 */
export function firstProved<T>(
  make: (take: (socket: Socket) => void, over: AbortSignal) => Promise<void>,
  prove: (socket: Socket, signal: AbortSignal) => Promise<T>,
  drop: (proved: T) => void,
  signal: AbortSignal,
): Promise<T> {
  const over = new AbortController()
  const either = anySignal(signal, over.signal)
  return new Promise((resolve, reject) => {
    let taken = 0
    let proving = 0
    let made = false
    let settled = false
    let failure: unknown = new Error('No connection came about.')
    let forget = () => {}
    const settle = (give: () => void) => {
      if (settled) return
      settled = true
      forget()
      give()
      over.abort(new Error('Another socket was faster.'))
    }
    const look = () => {
      if (made && proving === 0) settle(() => reject(failure))
    }
    const take = (socket: Socket) => {
      if (settled || ++taken > maxSockets) {
        socket.destroy()
        return
      }
      proving++
      prove(socket, either).then(
        (proved) => {
          proving--
          if (settled) drop(proved)
          else settle(() => resolve(proved))
        },
        (error) => {
          proving--
          failure = error
          look()
        },
      )
    }
    forget = whenAborted(signal, () => settle(() => reject(signal.reason)))
    if (settled) return
    make(take, either)
      .catch((error) => {
        failure = error
      })
      .then(() => {
        made = true
        look()
      })
  })
}
