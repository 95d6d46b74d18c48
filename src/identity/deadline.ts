import { shownName } from '../core/text.js'

const dayMs = 24 * 3_600_000
/** From so long before its end a certificate's end is announced. */
export const noticeMs = 30 * dayMs

/** Certificates that are given out together end over this part of their time: not all on one day. */
const staggered = 0.1

/**
 * When the certificate at `index` of `count` that are given out together ends: from the date on, so that whoever renews once a year is
 * never late; `before` it where somebody has said for how long it may be valid at most.
 */
export function staggeredEnd(
  { issuedAtMs, expiresAtMs }: { issuedAtMs: number; expiresAtMs: number },
  index: number,
  count: number,
  side: 'after' | 'before' = 'after',
): number {
  const shift = ((staggered * index) / count) * (expiresAtMs - issuedAtMs)
  return Math.round(side === 'after' ? expiresAtMs + shift : expiresAtMs - shift)
}

/** The parts of a certificate that its end is told by. */
export interface Ending {
  readonly name: string
  readonly expiresAtMs: number
}

/** True from 30 days before the end on. */
export function endsSoon({ expiresAtMs }: Ending, nowMs: number): boolean {
  return expiresAtMs - nowMs <= noticeMs
}

/** `ends in 12 days`, `ends today`, `ended 3 days ago`: days, rounded. */
export function endsIn(expiresAtMs: number, nowMs: number): string {
  const left = Math.abs(expiresAtMs - nowMs) / dayMs
  const days = left < 1 ? 0 : Math.round(left)
  const count = days === 1 ? '1 day' : `${days} days`
  if (expiresAtMs >= nowMs) return days === 0 ? 'ends today' : `ends in ${count}`
  return days === 0 ? 'ended today' : `ended ${count} ago`
}

/** The sentence that announces the end of a certificate; undefined while it is further away than 30 days. */
export function endingNotice(certificate: Ending, nowMs: number): string | undefined {
  if (!endsSoon(certificate, nowMs)) return undefined
  const { name, expiresAtMs } = certificate
  const day = new Date(expiresAtMs).toISOString().slice(0, 10)
  return (
    `The certificate of ${shownName(name)} ${endsIn(expiresAtMs, nowMs)} (${day}); ` +
    `\`chat-p2p identity renew ${shownName(name)}\` where the authority is gives another one.`
  )
}
