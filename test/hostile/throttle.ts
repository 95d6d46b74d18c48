import { connect, createServer, type Server, type Socket } from 'node:net'

/** Joins two sockets; what goes from `source` to `target` goes at most at `bytesPerSecond`, and the source waits meanwhile. */
function pass(source: Socket, target: Socket, bytesPerSecond: number): void {
  let freeAt = Date.now()
  source.on('data', (bytes) => {
    target.write(bytes)
    freeAt = Math.max(freeAt, Date.now()) + (bytes.byteLength / bytesPerSecond) * 1000
    const waitMs = freeAt - Date.now()
    if (waitMs <= 5 && !target.writableNeedDrain) return
    source.pause()
    const go = () => setTimeout(() => source.resume(), Math.max(0, freeAt - Date.now()))
    if (target.writableNeedDrain) target.once('drain', go)
    else go()
  })
  source.on('close', () => target.destroy())
  source.on('error', () => {})
}

/** A line to `port` that is slow towards whoever dials; the first `slowOnes` connections only, the rest are as fast as the machine. */
export async function slowLine(
  port: number,
  to: number,
  bytesPerSecond: number,
  slowOnes = Number.POSITIVE_INFINITY,
): Promise<Server> {
  let opened = 0
  const server = createServer((socket) => {
    const rate = opened++ < slowOnes ? bytesPerSecond : Number.POSITIVE_INFINITY
    const other = connect(to, '127.0.0.1')
    pass(other, socket, rate)
    pass(socket, other, Number.POSITIVE_INFINITY)
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return server
}
