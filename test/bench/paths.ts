import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { makeNetwork, relayPorts } from '../harness/network.js'
import { Caller } from '../harness/rpc.js'
import type { PeerMethods } from './peer.js'
import { type Places, sessionWays, type Way } from './ways.js'

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
}

/** One figure of one way in one run. Names of figures say their unit. */
export interface Sample {
  way: Way
  figure: string
  value: number
}

type Peer = Caller<PeerMethods, never>
export const roles = ['dialer', 'relay', 'host'] as const

/** The three processes, and where everything in them is. */
export class Layout {
  readonly peers = {} as Record<(typeof roles)[number], Peer>
  places!: Places
  readonly #children: ChildProcess[] = []
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'chat-p2p-bench-'))

  /** `oneCpu`: all of them on the first one, where the scheduler has no say. */
  async start(chosen: Way[], oneCpu: boolean): Promise<this> {
    const worker = path.join(import.meta.dirname, '../harness/worker.js')
    for (const role of roles) {
      const node = [process.execPath, '--expose-gc', worker, '../bench/peer.js']
      const [command, ...args] = oneCpu ? ['taskset', '-c', '0', ...node] : node
      const child = spawn(command!, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
      this.#children.push(child)
      this.peers[role] = new Caller<PeerMethods, never>(role, child)
    }
    const { dialer, relay, host } = this.peers
    const identity = (name: string) => path.join(this.#folder, `${name}.json`)
    const [port] = await relayPorts(1)
    const members = ['relayed', 'open', 'splicer', 'circler', 'director', 'fresh']
    await makeNetwork(this.#folder, [{ name: 'relay1', multiaddr: `/ip4/127.0.0.1/tcp/${port}` }], members, 3)
    const relayed = await relay.call('relay', { identity: identity('relay1'), chosen })
    const hosted = await host.call('host', {
      relayed: identity('relayed'),
      direct: identity('open'),
      libp2p: relayed.libp2p,
      bootstrap: relayed.hyperdht.bootstrap,
    })
    const proxies = await relay.call('proxies', hosted.ports)
    await dialer.call('dialer', {
      splice: identity('splicer'),
      circuit: identity('circler'),
      direct: identity('director'),
    })
    this.places = {
      ports: { ...hosted.ports, ...proxies },
      hosts: hosted.hosts,
      libp2p: hosted.libp2p,
      hyperdht: { ...relayed.hyperdht, ...hosted.hyperdht },
    }
    return this
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

/** Measures all ways by turns, `runs` times, so that what else the machine does hits them alike. */
export async function measurePaths(chosen: Way[], amounts: Amounts, say: (text: string) => void): Promise<Sample[]> {
  const samples: Sample[] = []
  const add = (way: Way, figure: string, value: number) => samples.push({ way, figure, value })
  say('starting three processes')
  const layout = await new Layout().start(chosen, false)
  try {
    for (let run = 1; run <= amounts.runs; run++) {
      for (const way of chosen) {
        say(`run ${run} of ${amounts.runs}: ${way}`)
        await latencies(layout, way, amounts, add)
        await throughputs(layout, way, amounts, add)
      }
      if (!chosen.some((way) => sessionWays.includes(way))) continue
      for (let count = 0; count < amounts.freshContexts; count++) {
        const call = { identity: layout.identity('fresh'), places: layout.places }
        add('splice', 'new context → first echo, ms', await layout.peers.dialer.call('fresh', call))
      }
    }
  } finally {
    layout.stop()
  }
  await oneCpuEchoes(chosen, amounts, add, say)
  for (const way of ['splice', 'circuit'] as const) {
    if (chosen.includes(way) && amounts.idleSessions > 0) await idleSessions(way, amounts, add, say)
  }
  return samples
}

type Add = (way: Way, figure: string, value: number) => void

async function latencies({ peers, places }: Layout, way: Way, amounts: Amounts, add: Add): Promise<void> {
  const trips = await peers.dialer.call('echo', { way, places, rounds: amounts.rounds })
  add(way, 'echo p50, ms', at(trips, 0.5))
  add(way, 'echo p99, ms', at(trips, 0.99))
  // A direct path is made after the call, over a relay.
  if (way === 'direct') return
  // HyperDHT looks its host up anew each time, for a second: a few show it.
  const share = way.startsWith('hyperdht') ? 8 : 1
  const calls = await peers.dialer.call('dial', { way, places, count: Math.ceil(amounts.calls / share) })
  add(way, 'dial → first echo p50, ms', at(calls, 0.5))
  const dials = await peers.dialer.call('dials', { way, places, count: Math.ceil(amounts.dials / share) })
  add(way, 'dials per second, 16 at a time', dials)
}

async function throughputs(layout: Layout, way: Way, amounts: Amounts, add: Add): Promise<void> {
  const { peers, places } = layout
  const bytes = amounts.megabytes * mebibyte
  for (const [sessions, direction] of [
    [1, 'up'],
    [1, 'down'],
    [8, 'up'],
  ] as const) {
    const before = await layout.usage()
    const seconds = await peers.dialer.call('bulk', { way, places, bytes, direction, sessions })
    const after = await layout.usage()
    const name = `${sessions === 1 ? '' : `${sessions} × `}${direction}`
    add(way, `${name}, MiB/s`, amounts.megabytes / seconds)
    if (sessions !== 1 || direction !== 'up') continue
    let sum = 0
    for (const [index, role] of roles.entries()) {
      const used = ((after[index]!.cpuSeconds - before[index]!.cpuSeconds) * 1024) / amounts.megabytes
      sum += used
      add(way, `CPU s/GiB, ${role}`, used)
    }
    add(way, 'CPU s/GiB, all', sum)
  }
}

async function oneCpuEchoes(chosen: Way[], amounts: Amounts, add: Add, say: (text: string) => void): Promise<void> {
  if (spawnSync('taskset', ['-c', '0', 'true']).status !== 0) {
    say('skipped: echoes on one CPU (there is no taskset here)')
    return
  }
  say('starting three processes on one CPU')
  const layout = await new Layout().start(chosen, true)
  try {
    for (let run = 1; run <= amounts.runs; run++) {
      for (const way of chosen) {
        say(`run ${run} of ${amounts.runs}, one CPU: ${way}`)
        const call = { way, places: layout.places, rounds: amounts.rounds }
        add(way, 'echo p50 on one CPU, ms', at(await layout.peers.dialer.call('echo', call), 0.5))
      }
    }
  } finally {
    layout.stop()
  }
}

/** Memory that sessions cost which say nothing; one path each, as there is one relay. */
async function idleSessions(
  way: 'splice' | 'circuit',
  amounts: Amounts,
  add: Add,
  say: (text: string) => void,
): Promise<void> {
  const count = amounts.idleSessions
  say(`${count} idle sessions: ${way}`)
  const layout = await new Layout().start([way], false)
  try {
    const before = await layout.usage(true)
    await layout.peers.dialer.call('idle', { way, places: layout.places, count })
    const after = await layout.usage(true)
    for (const [index, role] of roles.entries()) {
      const bytes = after[index]!.residentBytes - before[index]!.residentBytes
      add(way, `KiB per idle path, ${role}`, bytes / 1024 / count)
    }
  } finally {
    layout.stop()
  }
}
