import { afterEach, expect, test } from 'vitest'
import { createRelayMetrics, relayMetrics, serveMetrics } from '../../../src/relay/metrics.js'
import { startRelay } from '../../../src/relay/relay.js'
import { freePorts } from '../../support/free-ports.js'
import { eventually, startMember } from '../../support/members.js'
import { makeNetwork } from '../../support/network.js'

const closers: Array<() => Promise<unknown>> = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function scrape() {
  const network = await makeNetwork({ relayPorts: await freePorts(1) })
  const relay = await startRelay(network.relays[0]!)
  closers.push(() => relay.close())
  const metrics = await serveMetrics(createRelayMetrics(relay), '127.0.0.1:0')
  closers.push(() => metrics.close())
  return { network, metrics, read: async () => (await fetch(metrics.url)).text() }
}

test('every metric is there, with the help that the documentation has', async () => {
  const { read } = await scrape()
  const text = await read()
  for (const [name, help] of Object.entries(relayMetrics)) expect(text).toContain(`# HELP ${name} ${help}`)
  const named = [...text.matchAll(/^# HELP (chat_p2p_\w+)/gm)].map((match) => match[1]!)
  expect(named.sort()).toEqual(Object.keys(relayMetrics).sort())
  expect(text).toContain('process_cpu_seconds_total')
})

test('they follow what happens', async () => {
  const { network, read } = await scrape()
  const host = await startMember(await network.member('user1'))
  closers.push(() => host.close())
  await host.bind('user1', { maxTerminators: 1 })
  await host.directory.list('chat-p2p')
  const text = await eventually(read, (each) => each.includes('chat_p2p_request_seconds_count{kind="list"} 1'))
  for (const line of [
    'chat_p2p_links 1',
    'chat_p2p_terminators{role="owned"} 1',
    'chat_p2p_terminators{role="home"} 0',
    'chat_p2p_instances{service="chat-p2p"} 1',
    'chat_p2p_home_partitions{settled="yes"} 1',
    'chat_p2p_binds_total 1',
    'chat_p2p_leaves_total 0',
    'chat_p2p_network_revision 1',
  ]) {
    expect(text.split('\n')).toContain(line)
  }
})

test('an address that is none, or taken, is said', async () => {
  const { metrics, network } = await scrape()
  const relay = await startRelay(network.relays[0]!, { listen: ['/ip4/127.0.0.1/tcp/0'] })
  closers.push(() => relay.close())
  for (const wrong of ['9100', 'localhost', ':80', 'a:70000']) {
    await expect(serveMetrics(createRelayMetrics(relay), wrong)).rejects.toMatchObject({ code: 'bad_argument' })
  }
  const taken = new URL(metrics.url).host
  await expect(serveMetrics(createRelayMetrics(relay), taken)).rejects.toMatchObject({ code: 'port_in_use' })
})
