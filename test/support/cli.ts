import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'

const root = path.resolve(import.meta.dirname, '../..')

/** The program as it is built from the sources, a file for each. */
export const builtBin = path.join(root, 'dist/cli/bin.js')

/** What the tests of the command line run: the built program, or what `CHAT_P2P_BIN` names, as `npm test` does the bundle. */
export const bin = process.env.CHAT_P2P_BIN === undefined ? builtBin : path.resolve(root, process.env.CHAT_P2P_BIN)

export interface Finished {
  code: number
  stdout: string
  stderr: string
}

/** Runs the built command to its end. */
export async function chatP2p(args: string[], options: { cwd: string; stdin?: string }): Promise<Finished> {
  const child = spawn(process.execPath, [bin, ...args], { cwd: options.cwd, stdio: 'pipe' })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (data) => {
    stdout += data
  })
  child.stderr.on('data', (data) => {
    stderr += data
  })
  child.stdin.on('error', () => {}) // it may not want to hear
  child.stdin.end(options.stdin ?? '')
  const code = await new Promise<number>((resolve) => child.once('close', (status) => resolve(status ?? -1)))
  return { code, stdout, stderr }
}

/** A running command whose lines (stdout and stderr together) a test waits for. */
export class RunningCli {
  readonly lines: string[] = []
  #cursor = 0
  readonly #waiting = new Set<() => void>()
  #code: number | undefined

  // biome-ignore lint/style/useConsistentMemberAccessibility: made by its own static function only
  private constructor(readonly child: ChildProcess) {
    for (const stream of [child.stdout!, child.stderr!]) {
      createInterface({ input: stream }).on('line', (line) => {
        this.lines.push(line)
        for (const wake of this.#waiting) wake()
      })
    }
    child.stdin?.on('error', () => {}) // the exit code tells
    child.once('close', (code, signal) => {
      this.#code = code ?? (signal === null ? -1 : 128)
      for (const wake of this.#waiting) wake()
    })
  }

  static start(args: string[], cwd: string, env: NodeJS.ProcessEnv = {}): RunningCli {
    return new RunningCli(
      spawn(process.execPath, [bin, ...args], { cwd, stdio: 'pipe', env: { ...process.env, ...env } }),
    )
  }

  type(line: string): void {
    this.child.stdin?.write(`${line}\n`)
  }

  /** The next line that matches; lines before it count as seen. */
  async sees(pattern: RegExp, timeoutMs = 90_000): Promise<string> {
    const over = AbortSignal.timeout(timeoutMs)
    for (;;) {
      while (this.#cursor < this.lines.length) {
        const line = this.lines[this.#cursor++]!
        if (pattern.test(line)) return line
      }
      if (this.#code !== undefined)
        throw new Error(`ended (${this.#code}) before ${pattern}:\n${this.lines.join('\n')}`)
      if (over.aborted) throw new Error(`no ${pattern} in time:\n${this.lines.join('\n')}`)
      await this.#change(over)
    }
  }

  async exited(timeoutMs = 60_000): Promise<number> {
    const over = AbortSignal.timeout(timeoutMs)
    while (this.#code === undefined) {
      if (over.aborted) throw new Error(`did not end in time:\n${this.lines.join('\n')}`)
      await this.#change(over)
    }
    return this.#code
  }

  /** Ends it for certain; for afterEach. */
  async kill(): Promise<void> {
    if (this.#code !== undefined) return
    this.child.kill('SIGKILL')
    await this.exited()
  }

  #change(over: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake)
        over.removeEventListener('abort', wake)
        resolve()
      }
      this.#waiting.add(wake)
      over.addEventListener('abort', wake, { once: true })
    })
  }
}

/** A folder that is gone when `remove` has been called, also when a process that is about to end still writes there. */
export function temporaryFolder(): { dir: string; remove(): void } {
  const dir = mkdtempSync(path.join(tmpdir(), 'chat-p2p-test-'))
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true, maxRetries: 20 }) }
}
