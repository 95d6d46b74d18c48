// What is measured with whole commands: how long they take, and the gaps of sessions whose relay fails.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { service } from '../harness/network.js'
import type { Report } from '../harness/report.js'
import { Layout, type Measuring } from './paths.js'
import { cli, commandMs, untilSaidMs } from './started.js'

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
        measuring.add('splice', 'start → bound, ms', await untilSaidMs(chat, 'bound on'))
      }
    } finally {
      layout.stop()
    }
  })
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
