import { connect, createServer, type Server, type Socket } from 'node:net'

/** What everybody on one line shares. */
interface Line {
  bytesPerSecond: number
  freeAt: number
}

/** Joins two sockets; what goes from `source` to `target` shares `line` with others, and the source waits meanwhile. */
function pass(source: Socket, target: Socket, line: Line): void {
  source.on('data', (bytes) => {
    target.write(bytes)
    line.freeAt = Math.max(line.freeAt, Date.now()) + (bytes.byteLength / line.bytesPerSecond) * 1000
    const waitMs = line.freeAt - Date.now()
    if (waitMs <= 5 && !target.writableNeedDrain) return
    source.pause()
    const go = () => setTimeout(() => source.resume(), Math.max(0, line.freeAt - Date.now()))
    if (target.writableNeedDrain) target.once('drain', go)
    else go()
  })
  source.on('close', () => target.destroy())
  source.on('error', () => {})
}

/** A way to `to` whose line back is slow, and shared by everybody who takes it. */
export async function slowLine(port: number, to: number, bytesPerSecond: number): Promise<Server> {
  const slow: Line = { bytesPerSecond, freeAt: 0 }
  const fast: Line = { bytesPerSecond: Number.POSITIVE_INFINITY, freeAt: 0 }
  const server = createServer((socket) => {
    const other = connect(to, '127.0.0.1')
    pass(other, socket, slow)
    pass(socket, other, fast)
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return server
}
