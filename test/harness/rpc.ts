import type { ChildProcess } from 'node:child_process'

// biome-ignore lint/suspicious/noExplicitAny: each method has its own parameter; callers see its type.
type Method = (params: any) => unknown
export type Methods = Record<string, Method>
export type Params<M extends Methods, K extends keyof M> = Parameters<M[K]> extends [] ? [] : [Parameters<M[K]>[0]]

interface Call {
  id: number
  method: string
  params: unknown
}

type Reply = { id: number; result?: unknown; error?: string } | { event: unknown }

/** In a worker: answers the calls of the process that started it, and ends with that process. */
export function serve<Event>(methods: Methods): (event: Event) => void {
  process.on('message', async ({ id, method, params }: Call) => {
    try {
      reply({ id, result: await methods[method]!(params) })
    } catch (error) {
      reply({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
  })
  process.on('disconnect', () => process.exit(1))
  return (event) => reply({ event })
}

function reply(message: Reply): void {
  // The channel may be gone when the parent is; then this process is about to end.
  process.send?.(message, undefined, undefined, () => {})
}

/** Calls the methods of a worker. Calls that the worker did not answer reject when it ends. */
export class Caller<M extends Methods, Event> {
  readonly #name: string
  readonly #child: ChildProcess

  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  #nextId = 1

  constructor(name: string, child: ChildProcess, onEvent: (event: Event) => void = () => {}) {
    this.#name = name
    this.#child = child

    child.on('message', (message: Reply) => {
      if ('event' in message) return onEvent(message.event as Event)
      const call = this.#waiting.get(message.id)
      this.#waiting.delete(message.id)
      if (message.error === undefined) call?.resolve(message.result)
      else call?.reject(new Error(`${name}: ${message.error}`))
    })
    child.once('exit', (code, signal) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`${name} ended (${signal ?? code}).`))
      this.#waiting.clear()
    })
  }

  call<K extends keyof M & string>(method: K, ...params: Params<M, K>): Promise<Awaited<ReturnType<M[K]>>> {
    return new Promise((resolve, reject) => {
      const child = this.#child,
        name = this.#name
      if (child.exitCode !== null || child.signalCode !== null) return reject(new Error(`${name} has ended.`))
      const id = this.#nextId++
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject })
      child.send({ id, method, params: params[0] } satisfies Call, (error) => {
        if (error && this.#waiting.delete(id)) reject(error)
      })
    })
  }
}
