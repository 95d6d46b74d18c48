import { checkText } from './arguments.js'
import { OverlayError } from './errors.js'
import { maxInstanceIdBytes, maxNameBytes } from './limits.js'
import { hasUnseen, normalName, shownName, utf8Length } from './text.js'

/** Names one instance of one service. Written `instanceId@service` for people. */
export interface Address {
  instanceId: string
  service: string
}

function checkedName(kind: string, given: string, maxBytes: number): string {
  const text = normalName(checkText(`The ${kind}`, given))
  if (text === '') throw new OverlayError('bad_name', `The ${kind} is empty.`)
  if (utf8Length(text) > maxBytes) {
    throw new OverlayError('bad_name', `The ${kind} '${shownName(text.slice(0, 20))}…' is over ${maxBytes} bytes.`)
  }
  if (hasUnseen(text)) {
    throw new OverlayError('bad_name', `The ${kind} '${shownName(text)}' has characters that cannot be seen.`)
  }
  if (text.trim() !== text) throw new OverlayError('bad_name', `The ${kind} '${text}' starts or ends with a space.`)
  return text
}

/*
 * Each check returns the name in its normal form (NFC), in which names are kept and compared: go on with what it returns.
 */

/** Returns `text`, normalised, when it can be an identity's name; throws `bad_name`. It also names a file, hence no path separators. */
export function checkIdentityName(given: string): string {
  const text = checkedName('identity name', given, maxNameBytes)
  if (/[/\\:*?"<>|]/.test(text) || text.startsWith('.') || text.startsWith('-')) {
    throw new OverlayError(
      'bad_name',
      `The identity name '${text}' may not start with . or -, nor contain any of / \\ : * ? " < > |, as it also names a file.`,
    )
  }
  return text
}

/** Returns `text`, normalised, when it can be a service's name (no `@`, no spaces); throws `bad_name`. */
export function checkServiceName(given: string): string {
  const text = checkedName('service name', given, maxNameBytes)
  if (/[@\s]/.test(text)) throw new OverlayError('bad_name', `The service name '${text}' may not contain @ or spaces.`)
  return text
}

/** Returns `text`, normalised, when it can be a network's name; throws `bad_name`. */
export function checkNetworkName(text: string): string {
  return checkedName('network name', text, maxNameBytes)
}

/** Returns `text`, normalised, when it can be an instance id; throws `bad_name`. */
export function checkInstanceId(text: string): string {
  return checkedName('instance id', text, maxInstanceIdBytes)
}

/**
 * Reads `instanceId@service`, split at the last `@` (instance ids may contain `@`, service names may not). Without an `@`,
 * `defaultService` is meant. When `isService` is given and does not know the part after the last `@`, the whole text is an
 * instance id of `defaultService`, so that `bob@example.org` can be typed. Throws `bad_name`.
 */
export function parseAddress(text: string, defaultService: string, isService?: (name: string) => boolean): Address {
  const at = checkText('An address', text).lastIndexOf('@')
  if (at < 0 || (isService !== undefined && !isService(normalName(text.slice(at + 1))))) {
    return { instanceId: checkInstanceId(text), service: defaultService }
  }
  return { instanceId: checkInstanceId(text.slice(0, at)), service: checkServiceName(text.slice(at + 1)) }
}

export function formatAddress({ instanceId, service }: Address): string {
  return `${instanceId}@${service}`
}
