import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** A TCP port whose machine drops what begins a connection, as a firewall does: a stopped process with its queue full. */
export class SilentTarget {
  readonly #child: ChildProcess
  readonly #queued: readonly Socket[]

  // biome-ignore lint/style/useConsistentMemberAccessibility: made by its own static function only
  private constructor(
    readonly host: string,
    readonly port: number,
    child: ChildProcess,
    queued: readonly Socket[],
  ) {
    this.#child = child
    this.#queued = queued
  }

  static async start(host = '127.0.0.1'): Promise<SilentTarget> {
    const listen = `{ host: '${host}', port: 0, backlog: 1 }`
    const script = `const s = require('node:net').createServer().listen(${listen}, () => console.log(s.address().port))`
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    const port = Number((await once(child.stdout!, 'data'))[0])
    child.kill('SIGSTOP')
    // Linux lets one more wait than the backlog says.
    const queued = [connect(port, host), connect(port, host)]
    for (const socket of queued) socket.on('error', () => {})
    await Promise.all(queued.map((socket) => once(socket, 'connect')))
    return new SilentTarget(host, port, child, queued)
  }

  /** It takes connections from now on; who asked before is heard when their system asks again, a second after the first time. */
  wake(): void {
    this.#child.kill('SIGCONT')
  }

  async close(): Promise<void> {
    for (const socket of this.#queued) socket.destroy()
    const gone = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await gone
  }
}
