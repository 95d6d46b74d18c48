import type { Member } from '../sdk/member.js'
import { sayEnding } from './own-certificate.js'

/**
 * Starts a member that neither offers nor dials anything: operators look at its parts; `close()` ends it. Rejects like `loadToRun`.
 */
export async function openMember(identity: string): Promise<Member> {
  // Loaded when needed: libp2p takes a moment.
  const [{ loadToRun }, { createMember }] = await Promise.all([import('./load-to-run.js'), import('../sdk/member.js')])
  const loaded = await loadToRun(identity)
  sayEnding(loaded.certificate)
  const member = await createMember(loaded, { maxOnDemandLinks: Number.POSITIVE_INFINITY })
  await member.node.start()
  member.pool.start()
  return member
}
