import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeNetwork } from '../harness/network.js'
import { Caller } from '../harness/rpc.js'
import { freePorts } from '../support/free-ports.js'
import type { PeerMethods } from './peer.js'
import { coldDialMs, coldWays } from './started.js'
import type { Places, Way } from './ways.js'

const mebibyte = 1024 * 1024

/** How much of everything; the small run only shows that all of it works. */
export interface Amounts {
  runs: number
  rounds: number
  calls: number
  dials: number
  megabytes: number
  idleSessions: number
  freshContexts: number
  stoppedMegabytes: number
  stillMs: number
  idleRelayMs: number
}

/** One figure of one way in one run. Names of figures say their unit. */
export interface Sample {
  way: Way
  figure: string
  value: number
}

type Peer = Caller<PeerMethods, never>
export const roles = ['dialer', 'relay', 'host'] as const
type Role = (typeof roles)[number]

export interface LayoutOptions {
  /** All of them on the first one, where the scheduler has no say. */
  oneCpu?: boolean
  /** Without the flags that `chat-p2p` sets for its own processes. */
  v8AsItComes?: boolean
}

/** The three processes, and where everything in them is. */
export class Layout {
  readonly peers = {} as Record<Role, Peer>
  places!: Places
  readonly #options: LayoutOptions
  readonly #children: ChildProcess[] = []
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'chat-p2p-bench-'))

  constructor(options: LayoutOptions = {}) {
    this.#options = options
  }

  async start(chosen: Way[]): Promise<this> {
    this.#spawn(roles)
    const { dialer, relay, host } = this.peers
    await this.#network(['relayed', 'open', 'splicer', 'circler', 'director', 'fresh', 'cold'])
    const relayed = await relay.call('relay', { identity: this.identity('relay1'), chosen })
    const hosted = await host.call('host', {
      relayed: this.identity('relayed'),
      direct: this.identity('open'),
      chosen,
      libp2p: relayed.libp2p,
      bootstrap: relayed.hyperdht.bootstrap,
    })
    const proxies = await relay.call('proxies', hosted.ports)
    await dialer.call('dialer', {
      splice: this.identity('splicer'),
      circuit: this.identity('circler'),
      direct: this.identity('director'),
      chosen,
    })
    this.places = {
      ports: { ...hosted.ports, ...proxies },
      hosts: hosted.hosts,
      libp2p: hosted.libp2p,
      hyperdht: { ...relayed.hyperdht, ...hosted.hyperdht },
    }
    return this
  }

  /** A relay and one host, and nobody who calls. */
  async startHost(): Promise<void> {
    this.#spawn(['relay', 'host'])
    await this.#network(['relayed'])
    await this.peers.relay.call('relay', { identity: this.identity('relay1'), chosen: ['splice'] })
    await this.peers.host.call('lonelyHost', { identity: this.identity('relayed') })
  }

  #spawn(some: readonly Role[]): void {
    const { oneCpu, v8AsItComes } = this.#options
    const peer = path.join(import.meta.dirname, 'bundle/peer.js')
    const worker = path.join(import.meta.dirname, '../harness/worker.js')
    const node = [process.execPath, '--expose-gc', ...(v8AsItComes ? [peer] : [worker, '../bench/bundle/peer.js'])]
    const [command, ...args] = oneCpu ? ['taskset', '-c', '0', ...node] : node
    for (const role of some) {
      const child = spawn(command!, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
      this.#children.push(child)
      this.peers[role] = new Caller<PeerMethods, never>(role, child)
    }
  }

  async #network(members: string[]): Promise<void> {
    const [port] = await freePorts(1)
    await makeNetwork(this.#folder, [{ name: 'relay1', multiaddr: `/ip4/127.0.0.1/tcp/${port}` }], members, 3)
  }

  identity(name: string): string {
    return path.join(this.#folder, `${name}.json`)
  }

  async usage(collect = false) {
    return Promise.all(roles.map((role) => this.peers[role].call('usage', { collect })))
  }

  stop(): void {
    for (const child of this.#children) child.kill('SIGKILL')
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!

type Add = (way: Way, figure: string, value: number) => void

/** Everything that is measured goes through this: what fails is told and left out, and what was measured before it stays. */
export class Measuring {
  readonly samples: Sample[] = []
  readonly #say: (text: string) => void
  readonly #failed = new Set<Way>()

  constructor(say: (text: string) => void) {
    this.#say = say
  }

  readonly add: Add = (way, figure, value) => void this.samples.push({ way, figure, value })

  /** A way that failed once, or took longer than five minutes, is not measured in the same layout again. */
  async measure(way: Way, what: string, run: () => Promise<unknown>): Promise<void> {
    if (this.#failed.has(way)) return
    if (!(await this.once(what, run))) this.#failed.add(way)
  }

  /** What has processes of its own; gives whether it worked. */
  async once(what: string, run: () => Promise<unknown>): Promise<boolean> {
    this.#say(what)
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => late.reject(new Error('it took longer than five minutes')), 300_000)
    try {
      await Promise.race([run(), late.promise])
      return true
    } catch (error) {
      this.#say(`left out: ${(error as Error).message.split('\n')[0]}`)
      return false
    } finally {
      clearTimeout(timer)
    }
  }

  /** In a layout of its own. */
  async apart(way: Way, what: string, layout: LayoutOptions, run: (layout: Layout) => Promise<unknown>): Promise<void> {
    await this.once(what, async () => {
      const own = new Layout(layout)
      try {
        await run(await own.start([way]))
      } finally {
        own.stop()
      }
    })
  }
}

/** Measures all ways by turns, `runs` times, so that what else the machine does hits them alike. */
export async function measurePaths(chosen: Way[], amounts: Amounts, measuring: Measuring): Promise<void> {
  const layout = new Layout()
  try {
    await layout.start(chosen)
    for (let run = 1; run <= amounts.runs; run++) {
      for (const way of chosen) {
        await measuring.measure(way, `run ${run} of ${amounts.runs}: ${way}`, async () => {
          await latencies(layout, way, amounts, measuring.add)
          await throughputs(layout, way, amounts, measuring.add)
          if (!coldWays.includes(way)) return
          const tookMs = await coldDialMs(way, layout.places, layout.identity('cold'))
          measuring.add(way, 'cold process → accepted, ms', tookMs)
        })
      }
      if (chosen.includes('splice')) await freshContexts(layout, amounts, measuring)
    }
  } finally {
    layout.stop()
  }
  await oneCpuEchoes(chosen, amounts, measuring)
  for (const way of ['tls proxied', 'splice'] as const) {
    if (chosen.includes(way)) await stoppedReader(way, amounts, measuring)
  }
  if (chosen.includes('splice')) {
    await idleRelay(amounts, measuring)
  }
  for (const way of ['splice', 'circuit'] as const) {
    if (chosen.includes(way) && amounts.idleSessions > 0) await idleSessions(way, amounts, measuring)
  }
}

async function freshContexts(layout: Layout, amounts: Amounts, measuring: Measuring): Promise<void> {
  await measuring.measure('splice', 'new contexts', async () => {
    for (let count = 0; count < amounts.freshContexts; count++) {
      const call = { identity: layout.identity('fresh'), places: layout.places }
      measuring.add('splice', 'new context → first echo, ms', await layout.peers.dialer.call('fresh', call))
    }
  })
}

async function latencies({ peers, places }: Layout, way: Way, amounts: Amounts, add: Add): Promise<void> {
  const trips = await peers.dialer.call('echo', { way, places, rounds: amounts.rounds })
  add(way, 'echo p50, ms', at(trips, 0.5))
  add(way, 'echo p99, ms', at(trips, 0.99))
  // A direct path is made after the call, over a relay.
  if (way === 'direct') return
  // HyperDHT looks its host up anew each time, for a second: a few show it.
  const share = way.startsWith('hyperdht') ? 8 : 1
  const calls = Math.ceil(amounts.calls / share)
  const { accepted, echoed } = await peers.dialer.call('dial', { way, places, count: calls })
  add(way, 'dial → accepted p50, ms', at(accepted, 0.5))
  add(way, 'dial → first echo p50, ms', at(echoed, 0.5))
  const oneByOne = { way, places, count: calls, atOnce: 1 }
  add(way, 'dials per second, one at a time', await peers.dialer.call('dials', oneByOne))
  const together = { way, places, count: Math.ceil(amounts.dials / share), atOnce: 16 }
  add(way, 'dials per second, 16 at a time', await peers.dialer.call('dials', together))
}

/** A quarter says as much, where each MiB takes long. */
const slowWays: readonly Way[] = ['libp2p relayed', 'hyperdht direct', 'hyperdht relayed', 'circuit']

async function throughputs(layout: Layout, way: Way, amounts: Amounts, add: Add): Promise<void> {
  const { peers, places } = layout
  const megabytes = slowWays.includes(way) ? amounts.megabytes / 4 : amounts.megabytes
  for (const [sessions, direction] of [
    [1, 'up'],
    [1, 'down'],
    [8, 'up'],
    [8, 'down'],
  ] as const) {
    const before = await layout.usage()
    const seconds = await peers.dialer.call('bulk', { way, places, bytes: megabytes * mebibyte, direction, sessions })
    const after = await layout.usage()
    const name = `${sessions === 1 ? '' : `${sessions} × `}${direction}`
    add(way, `${name}, MiB/s`, megabytes / seconds)
    if (sessions !== 1 || direction !== 'up') continue
    let sum = 0
    for (const [index, role] of roles.entries()) {
      const used = ((after[index]!.cpuSeconds - before[index]!.cpuSeconds) * 1024) / megabytes
      sum += used
      add(way, `CPU s/GiB, ${role}`, used)
    }
    add(way, 'CPU s/GiB, all', sum)
  }
}

async function oneCpuEchoes(chosen: Way[], amounts: Amounts, measuring: Measuring): Promise<void> {
  if (spawnSync('taskset', ['-c', '0', 'true']).status !== 0) return // not here
  const layout = new Layout({ oneCpu: true })
  try {
    await layout.start(chosen)
    const echoes = (way: Way) =>
      layout.peers.dialer.call('echo', { way, places: layout.places, rounds: amounts.rounds })
    for (const way of chosen) {
      // Not counted: V8 still compiles what a new process runs, on the same CPU.
      await measuring.measure(way, `before the first run, one CPU: ${way}`, () => echoes(way))
    }
    for (let run = 1; run <= amounts.runs; run++) {
      for (const way of chosen) {
        await measuring.measure(way, `run ${run} of ${amounts.runs}, one CPU: ${way}`, async () => {
          measuring.add(way, 'echo p50 on one CPU, ms', at(await echoes(way), 0.5))
        })
      }
    }
  } finally {
    layout.stop()
  }
}

/** What each process held at most while a reader stood still in the middle of a transfer; V8 as it comes. */
async function stoppedReader(way: Way, amounts: Amounts, measuring: Measuring): Promise<void> {
  const what = `a reader that stands still for ${amounts.stillMs / 1000} s: ${way}`
  await measuring.apart(way, what, { v8AsItComes: true }, async (layout) => {
    const bytes = amounts.stoppedMegabytes * mebibyte
    await layout.peers.dialer.call('stopped', { way, places: layout.places, bytes, stillMs: amounts.stillMs })
    for (const [index, { peakBytes }] of (await layout.usage()).entries()) {
      measuring.add(way, `reader stopped, MiB at most, ${roles[index]}`, peakBytes / mebibyte)
    }
  })
}

/** A relay with one host and nothing to do. */
async function idleRelay(amounts: Amounts, measuring: Measuring): Promise<void> {
  await measuring.once(`an idle relay for ${amounts.idleRelayMs / 1000} s`, async () => {
    const layout = new Layout()
    try {
      await layout.startHost()
      await sleep(amounts.idleRelayMs / 2)
      const { cpuSeconds: before } = await layout.peers.relay.call('usage', { collect: false })
      await sleep(amounts.idleRelayMs)
      const { cpuSeconds: after } = await layout.peers.relay.call('usage', { collect: false })
      measuring.add('splice', 'idle relay, % of a core', ((after - before) * 100_000) / amounts.idleRelayMs)
    } finally {
      layout.stop()
    }
  })
}

/** Of 4 096, which is what libp2p allows on the link to the one relay. */
const maxCircuits = 1_000

/** Memory that sessions cost which say nothing; one path each, as there is one relay. */
async function idleSessions(way: 'splice' | 'circuit', amounts: Amounts, measuring: Measuring): Promise<void> {
  const count = way === 'circuit' ? Math.min(amounts.idleSessions, maxCircuits) : amounts.idleSessions
  await measuring.apart(way, `${count} idle sessions: ${way}`, {}, async (layout) => {
    const before = await layout.usage(true)
    const open = await layout.peers.dialer.call('idle', { way, places: layout.places, count })
    const after = await layout.usage(true)
    measuring.add(way, 'idle sessions', open)
    for (const [index, role] of roles.entries()) {
      const bytes = after[index]!.residentBytes - before[index]!.residentBytes
      measuring.add(way, `KiB per idle path, ${role}`, bytes / 1024 / open)
    }
  })
}
