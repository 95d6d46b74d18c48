import { errorText, isOverlayError } from '../../core/errors.js'

/** Says why something failed, in words for a person and without what was attempted, which the line says anyway. */
export function reasonOf(error: unknown): string {
  if (isOverlayError(error, 'timed_out')) return noAnswer
  const cause = isOverlayError(error) ? (error.details.cause ?? error) : error
  if (!(cause instanceof AggregateError)) return inWords(cause)
  const reasons = [...new Set(cause.errors.map(inWords))]
  if (reasons.length === 0) return inWords(cause)
  const more = reasons.length - maxReasons
  return reasons.slice(0, maxReasons).join('; ') + (more > 0 ? `; and ${more} more` : '')
}

const noAnswer = 'no answer in time'
/** Limits the reasons that are told, as a peer with many addresses fails at each of them. */
const maxReasons = 3

/** Says what an error of libp2p means. */
function inWords(error: unknown): string {
  const text = errorText(error)
  const another = /Payload identity key (\S+) does not match/.exec(text)?.[1]
  if (another !== undefined) {
    return `another node answers there, ${another}; a node that is to keep its peer id needs --identity-key`
  }
  switch (error instanceof Error ? error.name : '') {
    case 'TimeoutError':
    case 'AbortError':
      return noAnswer
    case 'NoValidAddressesError':
      return 'no address that we could dial'
    case 'UnsupportedProtocolError':
      return 'it does not chat with this protocol id'
    case 'EncryptionFailedError':
    case 'UnexpectedEOFError':
    case 'InvalidMessageError':
    case 'InvalidDataLengthError':
      return 'what answers there breaks off, or does not speak libp2p'
  }
  const name = /(?:^DNS lookup of|query\w+ \S+) _dnsaddr\.(\S+)|getaddrinfo \S+ (\S+)$/
    .exec(text)
    ?.slice(1)
    .find(Boolean)
  if (name !== undefined) return `the name ${name} cannot be looked up`
  return text.replace(/^connection error \S+: /, '')
}
