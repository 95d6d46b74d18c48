import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import path from 'node:path'
import type { JanitorItem, JanitorOrder } from './janitor.js'

const here = import.meta.dirname

/** What a run has started or made. `close()` takes all of it away; so does the end of this process, whatever its cause. */
export class Children {
  readonly #logFolder: string

  readonly #janitor: ChildProcess
  readonly #gone: Promise<void>

  constructor(logFolder: string) {
    this.#logFolder = logFolder

    this.#janitor = spawn(process.execPath, [path.join(here, 'janitor.js')], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    })
    this.#janitor.stdin!.on('error', () => {}) // it is gone; close() is all that is left
    this.#gone = new Promise((resolve) => this.#janitor.once('exit', () => resolve()))
  }

  /** Takes it away in the end. */
  add(item: JanitorItem): void {
    this.#order({ add: item })
  }

  remove(item: JanitorItem): void {
    this.#order({ remove: item })
  }

  /**
   * Starts a worker of this folder with an IPC channel; it writes to `<name>.log`. It has a process group of its own, so
   * that Ctrl-C reaches only the run, which then takes it away in order.
   */
  start(name: string, script: string, options: { namespace?: string } = {}): ChildProcess {
    const log = openSync(path.join(this.#logFolder, `${name}.log`), 'a', 0o600)
    const node = [process.execPath, '--enable-source-maps', path.join(here, 'worker.js'), script]
    // `ip netns exec` replaces itself by the command, so the pid is the worker's.
    const [command, ...args] =
      options.namespace === undefined ? node : ['ip', 'netns', 'exec', options.namespace, ...node]
    const spawnOptions: SpawnOptions = { stdio: ['ignore', log, log, 'ipc'], detached: true }
    const child = spawn(command!, args, spawnOptions)
    closeSync(log)
    const { pid } = child
    if (pid !== undefined) {
      this.add({ pid })
      child.once('exit', () => this.remove({ pid }))
    }
    child.on('error', () => {}) // whoever waits for its answer hears of it
    return child
  }

  async close(): Promise<void> {
    this.#janitor.stdin!.end()
    await this.#gone
  }

  #order(order: JanitorOrder): void {
    this.#janitor.stdin!.write(`${JSON.stringify(order)}\n`)
  }
}

/** Resolves when the process is gone. */
export function exited(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return Promise.resolve()
  return new Promise((resolve) => child.once('exit', () => resolve()))
}
