// One process that is attacked: a relay, a host or a rendezvous node. It tells how it fares.
import '../../src/core/polyfill.js'
import { setPriority } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { fromUtf8 } from '../../src/core/bytes.js'
import { loadIdentity } from '../../src/identity/identity-file.js'
import type { QuotaLimits } from '../../src/net/quotas.js'
import { startRelay } from '../../src/relay/relay.js'
import { joinRendezvous, type Rendezvous } from '../../src/rendezvous/rendezvous.js'
import { type Context, createContext } from '../../src/sdk/index.js'
import { service } from '../harness/network.js'
import { serve } from '../harness/rpc.js'

export interface Vitals {
  /** Since the last question. */
  cpuMs: number
  /** The longest time for which the event loop served nobody, since the last question. */
  stallMs: number
  rssMiB: number
  /** Connections that are open. */
  sockets: number
}

let context: Context | undefined
let point: Rendezvous | undefined
const flood = { asked: 0, refused: 0 }
let readBytes = 0
let endedStreams = 0
let cpu = process.cpuUsage()
const delay = monitorEventLoopDelay({ resolution: 5 })
delay.enable()

const methods = {
  async relay(call: { identity: string; listen?: string[]; quotas?: QuotaLimits }) {
    const relay = await startRelay(await loadIdentity(call.identity), { listen: call.listen, quotas: call.quotas })
    return { peerId: relay.peerId, addresses: relay.addresses() }
  },

  /** A host that sends back what it is told, or just takes it from who says `sink`. */
  async host(call: { identity: string; listen?: string[]; quotas?: QuotaLimits }) {
    context = await createContext(call.identity, {
      ...(call.listen === undefined ? { direct: 'never' } : { directListen: call.listen }),
      quotas: call.quotas,
    })
    const listener = await context.listen(service)
    listener.on('dial', async (dial) => {
      try {
        const connection = await dial.accept()
        const echo = fromUtf8(dial.appData) !== 'sink'
        for await (const bytes of connection) if (echo) await connection.write(bytes)
        await connection.close()
      } catch {
        // one call, however it ends
      }
    })
    await listener.established(1)
    return { name: context.identity.name }
  },

  /**
   * Not a victim: a member that dials and asks as fast as it can, until the process ends. `elsewhere`: on a machine of its own, so to
   * say, hence only when nobody else wants this one, which on a busy machine is never.
   */
  async flood(call: { identity: string; instanceId: string; elsewhere: boolean }) {
    if (call.elsewhere) setPriority(19)
    const flooder = await createContext(call.identity, { direct: 'never' })
    const ask = async (run: () => Promise<unknown>) => {
      for (;;) {
        flood.asked++
        await run().catch(() => flood.refused++)
      }
    }
    for (let at = 0; at < 32; at++) {
      void ask(() => flooder.dial(service, { instanceId: call.instanceId }).then((connection) => connection.close()))
      void ask(() => flooder.listTerminators(service))
    }
  },

  flooded: () => flood,

  async rendezvous(peers: string[]) {
    point = await joinRendezvous({ listen: ['/ip4/127.0.0.1/tcp/0'], peers })
    // Reads as a program does whose terminal is slow: a piece, then nothing for a while.
    point.on('stream', (stream) => {
      stream.receive({
        onBytes: (bytes) => {
          readBytes += bytes.byteLength
          stream.pause()
          setTimeout(() => stream.resume(), 20)
        },
        onEnd: () => endedStreams++,
      })
    })
    return { peerId: point.peerId, address: point.addresses()[0]! }
  },

  /** Connects to every bootstrap peer; those that can't be reached don't count. */
  async connect(): Promise<void> {
    await Promise.allSettled(point!.bootstrapPeers.map((peer) => point!.connect(peer)))
  },

  /** What came on chat streams of the rendezvous node. */
  read: () => ({ readBytes, endedStreams }),

  vitals(): Vitals {
    const used = process.cpuUsage(cpu)
    cpu = process.cpuUsage()
    const stallMs = delay.max / 1e6
    delay.reset()
    return {
      cpuMs: Math.round((used.user + used.system) / 1000),
      stallMs: Math.round(stallMs),
      rssMiB: Math.round(process.memoryUsage.rss() / 2 ** 20),
      sockets: process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length,
    }
  },
}

export type VictimMethods = typeof methods

serve(methods)
