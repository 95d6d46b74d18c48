import { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { errorText } from '../../core/errors.js'
import { whenAborted } from '../../core/waiting.js'
import type { Connection } from '../../sdk/index.js'

/** Says for how long after the connection broke what has arrived may still be handed over; ms. */
const flushTimeoutMs = 5_000
/** Says after how long TCP asks whether the other end of an idle socket is still there; ms. */
const keepAliveMs = 60_000

/** Holds what is joined to a connection; of a socket, `input` and `output` are the same object. */
export interface NearEnd {
  input: Readable
  output: Writable
  /** Resolves when all that was written has left us, and nothing will follow. */
  finish(): Promise<void>
  /** Ends both directions at once, so that nobody takes it for an end in order. May be called again. */
  reset(): void
}

export interface JoinOptions {
  /** Ends the joining early: the other side gets `aborted`, the near end a reset. */
  signal?: AbortSignal
  /** Ends our direction in order when it fires: what came is sent, and no more input is waited for. */
  enough?: AbortSignal
  /** Called when the other side's direction has ended, and all of it was handed over. */
  onFarEnd?: () => void
}

/** Says that something happened to the near end; the message is for people on both sides. */
export class NearError extends Error {
  constructor(readonly code: string | undefined) {
    super(nearTexts[code ?? ''] ?? `the connection failed${code === undefined ? '' : ` (${code})`}`)
  }
}

const nearTexts: Record<string, string> = {
  ECONNRESET: 'the connection was reset',
  EPIPE: 'nobody reads any more',
  ETIMEDOUT: 'the connection timed out',
}

/**
 * Carries bytes both ways between a connection and a socket (made with `allowHalfOpen`) until both directions have ended,
 * and owns both from now on. A half close passes both ways, so does a slow reader; an abort becomes a reset, and a reset an
 * abort. Resolves, never rejects, when both are gone: with what broke it, or undefined when everything arrived.
 */
export function joinSocket(connection: Connection, socket: Socket, options: JoinOptions = {}): Promise<unknown> {
  socket.setNoDelay(true)
  socket.setKeepAlive(true, keepAliveMs)
  const near: NearEnd = {
    input: socket,
    output: socket,
    finish: () => ended(socket),
    reset: () => resetSocket(socket),
  }
  return join(connection, near, options)
}

/** Ends a connection that was taken, so that its other end sees a reset; a Unix socket has none, and just ends. */
export function resetSocket(socket: Socket): void {
  if (socket.destroyed) return
  if (isTcp(socket)) socket.resetAndDestroy()
  else socket.destroy()
}

/** Does what {@link joinSocket} does, for any pair of streams. */
export async function join(connection: Connection, near: NearEnd, options: JoinOptions = {}): Promise<unknown> {
  const { signal, enough, onFarEnd } = options
  let failure: unknown
  let received = false
  let flushTimer: NodeJS.Timeout | undefined
  const fail = (error: unknown) => {
    failure ??= error
    // When it was the connection, what has arrived is still handed over, see receive().
    if (error instanceof NearError) connection.abort(error.message)
  }
  const over = new Promise<void>((resolve) => {
    connection.once('close', (error) => {
      if (error !== undefined) {
        failure ??= error
        if (received) near.reset()
        else flushTimer = setTimeout(() => near.reset(), flushTimeoutMs)
      }
      resolve()
    })
  })
  near.input.on('error', (error) => fail(nearError(error)))
  near.output.on('error', (error) => fail(nearError(error)))
  const forget = whenAborted(signal, () => connection.abort(errorText(signal?.reason)))

  await Promise.all([
    send(near.input, connection, enough).catch(fail),
    receive(connection, near)
      .then(() => {
        received = true
        onFarEnd?.()
      })
      .catch((error) => {
        fail(error)
        near.reset()
      }),
  ])
  if (failure === undefined) await over
  if (failure !== undefined) {
    connection.abort(errorText(failure))
    near.reset()
  }
  clearTimeout(flushTimer)
  forget()
  return failure
}

/**
 * Sends the input. Resolves when the input's end has been passed on; rejects with a NearError, or with what the connection says.
 */
function send(input: Readable, connection: Connection, enough: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    let written: Promise<void> = Promise.resolve()
    let settled = false
    let forget = () => {}
    const settle = (run: () => void) => {
      settled = true
      input.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose).pause()
      forget()
      run()
    }
    const onData = (bytes: Uint8Array) => {
      // Nothing more is read until the connection has room: this is how a slow reader holds the sender.
      input.pause()
      written = connection.write(bytes)
      written.then(
        () => settled || input.resume(),
        (error) => settle(() => reject(error)),
      )
    }
    const finish = () => settle(() => written.then(() => connection.closeWrite()).then(resolve, reject))
    const onEnd = () => (wasReset(input) ? onClose() : finish())
    const onError = (error: Error) => settle(() => reject(nearError(error)))
    const onClose = () => settle(() => reject(new NearError('ECONNRESET')))
    if (input.destroyed) return onClose()
    if (enough?.aborted) return finish()
    forget = whenAborted(enough, finish)
    input.on('end', onEnd).on('error', onError).on('close', onClose).on('data', onData)
  })
}

/**
 * Returns whether a socket was reset. libuv reports an end in order when data and a reset come together (uv__stream_io, its short
 * cut for POLLHUP). A socket without a peer has been reset all the same, unless we had ended our direction, too. Node remembers the
 * peer once it was asked for, so nobody should before.
 */
function wasReset(input: Readable): boolean {
  return input instanceof Socket && !input.writableEnded && isTcp(input) && input.remoteAddress === undefined
}

/**
 * Returns true for a TCP socket. Its local address is there also after a reset, unlike its remote one; a Unix socket has neither.
 */
function isTcp(socket: Socket): boolean {
  return socket.localAddress !== undefined
}

/**
 * Hands over what comes. Resolves when the other side's direction has ended and all of it has been handed over; rejects as {@link
 * send} does.
 */
async function receive(connection: Connection, { output, finish }: NearEnd): Promise<void> {
  for (;;) {
    let bytes: Uint8Array | undefined
    try {
      bytes = await connection.read()
    } catch (error) {
      await flushed(output)
      throw error
    }
    if (bytes === undefined) return finish()
    if (!output.write(bytes)) await roomAgain(output)
    if (output.destroyed) throw new NearError('EPIPE')
  }
}

function roomAgain(output: Writable): Promise<void> {
  return new Promise((resolve) => {
    if (output.destroyed) return resolve()
    const settle = () => {
      output.off('drain', settle).off('close', settle)
      resolve()
    }
    output.on('drain', settle).on('close', settle)
  })
}

/** Resolves when what was written has left us, or never will. */
export function flushed(output: Writable): Promise<void> {
  return new Promise((resolve) => void output.write(nothing, () => resolve()))
}

const nothing = new Uint8Array(0)

function ended(output: Writable): Promise<void> {
  return new Promise((resolve, reject) => {
    output.end((error?: Error | null) => (error ? reject(nearError(error)) : resolve()))
  })
}

function nearError(error: NodeJS.ErrnoException): NearError {
  return error instanceof NearError ? error : new NearError(error.code)
}
