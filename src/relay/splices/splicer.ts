import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import type { OverlayError } from '../../core/errors.js'
import { spliceTokenMs } from '../../core/limits.js'
import type { VerifiedCertificate } from '../../identity/certificate.js'
import type { Preface } from '../../net/first-bytes.js'
import type { Quotas } from '../../net/quotas.js'
import { prefaceBytes, prefaceTokenBytes, tokenOf } from '../../wire/prefaces.js'
import { type JoinedSockets, joinSockets } from './join-sockets.js'
import { type Splice, SpliceTable, type SpliceTokens } from './splice-table.js'

/** Ends what stands on a certificate when that is revoked; see {@link Gate.guard}. */
export type Guard = (certificate: VerifiedCertificate, end: (error: OverlayError) => void) => () => void

/** Joins the connections of dialers and hosts that show the tokens which their links gave them, and never looks inside. */
export class Splicer {
  readonly #table: SpliceTable<Socket>
  readonly #guard: Guard
  readonly #quotas: Pick<Quotas, 'limit' | 'pace'> | undefined
  readonly #live = new Map<Splice<Socket>, { join(a: Socket, b: Socket): void; late(): void; end(): void }>()
  /** Counts since the start. */
  readonly totals = { joined: 0, late: 0, unknownTokens: 0, bytes: 0 }
  /** Takes the connections that show a token on the port that libp2p listens on. */
  readonly preface: Preface = {
    byte: prefaceBytes.splice,
    length: 1 + prefaceTokenBytes,
    take: (socket, preface) => this.#take(socket, tokenOf(preface)),
  }

  constructor(guard: Guard, quotas?: Pick<Quotas, 'limit' | 'pace'>) {
    this.#table = new SpliceTable(randomBytes, quotas?.limit('splices'))
    this.#guard = guard
    this.#quotas = quotas
  }

  get counts(): { joined: number; pending: number } {
    return this.#table.counts
  }

  /** Counts the splices of a dialer, whatever their state. */
  held(dialerPeerId: string): number {
    return this.#table.held(dialerPeerId)
  }

  /** Prepares to join a dialer with a host: returns the tokens for the two, which are good for 10 s. Throws `busy`. */
  prepare(dialer: VerifiedCertificate, host: VerifiedCertificate): SpliceTokens {
    const splice = this.#table.open(dialer.peerId, host.peerId)
    const { tokens } = splice
    let joined: JoinedSockets | undefined
    const end = () => {
      clearTimeout(timer)
      this.#live.delete(splice)
      for (const forget of guards) forget()
      this.#table.close(splice)?.destroy()
      joined?.cut()
    }
    const late = () => {
      this.totals.late++
      end()
    }
    let timer: NodeJS.Timeout | undefined = setTimeout(late, spliceTokenMs)
    const guards = [dialer, host].map((certificate) => this.#guard(certificate, end))
    const join = (a: Socket, b: Socket) => {
      clearTimeout(timer)
      timer = undefined
      this.totals.joined++
      joined = joinSockets(
        a,
        b,
        this.#quotas?.pace('bytes', dialer.peerId, () => performance.now()),
        dialer.peerId,
      )
      void joined.over.then((bytes) => {
        this.totals.bytes += bytes
        end()
      })
    }
    this.#live.set(splice, { join, late, end })
    return tokens
  }

  stop(): void {
    for (const { end } of [...this.#live.values()]) end()
  }

  #take(socket: Socket, token: Uint8Array): void {
    const shown = this.#table.show(token, socket)
    if (shown === undefined) {
      this.totals.unknownTokens++
      socket.destroy()
      return
    }
    const { splice, other } = shown
    if (other !== undefined) this.#live.get(splice)?.join(other, socket)
    // What it sends meanwhile stays in its socket, which is paused: one read at most, and the system's buffers.
    else socket.once('close', () => splice.first === socket && this.#live.get(splice)?.late())
  }
}
