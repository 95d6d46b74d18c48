import type { Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { strangerNode } from '../attacker.js'
import type { Program, Report } from '../stage.js'

const streams = 4
const maxGrowthMiB = 100

/** A stranger talks without end to a rendezvous node that reads slowly: it has to wait, and costs some windows. */
export const slowReader: Program = {
  name: 'slow-reader',
  about: `a stranger talks without end, on ${streams} streams, to a rendezvous node that reads slowly`,
  async run(stage) {
    const report: Report = { lines: [], failures: [] }
    const victim = stage.victim('rendezvous')
    const { address } = await victim.call('rendezvous', [])
    const stranger = await strangerNode()
    stage.onClose(() => stranger.stop())
    const connection = await stranger.dial(multiaddr(address))
    const before = await victim.call('vitals')
    const ending = new AbortController()
    const talking: Stream[] = []
    for (let index = 0; index < streams; index++) {
      const stream = await connection.newStream('/chat/1.1.0')
      talking.push(stream)
      void talk(stream, ending.signal)
    }
    let most = 0
    const seconds = stage.small ? 10 : 180
    for (let second = 0; second < seconds; second++) {
      await new Promise((resolve) => setTimeout(resolve, 1000))
      most = Math.max(most, (await victim.call('vitals')).rssMiB)
    }
    ending.abort()
    const { readBytes, endedStreams } = await victim.call('read')
    report.lines.push(
      `${seconds} s: ${(readBytes / 1e6).toFixed(1)} MB read, ${endedStreams} streams lost`,
      `memory: ${before.rssMiB} MiB, at most ${most}`,
    )
    if (most > before.rssMiB + maxGrowthMiB) report.failures.push(`memory grew to ${most} MiB`)
    if (endedStreams > 0) report.failures.push(`${endedStreams} of ${talking.length} streams were cut`)
    return report
  },
}

async function talk(stream: Stream, signal: AbortSignal): Promise<void> {
  const piece = new TextEncoder().encode(`${'x'.repeat(16_000)}\n\n`)
  while (!signal.aborted && stream.status === 'open') {
    if (stream.send(piece)) await new Promise((resolve) => setImmediate(resolve))
    else await new Promise((resolve) => stream.addEventListener('drain', resolve, { once: true }))
  }
}
