import type { VerifiedCertificate } from '../identity/certificate.js'
import type { NetworkView } from '../identity/network-document.js'
import { mayBind, mayDial, whyNotBind, whyNotDial } from '../identity/policy.js'
import { isRevoked } from '../identity/revocation.js'

/** What somebody does, or is about to do, in the network. */
export interface Use {
  service: string
  instanceId: string
  /** Who offers the instance; unknown before a call. */
  host?: VerifiedCertificate
  /** Who calls it, in a call or session. */
  dialer?: VerifiedCertificate
}

export interface Withdrawal {
  code: 'certificate_revoked' | 'unknown_service' | 'not_permitted'
  text: string
}

/** Why the network document forbids this use; undefined while it permits it. */
export function withdrawalOf(network: NetworkView, { service, instanceId, host, dialer }: Use): Withdrawal | undefined {
  for (const certificate of [host, dialer]) {
    if (certificate === undefined || !isRevoked(network, certificate)) continue
    return { code: 'certificate_revoked', text: `The certificate of ${certificate.name} was revoked.` }
  }
  const definition = network.services.get(service)
  if (definition === undefined) {
    const known = [...network.services.keys()].join(', ') || 'none'
    return { code: 'unknown_service', text: `The network has no service '${service}'; it has: ${known}.` }
  }
  const forbidden = (host && whyNotBind(definition, host, instanceId)) ?? (dialer && whyNotDial(definition, dialer))
  return forbidden === undefined ? undefined : { code: 'not_permitted', text: forbidden }
}

/** Why the network document keeps somebody from asking who is on a service, as relays see it; undefined while it does not. */
export function useWithdrawalOf(
  network: NetworkView,
  service: string,
  asker: VerifiedCertificate,
): Withdrawal | undefined {
  const unknown = withdrawalOf(network, { service, instanceId: '' })
  if (unknown !== undefined) return unknown
  const definition = network.services.get(service)!
  if (mayDial(definition, asker) || mayBind(definition, asker, asker.name)) return undefined
  return { code: 'not_permitted', text: `${asker.name} may not use service '${service}'.` }
}
