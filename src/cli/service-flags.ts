import { OverlayError } from '../core/errors.js'
import { normalName } from '../core/text.js'
import { checkService } from '../identity/network-document.js'
import {
  type Policy,
  permits,
  relayRole,
  type ServiceDefinition,
  type Strategy,
  type Subject,
} from '../identity/policy.js'
import { readGrace, toNumber } from './flag-values.js'
import { defaultService } from './service-file.js'

/** Describes a service by flags instead of a file. */
export interface ServiceFlags {
  service?: string
  bind?: string[] | true
  dial?: string[] | true
  strategy?: string
  maxTerminators?: string
  grace?: string
  relayOnly?: boolean
}

/**
 * Reads an option that takes whom a policy names. A `#role` without quotes is a comment to the shell, and the value that is missing
 * then must not open anything to everybody. So commander is told that the value is optional, gives `true` when there is none, and
 * the mistake is explained here. Throws `bad_argument`.
 */
export function readWho(option: string, values: string[] | true): string[] {
  if (values !== true) return values
  throw new OverlayError('bad_argument', `${option} takes a name or a role; a role in quotes, for example '#admin'.`)
}

/**
 * Returns the service that the flags describe, or undefined when they describe none: `existing` with what they change, or a new
 * one. Throws `bad_argument` or `bad_name`.
 */
export function readServiceFlags(
  existing: ReadonlyMap<string, ServiceDefinition>,
  flags: ServiceFlags,
): ServiceDefinition | undefined {
  const name = flags.service === undefined ? undefined : normalName(flags.service)
  if (name === undefined) {
    for (const flag of ['bind', 'dial', 'strategy', 'maxTerminators', 'grace', 'relayOnly'] as const) {
      if (flags[flag] === undefined) continue
      throw new OverlayError(
        'bad_argument',
        `--${flag.replace(/[A-Z]/, (letter) => `-${letter.toLowerCase()}`)} needs --service.`,
      )
    }
    return undefined
  }
  const before = existing.get(name)
  if (before === undefined && (flags.bind === undefined || flags.dial === undefined)) {
    throw new OverlayError(
      'bad_argument',
      `The new service '${name}' needs --bind and --dial: who may offer it, who may call, for example ` +
        `--bind '#server' --dial '#admin'.`,
    )
  }
  const base = before ?? defaultService(name)
  const sessionGraceMs = readGrace(flags.grace)
  return checkService({
    ...base,
    bind: readPolicy('--bind', flags.bind, base.bind),
    dial: readPolicy('--dial', flags.dial, base.dial),
    strategy: (flags.strategy ?? base.strategy) as Strategy,
    maxTerminators: flags.maxTerminators === undefined ? base.maxTerminators : toNumber(flags.maxTerminators),
    ...(sessionGraceMs === undefined ? {} : { sessionGraceMs }),
    ...(flags.relayOnly === undefined ? {} : { direct: !flags.relayOnly }),
  })
}

function readPolicy(option: string, values: string[] | true | undefined, base: Policy): Policy {
  return values === undefined ? base : { roles: readWho(option, values), semantic: base.semantic }
}

/** Returns what to type so that somebody may offer and somebody may dial the service, when nobody may yet; one line each. */
export function missingMembers(service: ServiceDefinition, members: readonly Subject[], program: string): string[] {
  const lines: string[] = []
  for (const [side, what, name] of [
    ['bind', 'offer', 'server1'],
    ['dial', 'call', 'admin'],
  ] as const) {
    const policy = service[side]
    if (members.some((member) => permits(policy, member))) continue
    const roles = policy.roles.filter((entry) => entry.startsWith('#')).map((entry) => ` --role ${entry.slice(1)}`)
    const named = policy.roles.find((entry) => entry.startsWith('@'))?.slice(1)
    const wanted = policy.semantic === 'AllOf' ? roles.join('') : (roles[0] ?? '')
    // Roles that are said with a renewal take the place of those there are.
    const existing = members.find((member) => member.name === (named ?? name))
    const kept = existing?.roles.filter((role) => role !== relayRole && !policy.roles.includes(`#${role}`)) ?? []
    const verb = existing === undefined ? 'create' : 'renew'
    const roleFlags = kept.map((role) => ` --role ${role}`).join('') + wanted
    lines.push(`Nobody may ${what} ${service.name} yet: ${program} identity ${verb} ${named ?? name}${roleFlags}`)
  }
  return lines
}
