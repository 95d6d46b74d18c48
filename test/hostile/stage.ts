import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { QuotaLimits } from '../../src/net/quotas.js'
import { makeNetwork } from '../harness/network.js'
import { Caller } from '../harness/rpc.js'
import { freePorts } from '../support/free-ports.js'
import type { VictimMethods } from './victim.js'

export type Victim = Caller<VictimMethods, never>

/** Where a hostile program plays: a folder for identities, and processes to attack. `close()` ends all of it. */
export class Stage {
  /** Small runs are for the suite: the same attacks, shorter. */
  readonly small: boolean
  readonly folder = mkdtempSync(path.join(tmpdir(), 'chat-p2p-hostile-'))
  readonly #children: ChildProcess[] = []
  readonly #closers: Array<() => unknown> = []

  constructor(small: boolean) {
    this.small = small
  }

  identity(name: string): string {
    return path.join(this.folder, `${name}.json`)
  }

  victim(name: string): Victim {
    const child = fork(path.join(import.meta.dirname, 'victim.js'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    this.#children.push(child)
    return new Caller<VictimMethods, never>(name, child)
  }

  /** A network with its relays running, each in a process of its own. */
  async network(
    relays: number,
    members: readonly string[],
    quotas: QuotaLimits = {},
  ): Promise<Array<{ victim: Victim; address: string }>> {
    const ports = await freePorts(relays)
    const places = ports.map((port, index) => ({ name: `relay${index + 1}`, multiaddr: `/ip4/127.0.0.1/tcp/${port}` }))
    await makeNetwork(this.folder, places, members, 3)
    return await Promise.all(
      places.map(async ({ name, multiaddr }) => {
        const victim = this.victim(name)
        const { peerId } = await victim.call('relay', { identity: this.identity(name), quotas })
        return { victim, address: `${multiaddr}/p2p/${peerId}` }
      }),
    )
  }

  /** Something that must be ended with the stage. */
  onClose(close: () => unknown): void {
    this.#closers.push(close)
  }

  async close(): Promise<void> {
    for (const close of this.#closers.reverse()) await close()
    await Promise.all(
      this.#children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return
        const gone = once(child, 'exit')
        child.kill('SIGKILL')
        await gone
      }),
    )
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** One attack: what it tried, and what it found. `failures` empty means that it held. */
export interface Report {
  lines: string[]
  failures: string[]
}

export interface Program {
  name: string
  /** One line: who does what to whom. */
  about: string
  run(stage: Stage): Promise<Report>
}
