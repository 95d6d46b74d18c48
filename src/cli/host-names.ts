import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { raceAbort } from '../core/abort.js'
import { errorText } from '../core/errors.js'
import { shownName } from '../core/text.js'

const resolveMs = 3_000

/**
 * Resolves with one line for each host name that doesn't resolve on this machine, with the reason: perhaps a slip, perhaps a name
 * that is yet to be made. Takes 3 s at most; IP addresses are passed over.
 */
export async function unresolvedNames(hosts: readonly string[]): Promise<string[]> {
  const names = [...new Set(hosts)].filter((host) => isIP(host) === 0)
  const late = AbortSignal.timeout(resolveMs)
  const lines = await Promise.all(
    names.map(async (name) => {
      try {
        await raceAbort(lookup(name), late)
        return undefined
      } catch (error) {
        const why = late.aborted ? `no answer within ${resolveMs / 1_000} s` : reasonOf(error)
        return `The name ${shownName(name)} cannot be found from here (${why}): nobody reaches a relay there before it can.`
      }
    }),
  )
  return lines.filter((line) => line !== undefined)
}

function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOTFOUND') return 'no such name'
  if (code === 'EAI_AGAIN') return 'no name server answers'
  return errorText(error)
}
