import { isIPv6, type Socket } from 'node:net'
import type { Connection } from '@libp2p/interface'
import type { Clock } from '../core/clock.js'
import type { OverlayError } from '../core/errors.js'
import type { Pace } from '../core/rates.js'
import type { VerifiedCertificate } from '../identity/certificate.js'
import { relayRole } from '../identity/identity-file.js'
import type { Admission } from './admission.js'
import { CircuitShares } from './circuit-shares.js'
import { socketAddressOf } from './connect-socket.js'
import type { Quotas } from './quotas.js'

/** Applies the quotas of a relay, or of a host, where connections come in and circuits are asked for. */
export class QuotaAdmission implements Admission {
  readonly #quotas: Quotas
  readonly #clock: Clock
  readonly #circuits: CircuitShares
  /** Holds what hangs up on each stranger, by address, the oldest first. */
  readonly #strangers = new Map<string, Set<() => void>>()
  /** Holds what is called when a stranger is none any more, by its address and port. */
  readonly #leave = new Map<string, () => void>()

  constructor(quotas: Quotas, clock: Clock) {
    this.#quotas = quotas
    this.#clock = clock
    this.#circuits = new CircuitShares(quotas.limit('circuits'))
  }

  arrived(socket: Socket): boolean {
    const { remoteAddress, remotePort } = socket
    if (remoteAddress === undefined) return false // gone already
    const address = addressOf(remoteAddress)
    const others = this.#strangers.get(address) ?? new Set()
    // The oldest goes rather than the newest: an honest one that shares an address with an attacker proves itself soon, and stays.
    if (this.#quotas.ofHeld('strangers', others.size) !== undefined) others.values().next().value?.()
    const end = endOf(remoteAddress, remotePort)
    const leave = () => {
      if (this.#leave.get(end) !== leave) return
      this.#leave.delete(end)
      others.delete(hangUp)
      if (others.size === 0) this.#strangers.delete(address)
    }
    const hangUp = () => {
      leave()
      socket.destroy()
    }
    this.#leave.get(end)?.() // its socket is closed, and nobody has said so yet
    this.#leave.set(end, leave)
    this.#strangers.set(address, others.add(hangUp))
    socket.once('close', leave)
    return true
  }

  begins({ remoteAddress }: Socket): boolean {
    if (remoteAddress === undefined) return false
    return this.#quotas.ofRate('stranger-rate', addressOf(remoteAddress), this.#clock.monotonic()) === undefined
  }

  taken({ remoteAddress, remotePort }: Socket): void {
    if (remoteAddress !== undefined) this.#leave.get(endOf(remoteAddress, remotePort))?.()
  }

  proved({ direction, remoteAddr }: Connection): void {
    const address = direction === 'inbound' ? socketAddressOf(remoteAddr) : undefined
    if (address !== undefined) this.#leave.get(endOf(address.host, address.port))?.()
  }

  member({ roles }: VerifiedCertificate, connections: number): OverlayError | undefined {
    return roles.includes(relayRole) ? undefined : this.#quotas.ofHeld('connections', connections)
  }

  pace(dialerPeerId: string): Pace | undefined {
    return this.#quotas.pace('bytes', dialerPeerId, () => this.#clock.monotonic())
  }

  circuit(dialerPeerId: string, host: string): (() => void) | undefined {
    if (this.#quotas.ofRate('dials', dialerPeerId, this.#clock.monotonic()) !== undefined) return undefined
    const giveBack = this.#circuits.take(dialerPeerId, host)
    if (giveBack === undefined) this.#quotas.refuse('circuits')
    return giveBack
  }
}

const endOf = (host: string, port: number | undefined) => `${groupsOf(host).join(':')} ${port}`

/** Returns what counts as one address: of IPv6 what one line usually gets, a /64. */
export function addressOf(host: string): string {
  const groups = groupsOf(host)
  return groups.length === 1 ? host.replace(mapped, '') : `${groups.slice(0, 4).join(':')}::/64`
}

/** Matches the prefix of an IPv4 address that came through a socket for both. */
const mapped = /^::ffff:(?=\d+\.)/i

/** Returns all eight groups of an IPv6 address, or an IPv4 address alone. */
function groupsOf(host: string): string[] {
  const plain = host.replace(mapped, '').replace(/%.*$/, '').toLowerCase()
  if (!isIPv6(plain)) return [plain]
  const [head = '', tail] = plain.split('::')
  const split = (part: string) => (part === '' ? [] : part.split(':').map((group) => group.replace(/^0+(?=.)/, '')))
  if (tail === undefined) return split(head)
  const [first, last] = [split(head), split(tail)]
  return [...first, ...Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0'), ...last]
}
