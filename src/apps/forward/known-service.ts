import { OverlayError } from '../../core/errors.js'
import type { Context } from '../../sdk/index.js'

/** Says how long relays are asked, ms: a service that was added lately may be known to them only. */
const askRelaysMs = 10_000

/**
 * Resolves when the network has the service; asks a relay when this identity's document does not have it. Rejects with
 * `unknown_service`, or with `no_relay` when nobody could be asked.
 */
export async function untilServiceKnown(context: Context, service: string, signal?: AbortSignal): Promise<void> {
  if (context.hasService(service)) return
  await context.ready({ timeout: askRelaysMs, ...(signal === undefined ? {} : { signal }) })
  if (context.hasService(service)) return
  throw new OverlayError(
    'unknown_service',
    `The network has no service '${service}': \`network show\` lists them, \`network publish --service\` adds one.`,
    { service },
  )
}
