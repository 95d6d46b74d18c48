import type { OverlayError } from '../core/errors.js'

/**
 * Says how far the end of a session has come for the application:
 * - `open`: nothing has ended it.
 * - `leaving`: the application called `close`; what still comes is dropped and reading ends.
 * - `ended`: it can't be written to any more; `error` says why, unless it ended in order.
 *
 * `delivered` tells that the other side confirmed all that was written. Of a session that ended, `drops` tells that `close`
 * was called while it was open, and `said` that `close` was emitted.
 */
export type SessionEnd =
  | { readonly phase: 'open' | 'leaving'; readonly delivered: boolean }
  | {
      readonly phase: 'ended'
      readonly delivered: boolean
      readonly error: OverlayError | undefined
      readonly drops: boolean
      readonly said: boolean
    }

/** What moves the end of a session on: the application's `close`, its `close` event, and what the state machine reports. */
export type SessionEndEvent =
  | { readonly type: 'leave' | 'delivered' | 'said' }
  | { readonly type: 'ended'; readonly error: OverlayError | undefined }

/** The end of a session that has just begun. */
export const notEnded: SessionEnd = { phase: 'open', delivered: false }

/** Returns the end as it is after the event. An event that comes late, or twice, changes nothing. */
export function afterEvent(end: SessionEnd, event: SessionEndEvent): SessionEnd {
  switch (event.type) {
    case 'leave':
      return end.phase === 'open' ? { ...end, phase: 'leaving' } : end
    case 'delivered':
      return { ...end, delivered: true }
    case 'said':
      return end.phase === 'ended' ? { ...end, said: true } : end
    case 'ended': {
      if (end.phase === 'ended') return end
      const { error } = event
      // An end in order is one that both sides know of.
      const delivered = end.delivered || error === undefined
      return { phase: 'ended', error, delivered, drops: end.phase === 'leaving', said: false }
    }
  }
}

/** True when what arrives is dropped, as the application called `close` on the open session. */
export function dropsIncoming(end: SessionEnd): boolean {
  return end.phase === 'leaving' || (end.phase === 'ended' && end.drops)
}

/** True when `close` need not wait any longer: everything arrived, or nothing can any more. */
export function isSettled(end: SessionEnd): boolean {
  return end.delivered || end.phase === 'ended'
}

/** True when `close` is to be emitted now: an error is told at once, the end in order when all has been read or is dropped. */
export function isToBeSaid(end: SessionEnd, allRead: boolean): boolean {
  if (end.phase !== 'ended' || end.said) return false
  return end.error !== undefined || allRead || end.drops
}
