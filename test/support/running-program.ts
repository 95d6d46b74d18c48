import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** A program that runs until it is stopped, and whose lines (stdout and stderr together) a test waits for. */
export class RunningProgram {
  readonly lines: string[] = []
  /** Resolves with the exit code; -1 when a signal ended it. */
  readonly exit: Promise<number>
  #changed = () => {}

  // biome-ignore lint/style/useConsistentMemberAccessibility: made by its own static function only
  private constructor(readonly child: ChildProcess) {
    this.exit = new Promise((resolve) => {
      child.once('close', (code) => {
        resolve(code ?? -1)
        this.#changed()
      })
    })
    for (const stream of [child.stdout!, child.stderr!]) {
      createInterface({ input: stream }).on('line', (line) => {
        this.lines.push(line)
        this.#changed()
      })
    }
  }

  static start(script: string, args: string[], cwd?: string): RunningProgram {
    return new RunningProgram(spawn(process.execPath, [script, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] }))
  }

  /** Resolves with the first line that fits; rejects with everything it said when it ends before. */
  async line(fits: RegExp): Promise<string> {
    for (;;) {
      const found = this.lines.find((line) => fits.test(line))
      if (found !== undefined) return found
      if (this.child.exitCode !== null || this.child.signalCode !== null) throw new Error(this.lines.join('\n'))
      await new Promise<void>((resolve) => {
        this.#changed = resolve
      })
    }
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null) this.child.kill('SIGKILL')
    await this.exit
  }
}
