import { forwardGraceMs } from '../../core/limits.js'
import type { Context } from '../../sdk/index.js'

/**
 * Returns how long a forwarded connection outlives the loss of all its paths, ms: what was asked for, else what the service says,
 * else five minutes, as what it carries (an ssh session) cannot be called back as a person can.
 */
export function forwardGrace(context: Context, service: string, asked: number | undefined): number {
  return asked ?? context.service(service)?.sessionGrace ?? forwardGraceMs
}
