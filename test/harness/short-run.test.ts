import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { MemoryReport } from './memory.js'
import { carriers } from './options.js'
import type { Report } from './report.js'

const root = path.resolve(import.meta.dirname, '../..')
const main = path.join(root, 'build', 'test', 'harness', 'main.js')
const folder = mkdtempSync(path.join(tmpdir(), 'chat-p2p-test-'))
const running = new Set<ChildProcess>()

beforeAll(() => {
  execFileSync(process.execPath, [path.join(root, 'scripts', 'build-harness.mjs')], { stdio: 'inherit' })
})

afterAll(() => {
  for (const child of running) child.kill('SIGKILL') // its janitor takes the rest away
  rmSync(folder, { recursive: true, force: true })
})

/** Starts what `npm run failover -- <args>` runs; `temporary` is where it keeps its things. */
function start(temporary: string, args: readonly string[]) {
  const env = { ...process.env, TMPDIR: temporary }
  const child = spawn(process.execPath, [main, ...args], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
  running.add(child)
  let output = ''
  const heard = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      output += data
      for (const wake of heard) wake()
    })
  }
  const code = new Promise<number | null>((resolve) => {
    child.once('close', (status) => {
      running.delete(child)
      resolve(status)
    })
  })
  const sees = (pattern: RegExp) =>
    new Promise<void>((resolve) => {
      const look = () => pattern.test(output) && resolve()
      heard.add(look)
      look()
    })
  return { child, code, sees, output: () => output }
}

async function run<R>(args: string): Promise<{ code: number | null; output: string; report: R }> {
  const file = path.join(mkdtempSync(path.join(folder, 'run-')), 'report.json')
  const { code, output } = start(path.dirname(file), [...args.split(' '), '--json', file])
  const status = await code
  return { code: status, output: output(), report: JSON.parse(readFileSync(file, 'utf8')) }
}

test.each(carriers)(
  'relays die, freeze, restart and get lost in the network under chats and transfers (on a %s), and nothing is lost, repeated or reordered',
  async (carrier) => {
    const faults = 'kill,freeze,restart,idle-freeze,host-kill,host-freeze,partition,loss'
    const { code, output, report } = await run<Report>(
      `--seed 20261121 --relays 3 --hosts 1 --dialers 1 --count 8 --faults ${faults} --carrier ${carrier}`,
    )
    // What this machine can't do is said, as in `skipped loss: the kernel has no netem and no BPF filter`.
    for (const { kind, why } of report.skipped) console.log(`skipped ${kind}: ${why}`)
    expect(report.failures, output).toEqual([])
    expect(code, output).toBe(0)
    expect(report.totals).toMatchObject({ sessionsLost: 0, lost: 0, duplicated: 0, reordered: 0, corrupted: 0 })
    expect(report.totals.sessions).toBe(3)
    expect(report.faults).toBe(8)
    // Not by a fallback.
    const { [carrier]: wanted = 0, ...others } = report.carriers
    expect(wanted, JSON.stringify(report.carriers)).toBeGreaterThan(
      3 * Object.values(others).reduce((a, b) => a + b, 0),
    )
    // Not by luck: the relays that were hit carried sessions, the sessions moved, and bytes flowed.
    for (const kind of ['kill', 'freeze', 'restart', 'idle-freeze'] as const) {
      const own = report.kinds.find((each) => each.kind === kind)!
      expect(own.carried, kind).toBeGreaterThan(0)
      expect(own.switches, kind).toBeGreaterThan(0)
    }
    expect(report.totals.messages).toBeGreaterThan(1_000)
    expect(report.totals.bytes).toBeGreaterThan(1_000_000)
  },
  180_000,
)

const tellsMemory = existsSync('/proc/self/status')
if (!tellsMemory) console.log('skipped memory: this system does not tell the peak memory of a process (no /proc)')
test.skipIf(!tellsMemory)(
  'a reader that stops holds the writer, and dialer, host and relays each stay under 120 MiB',
  async () => {
    const { code, output, report } = await run<MemoryReport>('--memory --relays 2 --megabytes 48 --pause 0 --seed 1')
    expect(report.failures, output).toEqual([])
    expect(code, output).toBe(0)
    expect(Object.keys(report.peakMib).sort()).toEqual(['dialer1', 'host1', 'relay1', 'relay2'])
    for (const [name, mib] of Object.entries(report.peakMib)) expect(mib, name).toBeLessThan(120)
    expect(report.held.map(({ from }) => from)).toEqual(['dialer', 'host'])
    for (const { bytes, transferred } of report.held) {
      expect(transferred).toBe(48 * 1024 * 1024)
      // The send buffer and the receive window, and nothing on the way: 4 MiB and 1 MiB.
      expect(bytes).toBeGreaterThan(4 * 1024 * 1024)
      expect(bytes).toBeLessThan(6 * 1024 * 1024)
    }
  },
  180_000,
)

test.each(['SIGINT', 'SIGKILL'] as const)(
  'after %s in the middle of a fault no process, namespace or folder is left',
  async (signal) => {
    const temporary = mkdtempSync(path.join(folder, 'run-'))
    const { child, code, sees, output } = start(
      temporary,
      '--relays 2 --hosts 1 --dialers 1 --faults outage,cut --verbose'.split(' '),
    )
    await sees(/now: (outage|cut)|skipped cut/)
    const own = () => readdirSync(temporary).filter((name) => name.startsWith('chat-p2p-failover-'))
    await waitFor(() => own().length > 0, output)
    child.kill(signal)
    expect(await code, output()).toBe(signal === 'SIGINT' ? 130 : null)
    // Killed processes take a moment to go, and the janitor, which has the folder in its environment too, ends after them.
    await waitFor(() => own().length === 0 && processesOf(temporary).length === 0, output)
    if (existsSync('/var/run/netns')) {
      expect(readdirSync('/var/run/netns').filter((name) => name.startsWith(`failover${child.pid}-`))).toEqual([])
    }
  },
  120_000,
)

test('a wrong option is usage, exit code 2, with the list of faults', async () => {
  const { code, output } = start(folder, ['--faults', 'kill,earthquake'])
  expect(await code).toBe(2)
  expect(output()).toContain("there is no 'earthquake'; one of control, kill,")
})

/** Processes on Linux whose environment names the folder: all workers inherit it. */
function processesOf(temporary: string): string[] {
  if (!existsSync('/proc/self/environ')) return []
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`TMPDIR=${temporary}`)
    } catch {
      return false // gone, or somebody else's
    }
  })
}

async function waitFor(right: () => boolean, output: () => string): Promise<void> {
  const end = performance.now() + 60_000
  while (!right()) {
    if (performance.now() > end) throw new Error(`not in time:\n${output()}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
