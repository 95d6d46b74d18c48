import { errorText, isOverlayError } from '../core/errors.js'
import { type Identity, inspectIdentity, loadIdentity, unlockIdentity } from '../identity/identity-file.js'

/** Says how long relays are asked for a newer certificate; ms. */
const askMs = 5_000

/**
 * Loads an identity that is about to go to the network. When its certificate is over or was taken back, relays are asked first
 * whether a newer one waits for it, as after a machine was asleep or away for long. Rejects as `loadIdentity` does.
 */
export async function loadToRun(pathOrName: string, expectKind: 'user' | 'relay' = 'user'): Promise<Identity> {
  try {
    return await loadIdentity(pathOrName, { expectKind })
  } catch (error) {
    if (!isOverlayError(error, 'certificate_expired') && !isOverlayError(error, 'certificate_revoked')) throw error
    if (!(await fetchRenewal(pathOrName))) throw error
    process.stderr.write(`A newer certificate was waiting at the relays. (${errorText(error)})\n`)
    return loadIdentity(pathOrName, { expectKind })
  }
}

/**
 * Shows the relays the certificate there is; a relay that refuses it hands the newer one over. Returns true when the file holds
 * that now.
 */
async function fetchRenewal(pathOrName: string): Promise<boolean> {
  const shown = await inspectIdentity(pathOrName)
  if (shown.certificate === undefined || shown.network === undefined) return false
  const { createMember } = await import('../sdk/member.js')
  const member = await createMember(await unlockIdentity(shown), { maxOnDemandLinks: Number.POSITIVE_INFINITY })
  const { pool, trust, node } = member
  const late = AbortSignal.timeout(askMs)
  try {
    const { promise: over, resolve } = Promise.withResolvers<boolean>()
    trust.once('renewed', () => resolve(true))
    late.addEventListener('abort', () => resolve(false), { once: true })
    const look = () => {
      const states = trust.network.relays.map(({ peerId }) => pool.get(peerId)?.state ?? 'connecting')
      if (!states.includes('connecting')) resolve(false)
    }
    pool.on('down', look).on('up', look)
    pool.want(trust.network.relays.length)
    await node.start()
    pool.start()
    return await over
  } finally {
    await member.close()
  }
}
