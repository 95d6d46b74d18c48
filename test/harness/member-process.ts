import type { ChildProcess } from 'node:child_process'
import path from 'node:path'
import { type Children, exited } from './children.js'
import type { MemberEvent, MemberMethods } from './member-worker.js'
import { Caller, type Params } from './rpc.js'

/** A host, dialer or observer process. */
export class MemberProcess {
  readonly #folder: string
  readonly #children: Children
  readonly #namespace: string | undefined
  readonly #splices: boolean
  readonly #onEvent: (event: MemberEvent, from: string) => void

  frozen = false
  #child: ChildProcess | undefined
  #caller: Caller<MemberMethods, MemberEvent> | undefined

  constructor(
    readonly name: string,
    folder: string,
    children: Children,
    namespace: string | undefined,
    splices: boolean,
    onEvent: (event: MemberEvent, from: string) => void,
  ) {
    this.#folder = folder
    this.#children = children
    this.#namespace = namespace
    this.#splices = splices
    this.#onEvent = onEvent
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  get alive(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Starts the process with a context for each identity; default: the one of its name. */
  async start(identities: readonly string[] = [this.name]): Promise<void> {
    const options = this.#namespace === undefined ? {} : { namespace: this.#namespace }
    this.#child = this.#children.start(this.name, 'member-worker.js', options)
    this.#caller = new Caller(this.name, this.#child, (event) => this.#onEvent(event, this.name))
    await Promise.all(
      identities.map((identity) =>
        this.call('open', { identity: this.identityFile(identity), splices: this.#splices }),
      ),
    )
  }

  call<K extends keyof MemberMethods & string>(
    method: K,
    ...params: Params<MemberMethods, K>
  ): Promise<Awaited<ReturnType<MemberMethods[K]>>> {
    if (this.#caller === undefined) return Promise.reject(new Error(`${this.name} has not been started.`))
    return this.#caller.call(method, ...params)
  }

  identityFile(identity: string): string {
    return path.join(this.#folder, `${identity}.json`)
  }

  async kill(): Promise<void> {
    if (this.#child === undefined) return
    this.#child.kill('SIGKILL')
    await exited(this.#child)
  }

  freeze(): void {
    this.#child?.kill('SIGSTOP')
    this.frozen = true
  }

  thaw(): void {
    this.#child?.kill('SIGCONT')
    this.frozen = false
  }
}
