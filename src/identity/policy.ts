import { OverlayError } from '../core/errors.js'
import { maxNameBytes } from '../core/limits.js'
import { hasUnseen, normalName, utf8Length } from '../core/text.js'

/** Who may do something: `#role`, `@name` or `#all` each; an empty list permits nobody. */
export interface Policy {
  readonly roles: readonly string[]
  /** Whether one entry has to fit, or every one (as in OpenZiti). */
  readonly semantic: 'AnyOf' | 'AllOf'
}

export type Strategy = 'smartrouting' | 'weighted' | 'random' | 'sticky'
export const strategies: readonly Strategy[] = ['smartrouting', 'weighted', 'random', 'sticky']

/** A service as the network document defines it, every default filled in. */
export interface ServiceDefinition {
  readonly name: string
  readonly bind: Policy
  readonly dial: Policy
  /** Relays a host binds at the same time. */
  readonly maxTerminators: number
  readonly strategy: Strategy
  /** Parts the directory splits the service's instances into; 1 unless the service is huge. */
  readonly shards: number
  /** How long a session outlives the loss of all its paths; undefined: each side's own default. */
  readonly sessionGraceMs?: number
  /** False: sessions stay on relays, and neither side learns an address of the other. */
  readonly direct?: boolean
}

/** The part of a certificate that policies look at. */
export interface Subject {
  readonly name: string
  readonly roles: readonly string[]
}

/** An instance id that may be bound besides the identity's own name and `<its name>/…`. */
export interface Grant {
  readonly service: string
  readonly instanceId: string
}

/** The role that makes a peer a relay for everybody else. */
export const relayRole = 'relay'
/** The role of a key that acts for the authority for some minutes; given to nobody else. */
export const authorityRole = 'authority'
/** The role of those who look after relays: they are told which members do what there. */
export const operatorRole = 'operator'

/** Returns `text`, normalised, when it can be a role in a certificate, without the `#`; throws `bad_name`. */
export function checkRole(given: string): string {
  const text = normalName(given)
  if (text === '' || utf8Length(text) > maxNameBytes || hasUnseen(text) || /[\s#@,]/.test(text)) {
    throw new OverlayError(
      'bad_name',
      `A role is 1 to ${maxNameBytes} bytes without spaces, commas, # or @, for example chat.`,
    )
  }
  // A certificate with it would look as if it could open everything, and would open nothing.
  if (text === 'all') throw new OverlayError('bad_name', `The role 'all' stands for everybody and cannot be given.`)
  return text
}

/** True when the policy lets this identity through. Entries it cannot read fit nobody. */
export function permits(policy: Policy, subject: Subject): boolean {
  const fits = (entry: string) => {
    if (entry === '#all') return true
    if (entry.startsWith('#')) return subject.roles.includes(entry.slice(1))
    return entry.startsWith('@') && entry.slice(1) === subject.name
  }
  if (policy.roles.length === 0) return false
  return policy.semantic === 'AllOf' ? policy.roles.every(fits) : policy.roles.some(fits)
}

/** True when this identity may dial the service's instances. */
export function mayDial(service: ServiceDefinition, certificate: Subject): boolean {
  return permits(service.dial, certificate)
}

/** True when this identity may bind the service under this instance id: its own name, `<its name>/…`, or one it was granted. */
export function mayBind(
  service: ServiceDefinition,
  certificate: Subject & { readonly grants: readonly Grant[] },
  instanceId: string,
): boolean {
  if (!permits(service.bind, certificate)) return false
  const { name, grants } = certificate
  if (instanceId === name) return true
  // Names hold no `/`, so nobody else's name can start like this.
  if (instanceId.startsWith(`${name}/`) && instanceId.length > name.length + 1) return true
  return grants.some((grant) => grant.service === service.name && grant.instanceId === instanceId)
}

/** Why {@link mayDial} says no, for people; undefined when it says yes. */
export function whyNotDial(service: ServiceDefinition, certificate: Subject): string | undefined {
  if (mayDial(service, certificate)) return undefined
  return `${certificate.name} may not dial service '${service.name}': ${whoMay(service.dial, certificate)}`
}

/** Why {@link mayBind} says no, for people; undefined when it says yes. */
export function whyNotBind(
  service: ServiceDefinition,
  certificate: Subject & { readonly grants: readonly Grant[] },
  instanceId: string,
): string | undefined {
  if (mayBind(service, certificate, instanceId)) return undefined
  const { name } = certificate
  if (!permits(service.bind, certificate)) {
    return `${name} may not bind service '${service.name}': ${whoMay(service.bind, certificate)}`
  }
  return (
    `${name} may not bind '${instanceId}' on service '${service.name}': only '${name}', '${name}/…' ` +
    'and instance ids that its certificate grants.'
  )
}

function whoMay({ roles, semantic }: Policy, subject: Subject): string {
  const asked = roles.length === 0 ? 'nobody may' : `it takes ${roles.join(semantic === 'AllOf' ? ' and ' : ' or ')}`
  return `${asked}, and ${subject.name} has ${subject.roles.map((role) => `#${role}`).join(', ') || 'no role'}.`
}
