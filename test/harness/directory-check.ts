import type { Cluster } from './cluster.js'

/**
 * What is wrong with the directory as each serving relay tells it, or undefined when all is right: exactly the hosts that
 * live, each with as many terminators as it holds itself.
 */
export async function directoryFault(cluster: Cluster): Promise<string | undefined> {
  const hosts = [...cluster.hosts, cluster.guest].filter(({ alive, frozen }) => alive && !frozen)
  const expected = await Promise.all(
    hosts.map(async (host) => `${host.name} ×${(await host.call('terminators')).length}`),
  )
  const wanted = expected.sort().join(', ')
  for (const { name } of cluster.relaysUp()) {
    const rows = await cluster.listThrough(name)
    if (rows === undefined) return `${name} does not answer its observer`
    const listed = rows
      .map(({ instanceId, terminators }) => `${instanceId} ×${terminators}`)
      .sort()
      .join(', ')
    if (listed !== wanted) return `${name} lists ${listed || 'nobody'} instead of ${wanted}`
  }
  return undefined
}

/** Names of the serving relays that may still list this instance. */
export async function relaysListing(cluster: Cluster, instanceId: string): Promise<string[]> {
  const relays = cluster.relaysUp()
  const lists = await Promise.all(relays.map(({ name }) => cluster.listThrough(name)))
  // One that does not answer has not shown that it forgot.
  return relays
    .filter((_, index) => lists[index]?.some((row) => row.instanceId === instanceId) ?? true)
    .map(({ name }) => name)
}

/**
 * What is missing until the network is whole, or undefined: every relay serves and is known to everybody, every host
 * is bound on as many as it may be, every session has an active path and another one ready.
 */
export async function notWhole(cluster: Cluster): Promise<string | undefined> {
  const down = cluster.relays.find(({ state }) => state !== 'up')
  if (down !== undefined) return `${down.name} is ${down.state}`
  for (const member of [...cluster.members, cluster.guest]) {
    const up = await member.call('relaysUp')
    if (up.length < cluster.relays.length) return `${member.name} is connected to ${up.join(', ') || 'no relay'} only`
  }
  for (const host of [...cluster.hosts, cluster.guest]) {
    const bound = await host.call('terminators')
    if (bound.length < cluster.terminatorsPossible()) return `${host.name} is bound on ${bound.join(', ')} only`
  }
  for (const { session, lost, active, standby } of await cluster.sessions()) {
    if (lost) continue // said elsewhere
    if (active === undefined) return `session ${session} has no path`
    if (standby.length === 0) return `session ${session} has no standby path beside ${active}`
  }
  return undefined
}
