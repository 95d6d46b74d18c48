import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setupNetwork } from '../../src/cli/setup.js'
import { chatP2p, type Finished, RunningCli, temporaryFolder } from './cli.js'
import { freePorts } from './free-ports.js'

const relayNames = ['relay1', 'relay2', 'relay3']

/**
 * A network of three relays with the service `ssh`, which `server1` and `server2` may offer and `admin` may dial; every node a
 * process of its own, run as a person would.
 */
export class Fleet {
  readonly #folder: ReturnType<typeof temporaryFolder>

  readonly #running = new Set<RunningCli>()
  readonly #relays = new Map<string, RunningCli>()

  // biome-ignore lint/style/useConsistentMemberAccessibility: made by its own static function only
  private constructor(folder: ReturnType<typeof temporaryFolder>) {
    this.#folder = folder
  }

  static async start(): Promise<Fleet> {
    const fleet = new Fleet(temporaryFolder())
    await setupNetwork({ dir: fleet.dir, users: ['user1'], relayPorts: await freePorts(relayNames.length) })
    await fleet.succeeds('network', 'publish', '--service', 'ssh', '--bind', '#server', '--dial', '#admin')
    for (const server of ['server1', 'server2']) await fleet.succeeds('identity', 'create', server, '--role', 'server')
    await fleet.succeeds('identity', 'create', 'admin', '--role', 'admin')
    await Promise.all(relayNames.map((name) => fleet.startRelay(name)))
    return fleet
  }

  get dir(): string {
    return this.#folder.dir
  }

  /** Runs a command to its end. */
  run(...args: string[]): Promise<Finished> {
    return chatP2p(args, { cwd: this.dir })
  }

  async succeeds(...args: string[]): Promise<Finished> {
    const finished = await this.run(...args)
    if (finished.code !== 0) throw new Error(`${args.join(' ')}: ${finished.stderr}`)
    return finished
  }

  /** Starts a command that goes on. */
  start(...args: string[]): RunningCli {
    const cli = RunningCli.start(args, this.dir)
    this.#running.add(cli)
    return cli
  }

  async startRelay(name: string): Promise<void> {
    const relay = this.start('relay', '-i', name)
    this.#relays.set(name, relay)
    await relay.sees(/is up/)
  }

  /** As a power cut would. */
  async killRelay(name: string): Promise<void> {
    const relay = this.#relays.get(name)
    if (relay === undefined) throw new Error(`there is no ${name} running`)
    this.#relays.delete(name)
    await relay.kill()
    this.#running.delete(relay)
  }

  /** Offers a port of this machine under an identity, on relays alone, and waits until it stands on all of them. */
  host(identity: string, port: number, ...flags: string[]): Promise<RunningCli> {
    return this.hostAnyhow(identity, port, '--relay-only', ...flags)
  }

  /** The same, but connections leave the relays where they can. */
  async hostAnyhow(identity: string, port: number, ...flags: string[]): Promise<RunningCli> {
    const host = this.start('host', 'ssh', '--to', `127.0.0.1:${port}`, '-i', identity, ...flags)
    try {
      for (const name of this.#relays.keys()) await untilLine(host, new RegExp(`reachable through ${name}`))
    } catch (error) {
      await host.kill() // or it keeps the place of the next test's host
      throw error
    }
    return host
  }

  /** Opens a local port; returns it with the process. */
  async forward(...instanceAndFlags: string[]): Promise<{ cli: RunningCli; port: number }> {
    const cli = this.start('forward', 'ssh', ...instanceAndFlags, '--listen', '127.0.0.1:0', '-i', 'admin')
    const line = await untilLine(cli, /^127\.0\.0\.1:\d+$/)
    return { cli, port: Number(line.split(':')[1]) }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#running].map((cli) => cli.kill()))
    this.#folder.remove()
  }
}

/** A line that came or is to come; unlike `sees`, in whatever order. */
export async function untilLine(cli: RunningCli, pattern: RegExp): Promise<string> {
  return cli.lines.find((line) => pattern.test(line)) ?? cli.sees(pattern)
}

/** The relay that carries connection number `number` of a host or forward at the moment, from its log. */
export function carrier(cli: RunningCli, number: number): string {
  const name = new RegExp(`#${number} .*(?:connected.*, via |moved from \\S+ to )(relay\\d)`)
  const relay = cli.lines.map((line) => name.exec(line)?.[1]).findLast((each) => each !== undefined)
  if (relay === undefined) throw new Error(`#${number} has no relay in:\n${cli.lines.join('\n')}`)
  return relay
}

/** A TCP server of this process whose connections `serve` handles; half open ones stay so. */
export async function tcpServer(
  serve: (socket: Socket) => void,
  port = 0,
): Promise<{ server: Server; port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    serve(socket)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    server,
    port: (server.address() as { port: number }).port,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** A connected socket, half open as long as the test likes. */
export async function tcpClient(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  socket.on('error', () => {}) // who waits for something hears of it
  await once(socket, 'connect')
  return socket
}
