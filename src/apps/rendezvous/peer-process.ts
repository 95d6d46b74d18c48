import '../../core/polyfill.js'
import { systemClock } from '../../core/clock.js'
import { asOverlayError } from '../../core/errors.js'
import { joinRendezvous } from '../../rendezvous/rendezvous.js'
import { RendezvousChat } from './chat.js'
import type { FromPeer, ToPeer } from './events.js'
import { noteHolder } from './holders.js'

/*
 * The process that holds the connections; `program.ts` starts it, and talks with it over Node's channel between processes.
 *
 * It is one of its own because go's chat-with-rendezvous panics as soon as a chat stream ends, and a stream ends with the
 * process that holds it. Tried against go-libp2p 0.48: closing the stream, resetting it, closing the connection, exiting and
 * SIGKILL crash it within 15 ms, and a frozen process after 37 s, when its keep-alive is unanswered. So when the person
 * leaves, only the program at the terminal ends; this process hangs up on everybody who survives that, holds the line to
 * the others, unseen, and ends when the last of them has gone.
 */

/** Events that may be on their way to the terminal before those who cause them have to wait. */
const maxUnshown = 256

let chat: RendezvousChat | undefined
let unshown = 0
let leaving = false
/** The last connection is gone. */
let closed = false

function send(message: FromPeer): void {
  if (process.connected) process.send?.(message, undefined, {}, () => {}) // the other end may go at any time
}

async function start(message: Extract<ToPeer, { type: 'start' }>): Promise<void> {
  try {
    const point = await joinRendezvous(message.options)
    point.on('close', () => {
      closed = true
      if (!process.connected) process.exit(0)
    })
    chat = new RendezvousChat(point, {
      clock: systemClock,
      random: Math.random,
      tell: (event) => {
        send({ type: 'event', event })
        if (++unshown === maxUnshown) chat?.pause()
      },
    })
    if (leaving) await leave(false)
    else chat.start()
  } catch (error) {
    const { code, message: text, stack } = asOverlayError(error, 'internal', 'Could not start')
    send({ type: 'failed', code, message: text, ...(stack === undefined ? {} : { stack }) })
    process.disconnect()
  }
}

async function leave(hangUp: boolean): Promise<void> {
  leaving = true
  if (chat === undefined) return
  const leaver = chat
  chat = undefined
  let kept: string[] = []
  if (hangUp) await leaver.close()
  else kept = await leaver.leave()
  if (kept.length > 0) holdTheLine()
  if (process.connected) {
    await new Promise<void>((resolve) => process.send?.({ type: 'left', kept } satisfies FromPeer, () => resolve()))
    process.disconnect()
  }
  if (closed) process.exit(0)
}

function holdTheLine(): void {
  process.title = 'chat-p2p rendezvous, holding the line'
  noteHolder()
}

process.on('message', (message: ToPeer) => {
  switch (message.type) {
    case 'start':
      void start(message)
      break
    case 'say': {
      const said = chat?.say(message.text) ?? { peers: 0, refused: 'nobody' as const }
      void (chat?.paced() ?? Promise.resolve()).then(() => send({ type: 'said', said }))
      break
    }
    case 'shown':
      unshown -= message.events
      if (unshown < maxUnshown / 2) chat?.resume()
      break
    case 'leave':
      void leave(message.hangUp)
  }
})
// The program at the terminal was killed, or its terminal is gone: the same as leaving.
process.on('disconnect', () => {
  if (!leaving) void leave(false)
})
// Whoever wants this process gone says SIGTERM; Ctrl-C is for the terminal, which it does not belong to.
process.on('SIGTERM', () => process.exit(0))
process.on('SIGHUP', () => {})
// A bug met with one peer is told, but must not end the chat with the others, nor crash their programs.
process.on('uncaughtException', (error) => {
  process.stderr.write(`${error.stack ?? error.message}\n`)
})
// Its stderr goes to a program that may have ended.
process.stderr.on('error', () => {})
