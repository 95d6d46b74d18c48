import type { Stream } from '@libp2p/interface'
import { StreamCarrier } from '../../../src/net/stream-carrier.js'
import { type AcceptPathOptions, acceptPath } from '../../../src/session/accept-handshake.js'
import { type DialOnRequest, dialOn } from '../../../src/session/dial-handshake.js'
import { HostTable } from '../../../src/session/host-table.js'
import { resumePath } from '../../../src/session/resume-path.js'
import type { RingingDial, SessionTable } from '../../../src/session/ringing-dial.js'
import type { Session } from '../../../src/session/session.js'
import type { PathKind, SessionLimits } from '../../../src/session/types.js'
import { dialedSession } from './dialed-session.js'
import { ManualClock } from './manual-clock.js'
import { MemoryNetwork, type MemoryWire } from './memory-stream.js'

export const dialerPeerId = '12D3KooWDialer'

export function dialRequest(overrides: Partial<DialOnRequest> = {}): DialOnRequest {
  return {
    dialId: new Uint8Array(16).fill(7),
    service: 'chat',
    instanceId: 'bob',
    appData: new Uint8Array(0),
    connectTimeoutMs: 60_000,
    direct: false,
    ...overrides,
  }
}

/** A dialer and a host in memory, with time that stands still unless `pass` is called. */
export class World {
  readonly clock = new ManualClock()
  readonly network = new MemoryNetwork()
  readonly table: SessionTable = new HostTable()
  readonly dials: RingingDial[] = []
  /** What the host does with a new call; by default it is kept in `dials`. */
  onDial: (dial: RingingDial) => void = (dial) => this.dials.push(dial)
  #random = 0

  constructor(readonly limits: Partial<SessionLimits> = {}) {}

  readonly randomBytes = (length: number): Uint8Array => new Uint8Array(length).fill(++this.#random)

  accept(stream: Stream, overrides: Partial<AcceptPathOptions> = {}): void {
    acceptPath(new StreamCarrier(stream), {
      remotePeerId: dialerPeerId,
      label: 'relay',
      kind: 'circuit',
      table: this.table,
      clock: this.clock,
      randomBytes: this.randomBytes,
      onDial: (dial) => this.onDial(dial),
      limits: this.limits,
      ...overrides,
    })
  }

  /** A stream whose far end the host takes. */
  wire(overrides: Partial<AcceptPathOptions> = {}, capacity?: number): MemoryWire {
    const wire = this.network.wire(capacity)
    this.accept(wire.inbound, overrides)
    return wire
  }

  /** A session that is accepted at once, with its first path over `relay1`. */
  async connect(): Promise<{ dialer: Session; host: Session; wire: MemoryWire }> {
    let host: Session | undefined
    this.onDial = (dial) => {
      host = dial.accept()
    }
    const wire = this.wire({ label: 'relay1' })
    const accepted = await dialOn(new StreamCarrier(wire.outbound), dialRequest(), {
      clock: this.clock,
      limits: this.limits,
    })
    const dialer = dialedSession(accepted, { label: 'relay1', kind: 'circuit', clock: this.clock, limits: this.limits })
    await this.settled()
    return { dialer, host: host!, wire }
  }

  async addPath(dialer: Session, label: string, kind: PathKind = 'circuit'): Promise<MemoryWire> {
    const wire = this.wire({ label, kind })
    await resumePath(dialer, new StreamCarrier(wire.outbound), { label, kind, clock: this.clock })
    await this.settled()
    return wire
  }

  readonly settled = (): Promise<void> => this.network.settled()

  async pass(ms: number): Promise<void> {
    await this.clock.advance(ms, this.settled)
  }
}

export async function readAll(session: Session): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const bytes of session) chunks.push(bytes)
  return new Uint8Array(Buffer.concat(chunks))
}

export async function readText(session: Session): Promise<string | undefined> {
  const bytes = await session.read()
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes)
}

export function text(value: string): Uint8Array {
  return new TextEncoder().encode(value)
}
