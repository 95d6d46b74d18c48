import { errorText, OverlayError } from '../core/errors.js'
import { defaultMaxTerminators } from '../core/limits.js'
import { checkService } from '../identity/network-document.js'
import type { Policy, ServiceDefinition, Strategy } from '../identity/policy.js'

/** Returns the service that setup writes and people edit; it also says what a field means that is left out. */
export function defaultService(name: string, maxTerminators: number = defaultMaxTerminators): ServiceDefinition {
  return {
    name,
    bind: { roles: ['#chat'], semantic: 'AnyOf' },
    dial: { roles: ['#chat'], semantic: 'AnyOf' },
    maxTerminators,
    strategy: 'smartrouting',
    shards: 1,
  }
}

/** Returns the text of a service file. */
export function formatService(service: ServiceDefinition): string {
  // Short lists on one line, as a person would write them.
  return `${JSON.stringify(service, null, 2).replace(/\[\s+([^\]]*?)\s+\]/g, (_, inner: string) => `[${inner.replace(/\s*\n\s*/g, ' ')}]`)}\n`
}

/**
 * Reads a service file. A field that is left out has its default; an unknown one is an error, as it is most likely misspelt. Throws
 * `bad_argument` that names the file and the field.
 */
export function parseService(text: string, source: string): ServiceDefinition {
  const wrong = (why: string, cause?: unknown) =>
    new OverlayError('bad_argument', `The service file ${source} cannot be used: ${why}`, { path: source, cause })
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw wrong(`it is not JSON (${errorText(cause)}).`, cause)
  }
  const fields = (value: unknown, known: string[], where: string): Record<string, unknown> => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(`${where} is not an object.`)
    const unknown = Object.keys(value).find((field) => !known.includes(field))
    if (unknown !== undefined) throw wrong(`it has no use for '${unknown}' in ${where}; known are ${known.join(', ')}.`)
    return value as Record<string, unknown>
  }
  const top = fields(
    json,
    ['name', 'bind', 'dial', 'maxTerminators', 'strategy', 'shards', 'sessionGraceMs', 'direct'],
    'the file',
  )
  if (typeof top.name !== 'string') throw wrong('name is missing.')
  const base = defaultService(top.name)
  const policy = (side: 'bind' | 'dial'): Policy => {
    if (top[side] === undefined) return base[side]
    const { roles, semantic = 'AnyOf' } = fields(top[side], ['roles', 'semantic'], side)
    if (!Array.isArray(roles) || !roles.every((entry) => typeof entry === 'string')) {
      throw wrong(`roles of ${side} is not a list of texts such as "#chat".`)
    }
    return { roles, semantic: semantic as Policy['semantic'] }
  }
  try {
    return checkService({
      name: top.name,
      bind: policy('bind'),
      dial: policy('dial'),
      maxTerminators: (top.maxTerminators ?? base.maxTerminators) as number,
      strategy: (top.strategy ?? base.strategy) as Strategy,
      shards: (top.shards ?? base.shards) as number,
      ...(top.sessionGraceMs === undefined ? {} : { sessionGraceMs: top.sessionGraceMs as number }),
      ...(top.direct === undefined ? {} : { direct: top.direct as boolean }),
    })
  } catch (cause) {
    if (cause instanceof OverlayError && cause.details.path === undefined) throw wrong(cause.message, cause)
    throw cause
  }
}
