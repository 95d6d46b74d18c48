import { setMaxListeners } from 'node:events'
import { type Connection, createContext } from '../../../src/sdk/index.js'
import { makeNetwork, service } from '../../harness/network.js'
import { freePorts } from '../../support/free-ports.js'
import type { Program, Report, Stage, Victim } from '../stage.js'
import { slowLine } from '../throttle.js'

const sessions = 16
const lineBytesPerSecond = 2_000_000

/**
 * Honest traffic: as many sessions as will, all to one host, whose line to its relay is slow. The senders wait; no path is lost,
 * and nobody holds more than some windows.
 */
export const slowLineProgram: Program = {
  name: 'slow-line',
  about: `${sessions} sessions send all they can to a host behind a line of ${lineBytesPerSecond / 1e6} MB/s`,
  async run(stage) {
    const report: Report = { lines: [], failures: [] }
    const network = await build(stage)
    for (const splices of [true, false]) await load(stage, network, splices, report)
    return report
  },
}

async function build(stage: Stage): Promise<{ relay: Victim; name: string }> {
  const [published, listening] = await freePorts(2)
  await makeNetwork(
    stage.folder,
    [{ name: 'relay1', multiaddr: `/ip4/127.0.0.1/tcp/${published}` }],
    ['host', 'dialer'],
    3,
  )
  const relay = stage.victim('relay')
  await relay.call('relay', { identity: stage.identity('relay1'), listen: [`/ip4/127.0.0.1/tcp/${listening}`] })
  const line = await slowLine(published!, listening!, lineBytesPerSecond)
  stage.onClose(() => line.close())
  const host = stage.victim('host')
  const { name } = await host.call('host', { identity: stage.identity('host') })
  setMaxListeners(0)
  return { relay, name }
}

async function load(
  stage: Stage,
  network: { relay: Victim; name: string },
  splices: boolean,
  report: Report,
): Promise<void> {
  const { relay, name } = network
  const context = await createContext(stage.identity('dialer'), { direct: 'never', splices })

  let lost = 0
  const silences: number[] = []
  const connections: Connection[] = []
  for (let index = 0; index < sessions; index++) {
    const connection = await context.dial(service, { instanceId: name, appData: new TextEncoder().encode('sink') })
    connection.on('path:lost', ({ silentMs }) => {
      lost++
      silences.push(Math.round(silentMs))
    })
    connections.push(connection)
  }
  const before = await relay.call('vitals')
  const ending = new AbortController()
  const piece = new Uint8Array(64 * 1024)
  const senders = connections.map(async (connection) => {
    while (!ending.signal.aborted) await connection.write(piece, { signal: ending.signal }).catch(() => {})
  })
  let most = before
  const seconds = stage.small ? 15 : 120
  for (let second = 0; second < seconds; second++) {
    await new Promise((resolve) => setTimeout(resolve, 1000))
    const now = await relay.call('vitals')
    if (now.rssMiB > most.rssMiB) most = now
  }
  const each = connections.map(({ stats }) => stats.bytesAcknowledged / 1e6)
  const all = each.reduce((sum, one) => sum + one, 0)
  ending.abort()
  await Promise.all(senders)
  report.lines.push(
    `${splices ? 'spliced' : 'over one circuit'}, ${seconds} s: ${all.toFixed(1)} MB delivered, between ${Math.min(...each).toFixed(1)} and ${Math.max(...each).toFixed(1)} MB per session, ${lost} paths lost`,
    `memory of the relay: ${before.rssMiB} MiB, at most ${most.rssMiB}`,
  )
  if (lost > 0) report.failures.push(`${lost} paths were lost, after a silence of ${silences.join(', ')} ms`)
  await context.close()
}
