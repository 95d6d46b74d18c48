import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { OverlayError } from '../core/errors.js'
import type { Relay } from './relay.js'

/** Names every metric of a relay and what it says; the table in docs/reference.md is held against this one by a test. */
export const relayMetrics = {
  chat_p2p_links: 'Nodes and relays with a directory link to this relay.',
  chat_p2p_relays: 'Other relays this one is connected to.',
  chat_p2p_terminators: 'Terminators held, by role: owned (bound here) or home (held for other relays).',
  chat_p2p_instances: 'Instances in the partitions held here, by service.',
  chat_p2p_home_partitions: 'Partitions this relay is home to; settled means that it answers for them alone.',
  chat_p2p_network_revision: 'Revision of the network document.',
  chat_p2p_certificate_end_seconds: "When this relay's certificate ends, in seconds since 1970.",
  chat_p2p_feed_pending:
    'Changes that a home has not been sent yet, by home. Above 0 for long: the home is slow or gone.',
  chat_p2p_owner_silent_seconds: 'Time since an owner was last heard, by owner. It is dropped at 9.',
  chat_p2p_claim_mismatches: 'Hosts that claim another number of terminators than is held for them.',
  chat_p2p_binds_total: 'Terminators bound here since the start.',
  chat_p2p_leaves_total: 'Terminators that left since the start.',
  chat_p2p_refused_total: 'Connections that did not prove membership.',
  chat_p2p_quota_refused_total: 'What was refused because a quota was used up, by quota.',
  chat_p2p_splices: 'Pairs of connections of dialers and hosts, by state: joined or pending.',
  chat_p2p_splices_total:
    'Splices since the start, by outcome: joined, late (a side did not come, or stay) or refused (an unknown token).',
  chat_p2p_spliced_bytes_total: 'Bytes that went through splices that have ended.',
  chat_p2p_request_seconds: 'How long lookups and lists took, by kind.',
} as const

type MetricName = keyof typeof relayMetrics

/** Makes a registry with a relay's metrics, those of the process (`process_*`, `nodejs_*`) included. */
export function createRelayMetrics(relay: Relay): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const common = (name: MetricName) => ({ name, help: relayMetrics[name], registers: [registry] })
  const gauge = (name: MetricName, labels: string[], read: (gauge: Gauge) => void) =>
    new Gauge({
      ...common(name),
      labelNames: labels,
      collect() {
        this.reset()
        read(this)
      },
    })

  gauge('chat_p2p_links', [], (it) => it.set(relay.links))
  gauge('chat_p2p_relays', [], (it) => it.set(relay.homes.placement.relays().length))
  gauge('chat_p2p_terminators', ['role'], (it) => {
    let owned = 0
    for (const _ of relay.store.ownedBy(relay.peerId)) owned++
    it.set({ role: 'owned' }, owned)
    it.set({ role: 'home' }, relay.store.size - owned)
  })
  gauge('chat_p2p_instances', ['service'], (it) => {
    for (const [partition, { instances }] of relay.store.sizes()) {
      it.inc({ service: partition.slice(0, partition.lastIndexOf('/')) }, instances)
    }
  })
  gauge('chat_p2p_home_partitions', ['settled'], (it) => {
    for (const partition of relay.homes.partitions()) {
      if (!relay.homes.isHome(partition)) continue
      it.inc({ settled: relay.homes.isSettledHome(partition) ? 'yes' : 'no' })
    }
  })
  gauge('chat_p2p_network_revision', [], (it) => it.set(relay.trust.network.revision))
  gauge('chat_p2p_certificate_end_seconds', [], (it) => it.set(relay.trust.own.expiresAtMs / 1000))
  gauge('chat_p2p_feed_pending', ['home'], (it) => {
    for (const { home, pending } of relay.replication.outgoing.state()) it.set({ home }, pending)
  })
  gauge('chat_p2p_owner_silent_seconds', ['owner'], (it) => {
    for (const { owner, silentMs } of relay.replication.incoming.state()) it.set({ owner }, silentMs / 1000)
  })
  gauge('chat_p2p_claim_mismatches', [], (it) => it.set(relay.claims().length))

  gauge('chat_p2p_splices', ['state'], (it) => {
    const { joined, pending } = relay.splicer.counts
    it.set({ state: 'joined' }, joined)
    it.set({ state: 'pending' }, pending)
  })
  const total = (name: MetricName, labels: string[], read: (counter: Counter) => void) =>
    new Counter({
      ...common(name),
      labelNames: labels,
      collect() {
        this.reset()
        read(this)
      },
    })
  total('chat_p2p_splices_total', ['outcome'], (it) => {
    const { joined, late, unknownTokens } = relay.splicer.totals
    it.inc({ outcome: 'joined' }, joined)
    it.inc({ outcome: 'late' }, late)
    it.inc({ outcome: 'refused' }, unknownTokens)
  })
  total('chat_p2p_quota_refused_total', ['quota'], (it) => {
    for (const [quota, count] of relay.quotas.refused) it.inc({ quota }, count)
  })
  total('chat_p2p_spliced_bytes_total', [], (it) => it.inc(relay.splicer.totals.bytes))

  const binds = new Counter(common('chat_p2p_binds_total'))
  const leaves = new Counter(common('chat_p2p_leaves_total'))
  const refused = new Counter(common('chat_p2p_refused_total'))
  relay.on('bound', () => binds.inc())
  relay.on('left', () => leaves.inc())
  relay.on('refused', () => refused.inc())
  const seconds = new Histogram({
    ...common('chat_p2p_request_seconds'),
    labelNames: ['kind'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2],
  })
  relay.on('answered', (kind, ms) => seconds.observe({ kind }, ms / 1000))
  return registry
}

/** Reads `--metrics`. Throws `bad_argument`. */
export function parseMetricsAddress(address: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(address)
  const port = Number(match?.[3])
  if (match === null || port > 65_535) {
    throw new OverlayError('bad_argument', `--metrics takes host:port, for example 127.0.0.1:9100, not '${address}'.`)
  }
  return { host: match[1] ?? match[2]!, port }
}

/** Serves a registry at `/metrics`. `address` is `host:port`. Rejects with `bad_argument` or `port_in_use`. */
export async function serveMetrics(
  registry: Registry,
  address: string,
): Promise<{ url: string; close(): Promise<void> }> {
  const { host: local, port } = parseMetricsAddress(address)
  const server = createServer((request, response) => {
    if (request.url?.split('?', 1)[0] !== '/metrics') {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('see /metrics\n')
      return
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      (error) => response.writeHead(500, { 'content-type': 'text/plain' }).end(`${error}\n`),
    )
  })
  await listen(server, local, port)
  const bound = server.address() as AddressInfo
  const host = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address
  return {
    url: `http://${host}:${bound.port}/metrics`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const code = cause.code === 'EADDRINUSE' ? 'port_in_use' : 'bad_argument'
      reject(new OverlayError(code, `Cannot serve metrics on ${host}:${port}: ${cause.message}`, { cause }))
    })
    server.listen(port, host, resolve)
  })
}
