import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { FirstBytes, type Preface } from './first-bytes.js'

/** Hosts to listen on: for everybody, or for this machine alone. */
const everywhere = ['::', '0.0.0.0'] as const
const here = ['127.0.0.1'] as const

/**
 * Keeps a port open only while a session looks for a direct path: one port for all that do so at the same time. Connections have to
 * begin with the preface; all others are hung up on.
 */
export class DirectListener {
  readonly #preface: Preface
  readonly #open = new Map<readonly string[], { server: Promise<Listening | undefined>; holders: number }>()

  constructor(preface: Preface) {
    this.#preface = preface
  }

  /** Opens the port, until `release` is called; `port` is undefined where it is not possible to listen. */
  async hold(machineOnly: boolean): Promise<{ port: number | undefined; release(): void }> {
    const hosts = machineOnly ? here : everywhere
    const open = this.#open.get(hosts) ?? { server: listenOn(hosts, this.#preface), holders: 0 }
    this.#open.set(hosts, open)
    open.holders++
    let held = true
    const release = () => {
      if (!held) return
      held = false
      if (--open.holders > 0) return
      this.#open.delete(hosts)
      void open.server.then((listening) => listening?.close())
    }
    return { port: (await open.server)?.port, release }
  }
}

interface Listening {
  port: number
  close(): void
}

async function listenOn(hosts: readonly string[], preface: Preface): Promise<Listening | undefined> {
  for (const host of hosts) {
    const server = createServer({ noDelay: true, keepAlive: true }) // as the other end of each connection has it
    try {
      server.listen(0, host)
      await once(server, 'listening')
    } catch {
      continue // no IPv6 here, or nothing may listen
    }
    return { port: portOf(server), close: takeFrom(server, preface) }
  }
  return undefined
}

/**
 * Takes connections of a server. Returns what closes the server: connections that were taken go on, those that have shown nothing
 * by then do not.
 */
function takeFrom(server: Server, preface: Preface): () => void {
  const sockets = new FirstBytes([preface], undefined, (socket) => socket.destroy())
  server.on('connection', (socket) => sockets.add(socket))
  server.on('error', () => {}) // it takes no more
  return () => {
    sockets.closeSilent()
    server.close()
  }
}

/** Returns a port that was free a moment ago, and from which sockets can connect. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '0.0.0.0')
  await once(server, 'listening')
  const port = portOf(server)
  server.close()
  await once(server, 'close')
  return port
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
