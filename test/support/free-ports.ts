import { createServer } from 'node:net'

/**
 * Below the range that systems take for outgoing connections: while a relay is down, nobody else gets its port, and nobody who
 * dials it can meet himself. What runs at the same time takes ports from parts of its own.
 */
const firstPort = 11_000
const portsOfPart = 2_560
const parts = 8

/** Who is given one port may use those behind it, too. */
const portsOfCall = 16

const part = Number(process.env.VITEST_POOL_ID ?? process.pid) % parts
let next = Math.floor(Math.random() * portsOfPart)

/** Ports that are free, and that nobody else is given meanwhile. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = []
  next = Math.ceil(next / portsOfCall) * portsOfCall
  for (let tried = 0; ports.length < count && tried < portsOfPart; tried++) {
    const port = firstPort + part * portsOfPart + (next++ % portsOfPart)
    if (await isFree(port)) ports.push(port)
  }
  if (ports.length < count) throw new Error(`no ${count} ports are free`)
  return ports
}

/** On all addresses, as some listen there. */
function isFree(port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, () => server.close(() => resolve(true)))
  })
}
