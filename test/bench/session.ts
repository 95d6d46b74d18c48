/**
 * What a session costs beside what it is made of: throughput and round trip of TCP, a plain libp2p stream and a session, direct
 * and through a relay, each in the same run, as ratios. Relay, host and dialer are processes of their own.
 * `npm run bench:session -- [--megabytes n] [--rounds n] [--runs n]`; needs no other network.
 */
import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { makeNetwork, relayPorts } from '../harness/network.js'
import { Caller } from '../harness/rpc.js'
import type { PeerMethods } from './session-peer.js'
import { type Places, type Way, ways } from './session-pipes.js'

const { values } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '128' },
    rounds: { type: 'string', default: '2000' },
    runs: { type: 'string', default: '3' },
  },
})

const folder = mkdtempSync(path.join(tmpdir(), 'chat-p2p-bench-'))
const identity = (name: string) => path.join(folder, `${name}.json`)
const children = ['relay', 'host', 'dialer'].map((name) => {
  // The worker wrapper keeps the young heap small, as chat-p2p does for itself.
  const child = fork(path.join(import.meta.dirname, '../harness/worker.js'), ['../bench/session-peer.js'])
  return { child, caller: new Caller<PeerMethods, never>(name, child) }
})
const [relay, host, dialer] = children.map(({ caller }) => caller) as [
  Caller<PeerMethods, never>,
  Caller<PeerMethods, never>,
  Caller<PeerMethods, never>,
]

try {
  const [port] = await relayPorts(1)
  const place = { name: 'relay1', multiaddr: `/ip4/127.0.0.1/tcp/${port}` }
  await makeNetwork(folder, [place], ['host', 'plainhost', 'dialer', 'plaindialer'], 3)
  const relayPlace = await relay.call('relay', identity('relay1'))
  const hostPlace = await host.call('host', { identity: identity('host'), plain: identity('plainhost'), ...relayPlace })
  const proxyPort = await relay.call('proxy', hostPlace.tcpPort)
  await dialer.call('dialer', { identity: identity('dialer'), plain: identity('plaindialer') })
  const places: Places = { ...relayPlace, ...hostPlace, proxyPort }

  const runs = Number(values.runs)
  const bytes = Number(values.megabytes) * 1e6
  console.log(
    `${values.megabytes} MB and ${values.rounds} echoes of 32 bytes, median of ${runs} runs; ` +
      `${availableParallelism()} cores, Node ${process.version}`,
  )
  const measured = new Map<Way, Array<{ p50: number; p99: number; megabytes: number }>>()
  for (let run = 0; run < runs; run++) {
    // In turns, so that what else the machine does hits all of them alike.
    for (const way of ways) {
      const each = measured.get(way) ?? []
      measured.set(way, each)
      process.stderr.write(`run ${run + 1} of ${runs}: ${way}\n`)
      each.push(await dialer.call('measure', { way, places, bytes, rounds: Number(values.rounds) }))
    }
  }
  const median = (way: Way, pick: (figures: { p50: number; p99: number; megabytes: number }) => number) => {
    const sorted = measured
      .get(way)!
      .map(pick)
      .sort((a, b) => a - b)
    return sorted[sorted.length >> 1]!
  }
  console.log(`\n${'way'.padEnd(22)}${'MB/s'.padStart(8)}${'round trip p50'.padStart(18)}${'p99'.padStart(10)}`)
  for (const way of ways) {
    const rate = median(way, ({ megabytes }) => megabytes).toFixed(0)
    const p50 = `${median(way, (each) => each.p50).toFixed(2)} ms`
    const p99 = `${median(way, (each) => each.p99).toFixed(2)} ms`
    console.log(`${way.padEnd(22)}${rate.padStart(8)}${p50.padStart(18)}${p99.padStart(10)}`)
  }
  const ratio = (over: Way, under: Way) => {
    const rate = median(over, (each) => each.megabytes) / median(under, (each) => each.megabytes)
    const trip = median(over, (each) => each.p50) / median(under, (each) => each.p50)
    console.log(`${over} / ${under}: throughput × ${rate.toFixed(2)}, round trip × ${trip.toFixed(2)}`)
  }
  console.log()
  ratio('session, relayed', 'stream, relayed')
  ratio('stream, relayed', 'stream, direct')
  ratio('session, relayed', 'stream, direct')
} finally {
  for (const { child } of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
}
