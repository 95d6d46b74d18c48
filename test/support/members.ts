import { systemClock } from '../../src/core/clock.js'
import { Binding } from '../../src/directory/binding.js'
import { DirectoryClient } from '../../src/directory/client.js'
import { RelayPool } from '../../src/directory/relay-pool.js'
import { type Change, Untold } from '../../src/directory/untold.js'
import { ServiceWatch } from '../../src/directory/watch.js'
import type { Identity } from '../../src/identity/identity-file.js'
import { Circuits } from '../../src/net/circuit.js'
import { createNode, type Node } from '../../src/net/node.js'
import { Trust } from '../../src/net/trust.js'

/** A member's part of the directory, without sessions: what a context is made of. */
export interface Member {
  node: Node
  trust: Trust
  pool: RelayPool
  directory: DirectoryClient
  /** Binds and resolves when `maxTerminators` stand. */
  bind(instanceId: string, options?: { service?: string; maxTerminators?: number }): Promise<Binding>
  /** Changes of a service as they come; `next` waits for one that fits. */
  watch(service?: string): {
    changes: Change[]
    until(fits: (changes: Change[]) => boolean): Promise<void>
    stop(): void
  }
  close(): Promise<void>
}

export async function startMember(
  identity: Identity,
  options: { maxLinks?: number; listen?: string[]; prepare?: (node: Node) => void } = {},
): Promise<Member> {
  const trust = new Trust(identity, systemClock)
  const node = await createNode({ trust, kind: 'member', listen: options.listen })
  options.prepare?.(node)
  const pool = new RelayPool(node, trust, systemClock, Math.random, options)
  const circuits = new Circuits(node)
  const bindings: Binding[] = []
  const watches: ServiceWatch[] = []
  const directory = new DirectoryClient(pool, trust, systemClock)
  await node.start()
  pool.start()
  return {
    node,
    trust,
    pool,
    directory,
    async bind(instanceId, { service = 'chat-p2p', maxTerminators = 3 } = {}) {
      const binding = new Binding(
        { service, instanceId, maxTerminators, cost: 0, precedence: 'default' },
        { pool, circuits, trust, clock: systemClock, random: Math.random },
      )
      bindings.push(binding)
      const established = new Promise<void>((resolve, reject) => {
        binding.on('established', () => binding.bound().length >= maxTerminators && resolve())
        binding.once('refused', reject)
      })
      binding.start()
      await established
      return binding
    },
    watch(service = 'chat-p2p') {
      const changes: Change[] = []
      let wake = () => {}
      const untold = new Untold()
      const watch = new ServiceWatch(pool, directory, systemClock, service, {
        onRow: (instanceId, row, lastSeenMs) => {
          untold.put(instanceId, row, lastSeenMs)
          changes.push(untold.take()!)
          wake()
        },
        onRefused: (error) => {
          throw error
        },
      })
      watches.push(watch)
      watch.start()
      return {
        changes,
        stop: () => watch.stop(),
        async until(fits) {
          while (!fits(changes)) {
            await new Promise<void>((resolve) => {
              wake = resolve
            })
          }
        },
      }
    },
    async close() {
      for (const watch of watches) watch.stop()
      await Promise.all(bindings.map((binding) => binding.close()))
      await pool.close()
      await node.stop()
    },
  }
}

/** Asks again until the answer fits; rejects with the last answer or error after `ms`. */
export async function eventually<T>(ask: () => T | Promise<T>, fits: (answer: T) => boolean, ms = 20_000): Promise<T> {
  const deadline = Date.now() + ms
  for (;;) {
    let last: unknown
    try {
      const answer = await ask()
      if (fits(answer)) return answer
      last = new Error(`still ${JSON.stringify(answer)?.slice(0, 500)}`)
    } catch (error) {
      last = error
    }
    if (Date.now() > deadline) throw last
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
