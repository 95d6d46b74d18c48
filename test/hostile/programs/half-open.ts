import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { maxSilentSockets } from '../../../src/core/limits.js'
import { type Context, createContext } from '../../../src/sdk/index.js'
import { encodePreface, prefaceBytes } from '../../../src/wire/prefaces.js'
import { service } from '../../harness/network.js'
import { placeOf } from '../attacker.js'
import type { Program, Report } from '../stage.js'

const full = { sockets: 10_000, calls: 50 }
const small = { sockets: 3_600, calls: 5 }
const reopenAfterMs = 1_000
/** Ports of one address are few. */
const maxReopened = 15_000
const maxGrowthMiB = 250
/** libp2p gives who stops within its negotiation 10 s. */
const maxStayMs = 30_000

/** What is said on a connection before it falls silent: nothing, half a token, and the beginning of libp2p's negotiation. */
const beginnings = [
  new Uint8Array(0),
  encodePreface(prefaceBytes.splice, randomBytes(32)).subarray(0, 17),
  Uint8Array.of(prefaceBytes.libp2p, 0x2f),
]

/** Strangers hold thousands of connections to a relay on which they stop halfway, and open each anew that is hung up on. */
export const halfOpen: Program = {
  name: 'half-open',
  about: 'strangers from many addresses hold connections to a relay on which they stop halfway, while a member calls',
  async run(stage) {
    const report: Report = { lines: [], failures: [] }
    const { sockets, calls } = stage.small ? small : full
    // As from many addresses: none of them has too many.
    const [relay] = await stage.network(1, ['host', 'honest'], { strangers: 0, 'stranger-rate': 0 })
    const { victim, address } = relay!
    const { name } = await stage.victim('host').call('host', { identity: stage.identity('host') })
    const honest = await createContext(stage.identity('honest'), { direct: 'never' })
    stage.onClose(() => honest.close())
    await callAndEcho(honest, name, calls) // what is done once is done
    const quiet = await callAndEcho(honest, name, calls)
    const before = await victim.call('vitals')

    const crowd = new Crowd(address)
    stage.onClose(() => crowd.leave())
    await crowd.come(sockets)
    const crowded = await callAndEcho(honest, name, calls)
    const under = await victim.call('vitals')
    crowd.reopens = false
    const startMs = performance.now()
    let after = under
    // Not by what the strangers see: a system whose queue was full drops connections that they take for open.
    while (!stage.small && after.sockets > before.sockets && performance.now() - startMs < maxStayMs) {
      await new Promise((done) => setTimeout(done, 500))
      after = await victim.call('vitals')
    }

    report.lines.push(
      `${crowd.opened} connections were opened; ${under.sockets} stood at the relay after the calls`,
      `calls: ${crowded.served} of ${calls} served, median ${quiet.medianMs.toFixed(1)} ms quiet, ${crowded.medianMs.toFixed(1)} ms in the crowd`,
      `memory of the relay: ${before.rssMiB} MiB before, ${under.rssMiB} in the crowd, ${after.rssMiB} after it; CPU ${under.cpuMs} ms`,
    )
    if (!stage.small) {
      report.lines.push(`${after.sockets} connections stood when nobody came back, ${before.sockets} before`)
    }
    if (crowded.served < calls) report.failures.push(`${calls - crowded.served} calls of a member were not served`)
    if (crowded.spliced < crowded.served) report.failures.push('a call got a circuit instead of a splice')
    if (under.rssMiB > before.rssMiB + maxGrowthMiB) report.failures.push(`the relay grew to ${under.rssMiB} MiB`)
    const most = before.sockets + maxSilentSockets + sockets / beginnings.length + calls
    if (under.sockets > most) report.failures.push(`${under.sockets} connections stood at the relay`)
    if (!stage.small && after.sockets > before.sockets)
      report.failures.push(`${after.sockets} connections stay at the relay`)
    return report
  },
}

/** Connections that stop halfway. */
class Crowd {
  reopens = true
  opened = 0
  readonly #place: { host: string; port: number }
  readonly #standing = new Set<Socket>()

  constructor(address: string) {
    this.#place = placeOf(address)
  }

  /** Resolves when so many have connected, or were hung up on already. */
  async come(count: number): Promise<void> {
    for (let first = 0; first < count; first += 200) {
      await Promise.all(Array.from({ length: Math.min(200, count - first) }, (_, index) => this.#open(first + index)))
    }
  }

  leave(): void {
    this.reopens = false
    for (const socket of this.#standing) socket.destroy()
  }

  #open(nth: number): Promise<void> {
    const socket = connect(this.#place)
    this.opened++
    this.#standing.add(socket)
    socket.on('error', () => {})
    socket.write(beginnings[nth % beginnings.length]!)
    socket.resume()
    return new Promise((resolve) => {
      socket.once('connect', () => resolve())
      socket.once('close', () => {
        this.#standing.delete(socket)
        resolve()
        if (this.opened >= maxReopened) return
        setTimeout(() => this.reopens && void this.#open(nth), reopenAfterMs).unref()
      })
    })
  }
}

/** Calls the host so often, one call after the other, and has it echo a byte. */
async function callAndEcho(context: Context, instanceId: string, calls: number) {
  const times: number[] = []
  let spliced = 0
  for (let call = 0; call < calls; call++) {
    const startMs = performance.now()
    try {
      const connection = await context.dial(service, { instanceId })
      await connection.write(Uint8Array.of(1))
      if ((await connection.read())?.byteLength !== 1) continue
      times.push(performance.now() - startMs)
      if (connection.paths().some(({ kind }) => kind === 'splice')) spliced++
      await connection.close()
    } catch {
      // counted as not served
    }
  }
  return { served: times.length, spliced, medianMs: times.sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN }
}
