import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { freePorts } from '../support/free-ports.js'
import { Children } from './children.js'
import { MemberProcess } from './member-process.js'
import type { MemberEvent, SessionState } from './member-worker.js'
import { Namespaces } from './namespaces.js'
import { makeNetwork, service } from './network.js'
import type { Carrier } from './options.js'
import { RelayProcess } from './relay-process.js'
import type { SessionReport } from './session-run.js'
import type { Pace } from './session-spec.js'

export interface ClusterOptions {
  relays: number
  hosts: number
  dialers: number
  terminators: number
  carrier: Carrier
  /** Give every process a network namespace. */
  namespaces: boolean
  /** Leave the folder with logs and identities behind. */
  keep: boolean
  onEvent: (event: MemberEvent, from: string) => void
}

const names = (word: string, count: number) => Array.from({ length: count }, (_, index) => `${word}${index + 1}`)

/** All processes of a run. `start()` makes them, `close()` takes everything away that was made. */
export class Cluster {
  readonly #options: ClusterOptions

  readonly folder = mkdtempSync(path.join(tmpdir(), 'chat-p2p-failover-'))
  readonly relays: RelayProcess[] = []
  /** Hosts and dialers whose sessions live through the whole run. */
  readonly hosts: MemberProcess[] = []
  readonly dialers: MemberProcess[] = []
  /** A host without sessions, to be killed and frozen. */
  guest!: MemberProcess
  namespaces: Namespaces | undefined
  /** The folder stays behind. */
  kept: boolean
  #observer!: MemberProcess
  readonly #children: Children

  constructor(options: ClusterOptions) {
    this.#options = options

    mkdirSync(path.join(this.folder, 'logs'))
    this.#children = new Children(path.join(this.folder, 'logs'))
    if (!options.keep) this.#children.add({ folder: this.folder })
    this.kept = options.keep
  }

  get members(): MemberProcess[] {
    return [...this.hosts, ...this.dialers]
  }

  relay(name: string): RelayProcess {
    return this.relays.find((relay) => relay.name === name)!
  }

  async start(): Promise<void> {
    const options = this.#options,
      folder = this.folder,
      children = this.#children
    const relayNames = names('relay', options.relays)
    const hostNames = names('host', options.hosts)
    const dialerNames = names('dialer', options.dialers)
    const all = [...relayNames, ...hostNames, ...dialerNames, 'guest', 'observer']
    const namespaceOf = new Map<string, string>()
    if (options.namespaces) {
      this.namespaces = new Namespaces(children)
      for (const name of all) namespaceOf.set(name, this.namespaces.add(name))
    }
    const ports = this.namespaces === undefined ? await freePorts(options.relays) : []
    const places = relayNames.map((name, index) => ({
      name,
      multiaddr: this.namespaces?.multiaddrOf(name) ?? `/ip4/127.0.0.1/tcp/${ports[index]}`,
    }))
    await makeNetwork(folder, places, [...hostNames, ...dialerNames, 'guest', 'observer'], options.terminators)
    for (const name of relayNames) {
      this.relays.push(new RelayProcess(name, folder, children, namespaceOf.get(name)))
    }
    const splices = options.carrier === 'splice'
    const member = (name: string) =>
      new MemberProcess(name, folder, children, namespaceOf.get(name), splices, options.onEvent)
    this.hosts.push(...hostNames.map(member))
    this.dialers.push(...dialerNames.map(member))
    this.guest = member('guest')
    this.#observer = member('observer')
    await Promise.all(this.relays.map((relay) => relay.start()))
    await Promise.all([...this.hosts, this.guest].map((host) => this.startHost(host)))
    await Promise.all(this.dialers.map((dialer) => dialer.start()))
    await this.#observer.start([])
    await this.#observer.call('observe', this.#observer.identityFile('observer'))
  }

  /** Starts the process of a host; resolves when it is bound wherever it can be. */
  async startHost(host: MemberProcess): Promise<void> {
    await host.start()
    await host.call('listen', { service, terminators: this.terminatorsPossible() })
  }

  /** How many terminators a host holds, given the relays that serve now. */
  terminatorsPossible(): number {
    return Math.min(this.#options.terminators, this.relaysUp().length)
  }

  relaysUp(): RelayProcess[] {
    return this.relays.filter(({ state }) => state === 'up')
  }

  /** The sessions as their dialers see them. */
  async sessions(): Promise<SessionState[]> {
    const awake = this.dialers.filter(({ frozen }) => !frozen)
    return (await Promise.all(awake.map((dialer) => dialer.call('sessions')))).flat()
  }

  async reports(): Promise<SessionReport[]> {
    return (await Promise.all(this.members.map((member) => member.call('reports')))).flat()
  }

  async pace(pace: Pace, sessions?: string[]): Promise<void> {
    await Promise.all(
      this.members.map((member) => member.call('pace', sessions === undefined ? { pace } : { pace, sessions })),
    )
  }

  /** The two ends of a session, the dialer's first. */
  ends(session: string): [MemberProcess, MemberProcess] {
    const [dialer, host] = session.split('-')
    const find = (name: string | undefined) => this.members.find((member) => member.name === name)!
    return [find(dialer), find(host)]
  }

  /** What this relay says of the directory; undefined when it could not be asked. */
  async listThrough(relay: string) {
    return this.#observer.call('listAt', { relay, service })
  }

  /** Leaves logs and identities behind, because somebody will want to look. */
  keepFolder(): void {
    this.kept = true
    this.#children.remove({ folder: this.folder })
  }

  async close(): Promise<void> {
    await this.#children.close()
  }
}
