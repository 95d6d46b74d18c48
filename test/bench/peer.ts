// One process of the benchmark: the relay, the host or the dialer of everything that is compared.
import '../../src/core/polyfill.js'
import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector'
import { writeHeapSnapshot } from 'node:v8'
import type { Connection, Context, ContextOptions } from '../../src/sdk/index.js'
import { service } from '../harness/network.js'
import { serve as serveCalls } from '../harness/rpc.js'
import { bulk, echoOver, type Pipe, serve, sessionPipe } from './pipes.js'
import { openSocket, proxy, socketHosts } from './sockets.js'
import { needs, type Places, sessionWays, type Way } from './ways.js'

// Loaded where they are needed: the memory of a relay is not that of a host, a dialer and four other libraries.
const sdk = () => import('../../src/sdk/index.js')
const references = () => import('./references.js')

const contexts: Partial<Record<'splice' | 'circuit' | 'direct', Context>> = {}
const idleOpeningMs = 120_000
const profiler = new Session()
const post = (method: string, params = {}): Promise<object | undefined> =>
  new Promise((resolve, reject) =>
    profiler.post(method, params, (error, answer) => (error ? reject(error) : resolve(answer))),
  )

async function host(identity: string, options: ContextOptions): Promise<string> {
  const context = await (await sdk()).createContext(identity, options)
  const listener = await context.listen(service)
  listener.on('dial', async (dial) => serve(sessionPipe(await dial.accept())))
  await listener.established(1)
  return context.identity.name
}

/** `strict`: over this kind of path, and not over a circuit because a splice took too long. */
async function openSession(
  way: 'splice' | 'circuit' | 'direct',
  { hosts }: Places,
  strict = true,
): Promise<Connection> {
  const instanceId = way === 'direct' ? hosts.direct : hosts.relayed
  const connection = await contexts[way]!.dial(service, { instanceId })
  const active = () => connection.paths().find(({ role }) => role === 'active')?.kind
  // A direct path comes a moment after the call.
  while (way === 'direct' && active() !== 'direct') await new Promise((resolve) => setTimeout(resolve, 5))
  if (strict && active() !== way) throw new Error(`a session runs over ${active()} instead of ${way}`)
  return connection
}

async function open(way: Way, places: Places, strict = true): Promise<Pipe> {
  switch (way) {
    case 'tcp':
    case 'tcp proxied':
      return openSocket(places.ports[way], false)
    case 'tls':
    case 'tls proxied':
      return openSocket(places.ports[way], true)
    case 'libp2p relayed':
      return (await references()).openLibp2p(places.libp2p)
    case 'hyperdht direct':
    case 'hyperdht relayed': {
      const { openHyperdht } = await references()
      const { bootstrap, directKey, relayedKey, relayKey } = places.hyperdht
      return way === 'hyperdht direct'
        ? openHyperdht(bootstrap, directKey)
        : openHyperdht(bootstrap, relayedKey, relayKey)
    }
    default:
      return sessionPipe(await openSession(way, places, strict))
  }
}

/** What is not compared costs no memory. */
const hasSessions = (chosen: readonly Way[]): boolean => chosen.some((way) => sessionWays.includes(way))

const noKeys = { directKey: '', relayedKey: '' }

/** What a reference yields, or `otherwise` when it fails or takes too long: the others are measured all the same. */
function tried<T>(reference: Promise<T>, otherwise: T): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error('a reference was not ready in 20 s')), 20_000)
  return Promise.race([reference, late.promise])
    .catch((error) => {
      console.error(`left out: ${error}`)
      return otherwise
    })
    .finally(() => clearTimeout(timer))
}

const methods = {
  async relay({ identity, chosen }: { identity: string; chosen: Way[] }) {
    if (hasSessions(chosen)) {
      const [{ startRelay }, { loadIdentity }] = await Promise.all([
        import('../../src/relay/relay.js'),
        import('../../src/identity/identity-file.js'),
      ])
      await startRelay(await loadIdentity(identity))
    }
    const noDht = { bootstrap: 0, relayKey: '' }
    return {
      libp2p: needs(chosen, 'libp2p') ? await tried((await references()).libp2pRelay(), '') : '',
      hyperdht: needs(chosen, 'hyperdht') ? await tried((await references()).hyperdhtRelay(), noDht) : noDht,
    }
  },

  async proxies({ tcp, tls }: { tcp: number; tls: number }) {
    return { 'tcp proxied': await proxy(tcp), 'tls proxied': await proxy(tls) }
  },

  async host(call: { relayed: string; direct: string; chosen: Way[]; libp2p: string; bootstrap: number }) {
    const hosts = { relayed: '', direct: '' }
    if (hasSessions(call.chosen)) {
      hosts.relayed = await host(call.relayed, { direct: 'never' })
      hosts.direct = await host(call.direct, {})
    }
    return {
      hosts,
      ports: await socketHosts(),
      libp2p: call.libp2p === '' ? '' : await tried((await references()).libp2pHost(call.libp2p), ''),
      hyperdht: call.bootstrap === 0 ? noKeys : await tried((await references()).hyperdhtHosts(call.bootstrap), noKeys),
    }
  },

  async dialer(identities: Record<'splice' | 'circuit' | 'direct', string> & { chosen: Way[] }): Promise<void> {
    if (!hasSessions(identities.chosen)) return
    const { createContext } = await sdk()
    contexts.splice = await createContext(identities.splice, { direct: 'never' })
    contexts.circuit = await createContext(identities.circuit, { direct: 'never', splices: false })
    contexts.direct = await createContext(identities.direct)
    await Promise.all(Object.values(contexts).map((context) => context.ready()))
  },

  /** Round trips of 32 bytes on one connection, ms, sorted. */
  async echo({ way, places, rounds }: { way: Way; places: Places; rounds: number }): Promise<number[]> {
    const pipe = await open(way, places)
    const echo = echoOver(pipe)
    const times: number[] = []
    for (let round = 0; round < rounds + 50; round++) {
      const startMs = performance.now()
      await echo()
      if (round >= 50) times.push(performance.now() - startMs)
    }
    pipe.close()
    return times.sort((a, b) => a - b)
  },

  /** From the dial until it was accepted, and to the first echo, ms, sorted: so many, one after the other. */
  async dial(call: { way: Way; places: Places; count: number }): Promise<{ accepted: number[]; echoed: number[] }> {
    const accepted: number[] = []
    const echoed: number[] = []
    for (let done = 0; done < call.count + 5; done++) {
      const startMs = performance.now()
      const pipe = await open(call.way, call.places)
      const acceptedMs = performance.now() - startMs
      await echoOver(pipe)()
      if (done >= 5) {
        accepted.push(acceptedMs)
        echoed.push(performance.now() - startMs)
      }
      pipe.close()
    }
    const sorted = (times: number[]) => times.sort((a, b) => a - b)
    return { accepted: sorted(accepted), echoed: sorted(echoed) }
  },

  /** Dials with an echo per second, so many at a time. */
  async dials(call: { way: Way; places: Places; count: number; atOnce: number }): Promise<number> {
    const { way, places, count, atOnce } = call
    let left = count
    const startMs = performance.now()
    const caller = async () => {
      while (left-- > 0) {
        const pipe = await open(way, places, false)
        await echoOver(pipe)()
        pipe.close()
      }
    }
    await Promise.all(Array.from({ length: atOnce }, caller))
    return (count * 1000) / (performance.now() - startMs)
  },

  /** Seconds for so many bytes, over so many connections at once. */
  async bulk(call: { way: Way; places: Places; bytes: number; direction: 'up' | 'down'; sessions: number }) {
    const pipes = await Promise.all(Array.from({ length: call.sessions }, () => open(call.way, call.places)))
    const seconds = await Promise.all(pipes.map((pipe) => bulk(pipe, call.bytes / call.sessions, call.direction)))
    for (const pipe of pipes) pipe.close()
    return Math.max(...seconds)
  },

  /** Sends so many bytes to a reader that stands still in the middle. */
  async stopped(call: { way: Way; places: Places; bytes: number; stillMs: number }): Promise<void> {
    const pipe = await open(call.way, call.places)
    await bulk(pipe, call.bytes, 'up', call.stillMs)
    pipe.close()
  },

  /** One host and nothing else. */
  async lonelyHost({ identity }: { identity: string }): Promise<void> {
    await host(identity, {})
  },

  /** Opens sessions or connections that stay and say nothing, for two minutes at most; gives how many have a path then. */
  async idle({ way, places, count }: { way: Way; places: Places; count: number }): Promise<number> {
    const stand: Array<() => boolean> = []
    let left = count
    const untilMs = performance.now() + idleOpeningMs
    const caller = async () => {
      while (left-- > 0 && performance.now() < untilMs) {
        if (way === 'splice' || way === 'circuit') {
          const connection = await openSession(way, places, false)
          stand.push(() => connection.paths().length > 0)
        } else {
          const pipe = await open(way, places)
          await echoOver(pipe)()
          stand.push(() => true)
        }
      }
    }
    await Promise.all(Array.from({ length: 8 }, caller))
    return stand.filter((stands) => stands()).length
  },

  /** Begins to record where this process spends its time; with a file, ends and writes it there. */
  async profile({ file }: { file?: string }): Promise<void> {
    if (file === undefined) {
      profiler.connect()
      await post('Profiler.enable')
      await post('Profiler.setSamplingInterval', { interval: 200 })
      await post('Profiler.start')
    } else {
      const { profile } = (await post('Profiler.stop')) as { profile: object }
      writeFileSync(file, JSON.stringify(profile))
      profiler.disconnect()
    }
  },

  /** Writes what is on the heap to a file. */
  heap({ file }: { file: string }): void {
    writeHeapSnapshot(file)
  },

  /** With `collect` after all garbage is gone, to the system too, which takes V8 a moment. */
  async usage({ collect }: { collect: boolean }) {
    const { user, system } = process.cpuUsage()
    for (let turn = 0; collect && turn < 3; turn++) {
      globalThis.gc?.()
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    const { rss, heapUsed, external } = process.memoryUsage()
    const peakBytes = process.resourceUsage().maxRSS * 1024
    return {
      cpuSeconds: (user + system) / 1e6,
      residentBytes: rss,
      peakBytes,
      heapBytes: heapUsed,
      externalBytes: external,
    }
  },

  /** A context that has just been made, from here to its first echo, ms; all modules are loaded. */
  async fresh({ identity, places }: { identity: string; places: Places }): Promise<number> {
    const { createContext } = await sdk()
    const startMs = performance.now()
    const context = await createContext(identity)
    await echoOver(sessionPipe(await context.dial(service, { instanceId: places.hosts.relayed })))()
    const tookMs = performance.now() - startMs
    await context.close()
    return tookMs
  },
}

export type PeerMethods = typeof methods

serveCalls(methods)
