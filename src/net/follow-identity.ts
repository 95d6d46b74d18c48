import type { Clock } from '../core/clock.js'
import { errorText, OverlayError } from '../core/errors.js'
import { IdentityWatch } from '../identity/identity-watch.js'
import { watchDeadline } from './deadline-watch.js'
import type { Trust } from './trust.js'

/**
 * Takes up what changes in the identity's file while the node runs: a renewed certificate, a newer network document. `onWarning` is
 * called with what can't be used, while the node goes on with what it has, and once a day when the certificate ends soon. Resolves
 * with what ends it.
 */
export async function followIdentity(
  trust: Trust,
  clock: Clock,
  onWarning: (error: OverlayError) => void,
): Promise<() => void> {
  const warn = (error: unknown) => {
    const text = `The identity file ${trust.identity.path} has changed, and can't be taken up: ${errorText(error)}`
    onWarning(new OverlayError(error instanceof OverlayError ? error.code : 'internal', text, { cause: error }))
  }
  const watch = new IdentityWatch(trust.identity, {
    clock,
    onUnusable: warn,
    onChange: ({ certificate, network }) => {
      try {
        if (certificate !== undefined) trust.renew(certificate)
      } catch (error) {
        warn(error)
      }
      if (network !== undefined) trust.adopt(network.envelope).catch(warn)
    },
  })
  await watch.start()
  const stopWarning = watchDeadline(trust, clock, onWarning)
  return () => {
    watch.stop()
    stopWarning()
  }
}
