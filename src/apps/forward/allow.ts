import { checkIdentityName } from '../../core/address.js'
import { OverlayError } from '../../core/errors.js'
import { normalName } from '../../core/text.js'
import type { Party } from '../../sdk/index.js'

/** Names whom a host lets in, of those the service's policy lets dial: names and roles. */
export interface AllowList {
  readonly names: ReadonlySet<string>
  readonly roles: ReadonlySet<string>
  readonly everybody: boolean
}

/**
 * Reads `--allow` entries: an identity's name (`admin` or `@admin`), `#role`, or `#all`. Without entries, everybody whom the policy
 * lets dial is let in. Throws `bad_argument` or `bad_name`, as an entry that is misread could let in somebody who should be kept
 * out.
 */
export function parseAllowList(entries: readonly string[]): AllowList {
  const names = new Set<string>()
  const roles = new Set<string>()
  for (const entry of entries) {
    if (entry.startsWith('#')) roles.add(checkRole(normalName(entry.slice(1))))
    else names.add(checkIdentityName(entry.startsWith('@') ? entry.slice(1) : entry))
  }
  return { names, roles, everybody: entries.length === 0 || roles.has('all') }
}

/** Returns true when the caller, as its certificate says, is on the list. */
export function isAllowed({ names, roles, everybody }: AllowList, caller: Pick<Party, 'name' | 'roles'>): boolean {
  return everybody || names.has(caller.name) || caller.roles.some((role) => roles.has(role))
}

function checkRole(role: string): string {
  if (role !== '' && !/[\s#@,]/.test(role)) return role
  throw new OverlayError('bad_argument', `--allow takes an identity or '#role', not '#${role}'.`)
}
