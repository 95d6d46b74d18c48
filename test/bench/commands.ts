// What is measured with whole commands: how long they take, and the gaps of sessions whose relay fails.
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { service } from '../harness/network.js'
import type { Report } from '../harness/report.js'
import { Layout, type Measuring } from './paths.js'
import { sessionWays, type Way } from './ways.js'

/** What people install, where it is named; else the same as it was compiled. */
const bundled = process.env.CHAT_P2P_BIN
const cli = path.resolve(bundled ?? path.join(import.meta.dirname, '../../src/cli/bin.js'))
const sdk =
  bundled === undefined ? path.join(import.meta.dirname, '../../src/sdk/index.js') : path.join(cli, '../sdk.js')

/** Ways that a process which has just been started takes. */
const coldWays = ['tls', 'tls proxied', 'splice', 'circuit'] as const satisfies Way[]

/** From the start of a process that loads everything it needs, dials and is accepted. */
export async function measureColdDials(chosen: readonly Way[], runs: number, measuring: Measuring): Promise<void> {
  const some = coldWays.filter((way) => chosen.includes(way))
  if (some.length === 0) return
  await measuring.once('dials of cold processes', async () => {
    const layout = new Layout()
    try {
      await layout.start(some)
      for (let run = 0; run < runs; run++) {
        for (const way of some) measuring.add(way, 'cold process → accepted, ms', await coldMs(layout, way))
      }
    } finally {
      layout.stop()
    }
  })
}

const cold = path.join(import.meta.dirname, 'cold.js')

function coldMs(layout: Layout, way: Way): Promise<number> {
  const ours = sessionWays.includes(way) ? [sdk, layout.identity('cold'), service] : []
  return untilSaid([cold, way, JSON.stringify(layout.places), ...ours], 'accepted')
}

export async function measureCommands(runs: number, measuring: Measuring): Promise<void> {
  await measuring.once('commands', async () => {
    for (let run = 0; run < runs; run++) {
      measuring.add('splice', '--help, ms', commandMs([cli, '--help']))
      measuring.add('tcp', '--help, ms', commandMs(['-e', '']))
    }
    const layout = new Layout()
    try {
      await layout.startHost()
      const chat = [cli, '-i', layout.identity('relayed'), '-s', service, '-v']
      for (let run = 0; run < runs; run++) {
        measuring.add('splice', 'start → bound, ms', await untilSaid(chat, 'bound on'))
      }
    } finally {
      layout.stop()
    }
  })
}

/** Milliseconds that a command takes, from its start to its end. */
function commandMs(args: readonly string[]): number {
  const startMs = performance.now()
  execFileSync(process.execPath, args, { cwd: tmpdir(), stdio: 'ignore' })
  return performance.now() - startMs
}

/** Milliseconds from the start of a process of Node's until it says something. */
async function untilSaid(args: readonly string[], wanted: string): Promise<number> {
  const startMs = performance.now()
  const child = spawn(process.execPath, args, { cwd: tmpdir(), stdio: ['pipe', 'pipe', 'pipe'] })
  try {
    return await new Promise<number>((resolve, reject) => {
      let said = ''
      const onText = (text: Buffer) => {
        said += text
        if (said.includes(wanted)) resolve(performance.now() - startMs)
      }
      child.stdout.on('data', onText)
      child.stderr.on('data', onText)
      child.on('exit', () => reject(new Error(`a process ended before it said '${wanted}': ${said}`)))
    })
  } finally {
    child.kill('SIGKILL')
  }
}

/** Gaps of sessions whose relay is killed or frozen, from a run of the failover harness with so many faults. */
export async function measureFailover(faults: number, measuring: Measuring): Promise<void> {
  await measuring.once(`${faults} relays killed or frozen under traffic`, async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'chat-p2p-bench-'))
    try {
      const json = path.join(folder, 'failover.json')
      const layout = ['--relays', '3', '--hosts', '1', '--dialers', '1', '--seed', '20261128']
      const what = ['--count', String(faults), '--faults', 'kill,freeze', '--keep-going', '--json', json]
      const harness = path.join(import.meta.dirname, '../harness/main.js')
      await new Promise((resolve) =>
        spawn(process.execPath, [harness, ...layout, ...what], { stdio: 'ignore' }).once('exit', resolve),
      )
      const { figures } = JSON.parse(readFileSync(json, 'utf8')) as Report
      for (const { text, measuredMs } of figures) {
        if (measuredMs !== undefined && text.includes('gap p50')) measuring.add('splice', `${text}, ms`, measuredMs)
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
}
