import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { FirstBytes, type Preface } from './first-bytes.js'

/** Where a listener listens: for everybody, or for this machine alone. */
const everywhere = ['::', '0.0.0.0'] as const
const here = ['127.0.0.1'] as const

/**
 * Ports that are open only while somebody looks for a direct path: one for all who do at the same time. What connects has to begin with the
 * preface; everything else is hung up on.
 */
export class DirectListener {
  readonly #preface: Preface
  readonly #open = new Map<readonly string[], { server: Promise<Listening | undefined>; holders: number }>()

  constructor(preface: Preface) {
    this.#preface = preface
  }

  /** The port, until `release` is called; undefined where nothing can be listened on. */
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
    const server = createServer()
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

/** What it took goes on when the server closes; what has shown nothing by then does not. */
function takeFrom(server: Server, preface: Preface): () => void {
  const sockets = new FirstBytes([preface], undefined, (socket) => socket.destroy())
  server.on('connection', (socket) => sockets.add(socket))
  server.on('error', () => {}) // it takes no more
  return () => {
    sockets.closeSilent()
    server.close()
  }
}

/** A port that was free a moment ago, and that sockets can be given which connect from it. */
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
