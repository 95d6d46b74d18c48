import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { bin } from './cli.js'

/** Refuses connections (RFC 863's discard, which nobody serves): tests must not reach for the public network. */
export const nobody = '/ip4/127.0.0.1/tcp/9/p2p/12D3KooWLaLz7Qs3r2zUQ3NehmpLQFYfnMTF76wvm7ULzUeeWbDw'

/** For `vi.waitFor`: much longer than anything takes, so that a busy machine fails no test. */
export const patient = { timeout: 20_000 }

/** A process whose lines a test waits for, in any order. */
export class Talker {
  readonly out: string[] = []
  readonly err: string[] = []
  #changed = Promise.withResolvers<void>()
  #code: number | undefined

  constructor(
    readonly name: string,
    readonly child: ChildProcess,
  ) {
    for (const [stream, lines] of [
      [child.stdout!, this.out],
      [child.stderr!, this.err],
    ] as const) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line)
        this.#wake()
      })
    }
    child.stdin?.on('error', () => {}) // the exit code tells
    child.once('close', (code, signal) => {
      this.#code = code ?? (signal === null ? -1 : -2)
      this.#wake()
    })
  }

  get lines(): string[] {
    return [...this.out, ...this.err]
  }

  /** Undefined while it runs; -2 when a signal ended it. */
  get code(): number | undefined {
    return this.#code
  }

  type(...lines: string[]): void {
    this.child.stdin?.write(lines.map((line) => `${line}\n`).join(''))
  }

  /** Waits for a line, wherever it stands among the others, and returns what its first group matched, or all of it. */
  async sees(pattern: RegExp, timeoutMs = 30_000): Promise<string> {
    const found = await this.seesTimes(pattern, 1, timeoutMs)
    return found[0]!
  }

  async seesTimes(pattern: RegExp, times: number, timeoutMs = 30_000): Promise<string[]> {
    return await this.until(`${times} × ${pattern}`, timeoutMs, () => {
      const found = this.lines.flatMap((line) => pattern.exec(line) ?? []).length
      if (found === 0) return undefined
      const matches = this.lines.map((line) => pattern.exec(line)).filter((match) => match !== null)
      return matches.length >= times ? matches.map((match) => match[1] ?? match[0]) : undefined
    })
  }

  async exited(timeoutMs = 20_000): Promise<number> {
    return await this.until('an end', timeoutMs, () => this.#code)
  }

  /** Ends it for certain; for afterEach. */
  async kill(): Promise<void> {
    if (this.#code !== undefined) return
    this.child.kill('SIGKILL')
    await this.exited()
  }

  async until<T>(what: string, timeoutMs: number, look: () => T | undefined): Promise<T> {
    const over = AbortSignal.timeout(timeoutMs)
    const timedOut = once(over, 'abort')
    for (;;) {
      const changed = this.#changed.promise
      const seen = look()
      if (seen !== undefined) return seen
      if (over.aborted) throw new Error(`${this.name} shows no ${what} in time:\n${this.lines.join('\n')}`)
      if (this.#code !== undefined) {
        throw new Error(`${this.name} ended (${this.#code}) without ${what}:\n${this.lines.join('\n')}`)
      }
      await Promise.race([changed, timedOut])
    }
  }

  #wake(): void {
    const { resolve } = this.#changed
    this.#changed = Promise.withResolvers()
    resolve()
  }
}

/** `chat-p2p rendezvous`, built. `peers` are addresses; none means one where nobody is. */
export class JsChat extends Talker {
  static start(name: string, peers: string[], args: string[] = [], listen = '/ip4/127.0.0.1/tcp/0'): JsChat {
    const all = [
      'rendezvous',
      '--listen',
      listen,
      ...(peers.length > 0 ? peers : [nobody]).flatMap((peer) => ['--peer', peer]),
    ]
    return new JsChat(name, spawn(process.execPath, [bin, ...all, ...args], { stdio: 'pipe' }))
  }

  async address(): Promise<string> {
    return await this.sees(/^Listening on (\S+)$/)
  }

  async peerId(): Promise<string> {
    return await this.sees(/^Host started\. We are: (\S+)/)
  }

  async shortId(): Promise<string> {
    return (await this.peerId()).slice(-8)
  }

  /** Waits until it is in the chat with so many others. */
  async meets(others: number, timeoutMs?: number): Promise<string[]> {
    return await this.seesTimes(/^Connected to: (\S+)/, others, timeoutMs)
  }

  /** Who has said what, as shown: `<short id>: <text>`. */
  talk(): string[] {
    return this.out
  }
}

/** The process that holds the connections of a chat. Where the system does not tell (not Linux), the program's own. */
export function connectionsOf({ child }: { child: ChildProcess }): number {
  const children = `/proc/${child.pid}/task/${child.pid}/children`
  return existsSync(children) ? Number(readFileSync(children, 'utf8').trim().split(' ')[0]) : child.pid!
}

/** False also for one that has ended and waits for its parent to look. */
export function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  const status = `/proc/${pid}/status`
  return !existsSync(status) || !/^State:\s+Z/m.test(readFileSync(status, 'utf8'))
}
