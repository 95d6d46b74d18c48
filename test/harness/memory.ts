import { readFileSync } from 'node:fs'
import { Cluster } from './cluster.js'
import { monotonicMs } from './monotonic.js'
import { service } from './network.js'
import type { HarnessOptions } from './options.js'
import { Progress } from './progress.js'
import { machine, type Report } from './report.js'
import type { Side } from './session-run.js'
import type { TransferState } from './transfer.js'
import { sleep, until } from './waiting.js'

const mib = 1024 * 1024
/** What dialer, host and relay may each hold resident at most. */
export const memoryLimitMib = 120
/** Buffers are full when the writer has not got on for this long. */
const stuckMs = 1_500
const transferLimitMs = 600_000

export interface MemoryReport {
  seed: number
  options: HarnessOptions
  machine: Report['machine']
  limitMib: number
  /** Highest resident size of each process over its whole life (`VmHWM`). */
  peakMib: Record<string, number>
  /** One per direction. */
  held: Array<{
    from: Side
    /** Written and not read while the reader stood still. */
    bytes: number
    stoppedSeconds: number
    /** Of the whole transfer less the stop. */
    megabytesPerSecond: number
    transferred: number
  }>
  failures: string[]
}

/** A transfer in each direction whose reader stops on the way: nobody may hold more than a bounded amount. */
export async function runMemory(options: HarnessOptions, signal: AbortSignal): Promise<MemoryReport> {
  const { keep, terminators, relays, carrier } = options
  const progress = new Progress(options.verbose)
  const onEvent = (event: object) => options.verbose && progress.line(JSON.stringify(event))
  const cluster = new Cluster({ relays, hosts: 1, dialers: 1, terminators, carrier, namespaces: false, keep, onEvent })
  const report: MemoryReport = {
    seed: options.seed,
    options,
    machine: machine(false),
    limitMib: memoryLimitMib,
    peakMib: {},
    held: [],
    failures: [],
  }
  try {
    progress.now('starting the processes')
    await cluster.start()
    for (const from of ['dialer', 'host'] as const) await transfer(cluster, from, options, report, progress, signal)
    for (const { name, pid } of [...cluster.members, ...cluster.relays]) report.peakMib[name] = peakMib(pid!)
    for (const [name, peak] of Object.entries(report.peakMib)) {
      if (peak >= memoryLimitMib)
        report.failures.push(`${name} held ${peak} MiB; less than ${memoryLimitMib} are allowed`)
    }
  } catch (error) {
    report.failures.push(signal.aborted ? 'interrupted' : String((error as Error).stack))
  } finally {
    progress.close()
    await cluster.close()
  }
  return report
}

async function transfer(
  cluster: Cluster,
  from: Side,
  options: HarnessOptions,
  report: MemoryReport,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const [dialer, host] = [cluster.dialers[0]!, cluster.hosts[0]!]
  const [writer, reader] = from === 'dialer' ? [dialer, host] : [host, dialer]
  const transferBytes = options.megabytes * mib
  const spec = { transferBytes, from, seed: options.seed, stopAfterBytes: Math.floor(transferBytes / 4) }
  const startMs = monotonicMs()
  await dialer.call('transfer', { service, instanceId: host.name, spec })
  const state = async (member: typeof writer): Promise<TransferState | undefined> => {
    const now = await member.call('transferState')
    if (now?.error !== undefined) throw new Error(`${member.name}: ${now.error}`)
    return now?.from === from ? now : undefined
  }
  const expect = async (what: string, limitMs: number, ask: () => Promise<boolean>) => {
    progress.now(what)
    const wrong = await until(limitMs, async () => ((await ask()) ? undefined : what), { everyMs: 200, signal })
    if (typeof wrong === 'string') throw new Error(`not in time: ${wrong}`)
  }

  await expect(
    `from ${from}: until the reader stops`,
    transferLimitMs,
    async () => (await state(reader))?.stopped === true,
  )
  let written = -1
  let sinceMs = 0
  await expect(`from ${from}: until every buffer is full`, 60_000, async () => {
    const now = (await state(writer))!.written
    if (now !== written) sinceMs = monotonicMs()
    written = now
    return monotonicMs() - sinceMs >= stuckMs
  })
  progress.now(`from ${from}: the reader stands still for ${options.pauseSeconds} s`)
  await sleep(options.pauseSeconds * 1000, undefined, { signal })
  const stoppedSeconds = Math.round((monotonicMs() - sinceMs) / 100) / 10
  const bytes = (await state(writer))!.written - (await state(reader))!.read
  await reader.call('resumeReading')
  await expect(
    `from ${from}: until all has arrived`,
    transferLimitMs,
    async () => (await state(reader))?.finished === true,
  )
  const seconds = (monotonicMs() - startMs) / 1000 - stoppedSeconds
  const [sent, received] = [(await state(writer))!, (await state(reader))!]
  if (sent.written !== received.read || sent.checksum !== received.checksum || received.read !== transferBytes) {
    report.failures.push(`from ${from}: ${sent.written} bytes were sent and ${received.read} received, or others`)
  }
  report.held.push({
    from,
    bytes,
    stoppedSeconds,
    megabytesPerSecond: Math.round(transferBytes / 1e5 / seconds) / 10,
    transferred: received.read,
  })
}

/** The kernel's high-water mark of a process's resident memory. */
function peakMib(pid: number): number {
  const found = readFileSync(`/proc/${pid}/status`, 'utf8').match(/^VmHWM:\s+(\d+) kB/m)
  if (found === null) throw new Error('This system does not tell the peak memory of a process (VmHWM).')
  return Math.round(Number(found[1]) / 102.4) / 10
}
