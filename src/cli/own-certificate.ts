import { shownName } from '../core/text.js'
import { type Ending, endingNotice, endsIn, endsSoon } from '../identity/deadline.js'

/** Says on stderr, for commands that answer one question, that the certificate they were asked with ends soon. */
export function sayEnding(certificate: Ending | undefined, nowMs: number = Date.now()): void {
  const notice = certificate && endingNotice(certificate, nowMs)
  if (notice !== undefined) process.stderr.write(`${notice}\n`)
}

/** Returns a line or two about certificates that end soon, of those that the authority gave out, the last one of each name. */
export function describeEndings(certificates: readonly Ending[], nowMs: number): string[] {
  const newest = new Map<string, Ending>()
  for (const each of certificates) {
    if (each.expiresAtMs > (newest.get(each.name)?.expiresAtMs ?? 0)) newest.set(each.name, each)
  }
  const soon = [...newest.values()]
    .filter((each) => endsSoon(each, nowMs))
    .sort((a, b) => a.expiresAtMs - b.expiresAtMs)
  if (soon.length === 0) return []
  const shown = soon.slice(0, 5).map(({ name, expiresAtMs }) => `${shownName(name)} ${endsIn(expiresAtMs, nowMs)}`)
  const more = soon.length > shown.length ? `, … (${soon.length})` : ''
  return [`Certificates that end soon: ${shown.join(', ')}${more}; renew them with`, '  chat-p2p identity renew --all']
}
