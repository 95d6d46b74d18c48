// A dialer or host somewhere behind a NAT, as a process of its own, on the public SDK only.
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  type Connection,
  type Context,
  type ContextOptions,
  createContext,
  type PathState,
} from '../../src/sdk/index.js'
import { serve } from './rpc.js'

/** How a call found its way. */
export interface WayFound {
  state: 'direct' | 'relayed'
  /** From accepted until it was known. */
  ms: number
  why?: string
  addresses?: { local: string; remote: string }
}

export interface Carried {
  bytes: number
  error?: string
}

const pieceBytes = 16 * 1024
const pauseMs = 10

/** Sends all the time what the other side sends back, and compares. */
class EchoRun {
  readonly #connection: Connection
  readonly #sent = createHash('sha256')
  readonly #got = createHash('sha256')
  readonly #reading: Promise<void>
  readonly #writing: Promise<void>
  #stop = false
  bytes = 0
  error: string | undefined

  constructor(connection: Connection) {
    this.#connection = connection
    const failed = (error: unknown) => {
      this.error ??= String(error)
    }
    this.#reading = this.#read().catch(failed)
    this.#writing = this.#write().catch(failed)
  }

  /** Throws when anything was lost, repeated, reordered or changed. */
  async finish(): Promise<number> {
    this.#stop = true
    await Promise.all([this.#writing, this.#reading])
    if (this.error !== undefined) throw new Error(this.error)
    if (this.#sent.digest('hex') !== this.#got.digest('hex')) throw new Error('what came back is not what was sent')
    return this.bytes
  }

  async #write(): Promise<void> {
    while (!this.#stop) {
      const piece = randomBytes(pieceBytes)
      this.#sent.update(piece)
      await this.#connection.write(piece)
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
    await this.#connection.closeWrite()
  }

  async #read(): Promise<void> {
    for await (const piece of this.#connection) {
      this.#got.update(piece)
      this.bytes += piece.byteLength
    }
  }
}

let context: Context | undefined
let connection: Connection | undefined
let echo: EchoRun | undefined

const methods = {
  async open({ identity, options }: { identity: string; options: ContextOptions }): Promise<void> {
    context = await createContext(identity, options)
    await context.ready({ timeout: 20_000 })
  },

  async listen({ service, terminators }: { service: string; terminators: number }): Promise<void> {
    const listener = await context!.listen(service)
    listener.on('dial', async (dial) => {
      const accepted = await dial.accept()
      connection = accepted
      try {
        for await (const bytes of accepted) await accepted.write(bytes)
        await accepted.close()
      } catch {
        // the dialer says what went wrong
      }
    })
    await listener.established(terminators, { timeout: 30_000 })
  },

  /** Calls, sends bytes to and fro from the beginning, and waits until it is known whether there is a direct way. */
  async call({ service, instanceId }: { service: string; instanceId: string }): Promise<WayFound> {
    connection = await context!.dial(service, { instanceId, connectTimeout: 30_000 })
    const acceptedMs = performance.now()
    echo = new EchoRun(connection)
    const since = () => performance.now() - acceptedMs
    const signal = AbortSignal.timeout(30_000)
    const giveUp = new AbortController()
    const either = { signal: AbortSignal.any([signal, giveUp.signal]) }
    const moved = async (): Promise<WayFound> => {
      for (;;) {
        const [{ to }] = await once(connection!, 'path:changed', either)
        if (to !== 'direct') continue
        const ms = since()
        const addresses = connection!.paths().find(({ kind }) => kind === 'direct')?.addresses
        return { state: 'direct', ms, ...(addresses === undefined ? {} : { addresses }) }
      }
    }
    const said = async (): Promise<WayFound> => {
      for (;;) {
        const [{ state, why }] = await once(connection!, 'direct', either)
        if (state === 'relayed') return { state, ms: since(), why }
      }
    }
    try {
      return await Promise.race([moved(), said()])
    } finally {
      giveUp.abort()
    }
  },

  paths: (): PathState[] => connection?.paths() ?? [],
  why: () => connection?.direct,
  carried: (): Carried => ({ bytes: echo!.bytes, ...(echo!.error === undefined ? {} : { error: echo!.error }) }),
  finish: (): Promise<number> => echo!.finish(),

  async leave(): Promise<void> {
    await context?.close()
    setImmediate(() => process.exit(0))
  },
}

export type NatMethods = typeof methods

serve(methods)
