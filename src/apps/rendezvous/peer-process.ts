import '../../core/polyfill.js'
import { systemClock } from '../../core/clock.js'
import { asOverlayError } from '../../core/errors.js'
import { rendezvousPeerId } from '../../rendezvous/key.js'
import { type RendezvousOptions, resolveRendezvousOptions } from '../../rendezvous/options.js'
import { joinRendezvous } from '../../rendezvous/rendezvous.js'
import { borrow, type Loan } from './borrowing.js'
import { RendezvousChat } from './chat.js'
import type { FromPeer, HeldLine, ToPeer } from './events.js'
import { noteHolder } from './holders.js'
import { Lender } from './lender.js'
import type { Terms } from './loans.js'

/*
 * The process that holds the connections; `program.ts` starts it, and talks with it over Node's channel between processes.
 *
 * It is one of its own because go's chat-with-rendezvous panics as soon as a chat stream ends, and a stream ends with the
 * process that holds it. Tried against go-libp2p 0.48: closing the stream, resetting it, closing the connection, exiting and
 * SIGKILL crash it within 15 ms, and a frozen process after 37 s, when its keep-alive is unanswered. So when the person
 * leaves, only the program at the terminal ends; this process hangs up on everybody who survives that, holds the line to
 * the others, unseen, and ends when the last of them has gone. Until then the next run like this one speaks and hears through
 * it (`lender.ts`, `borrowing.ts`), rather than open streams of its own, which would have to be held as well.
 */

/** Limits the events that may be on their way to the terminal before those who cause them have to wait. */
const maxUnshown = 256

let chat: RendezvousChat | undefined
let terms: Terms | undefined
let loans: readonly Loan[] = []
let unshown = 0
let leaving = false
/** Set when the last connection is gone. */
let closed = false

function send(message: FromPeer): void {
  if (process.connected) process.send?.(message, undefined, {}, () => {}) // the other end may go at any time
}

async function start(message: Extract<ToPeer, { type: 'start' }>): Promise<void> {
  try {
    terms = termsOf(message.options)
    loans = await borrow(terms)
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
    else begin(chat)
  } catch (error) {
    for (const loan of loans) loan.giveBack()
    const { code, message: text, stack } = asOverlayError(error, 'internal', 'Could not start')
    send({ type: 'failed', code, message: text, ...(stack === undefined ? {} : { stack }) })
    process.disconnect()
  }
}

function begin(chat: RendezvousChat): void {
  chat.start()
  for (const loan of loans) {
    if (loan.held() === undefined) continue // gone meanwhile
    chat.borrow(loan.pid, loan.streams)
    loan.onSilence((peerId, silent) => chat.onSilence(peerId, silent))
  }
}

function termsOf(options: RendezvousOptions): Terms {
  const { rendezvous, protocol, peers } = resolveRendezvousOptions(options)
  const identity = options.privateKey === undefined ? null : rendezvousPeerId(options.privateKey)
  return { version: 1, rendezvous, protocol, peers: peers.map(({ peerId }) => peerId), identity }
}

async function leave(hangUp: boolean): Promise<void> {
  leaving = true
  if (chat === undefined) return
  const leaver = chat
  chat = undefined
  const held: HeldLine[] = []
  if (hangUp) await Promise.all([leaver.close(), ...loans.map((loan) => loan.hangUp())])
  else {
    const kept = await leaver.leave()
    held.push(...loans.flatMap((loan) => loan.held() ?? []))
    for (const loan of loans) loan.giveBack()
    if (kept.length > 0) {
      await holdTheLine(leaver, kept)
      held.push({ pid: process.pid, peerIds: kept })
    }
  }
  if (process.connected) {
    await new Promise<void>((resolve) => process.send?.({ type: 'left', held } satisfies FromPeer, () => resolve()))
    process.disconnect()
  }
  if (closed) process.exit(0)
}

async function holdTheLine(leaver: RendezvousChat, kept: readonly string[]): Promise<void> {
  process.title = 'chat-p2p rendezvous, holding the line'
  if (terms === undefined) return
  const lender = new Lender(terms, () => process.exit(0))
  lender.lend(leaver.bequeath(lender).filter(({ peerId }) => kept.includes(peerId)))
  await noteHolder(lender.server)
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
