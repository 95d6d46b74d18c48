import type { ChildProcess } from 'node:child_process'
import { rmSync } from 'node:fs'
import path from 'node:path'
import { type Children, exited } from './children.js'
import type { RelayMethods } from './relay-worker.js'
import { Caller } from './rpc.js'

/** A relay process that can be ended, frozen and started again under the same identity and address. */
export class RelayProcess {
  readonly #folder: string
  readonly #children: Children
  readonly #namespace: string | undefined

  state: 'up' | 'frozen' | 'down' = 'down'
  #child: ChildProcess | undefined
  #ending: Promise<void> = Promise.resolve()

  constructor(
    readonly name: string,
    folder: string,
    children: Children,
    namespace: string | undefined,
  ) {
    this.#folder = folder
    this.#children = children
    this.#namespace = namespace
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** Resolves when it serves. */
  async start(): Promise<void> {
    await this.#ending // its port is taken until then
    const options = this.#namespace === undefined ? {} : { namespace: this.#namespace }
    this.#child = this.#children.start(this.name, 'relay-worker.js', options)
    await new Caller<RelayMethods, never>(this.name, this.#child).call(
      'start',
      path.join(this.#folder, `${this.name}.json`),
    )
    this.state = 'up'
  }

  kill(): Promise<void> {
    return this.#end('SIGKILL')
  }

  /** Ends it as an administrator would; resolves when it is gone. */
  stop(): Promise<void> {
    return this.#end('SIGTERM')
  }

  freeze(): void {
    this.#child?.kill('SIGSTOP')
    this.state = 'frozen'
  }

  thaw(): void {
    this.#child?.kill('SIGCONT')
    this.state = 'up'
  }

  /** Whatever state it is in: serving again. */
  async revive(): Promise<void> {
    if (this.state === 'frozen') this.thaw()
    else if (this.state === 'down') await this.start()
  }

  /** Deletes what it kept on disk besides its identity. */
  forget(): void {
    rmSync(path.join(this.#folder, '.state', `${this.name}.network`), { force: true })
  }

  #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    this.state = 'down'
    if (child === undefined) return Promise.resolve()
    child.kill(signal)
    const late = setTimeout(() => child.kill('SIGKILL'), 5_000)
    this.#ending = exited(child).then(() => clearTimeout(late))
    return this.#ending
  }
}
