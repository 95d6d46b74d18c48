import { type ErrorCode, OverlayError, type OverlayErrorDetails } from '../core/errors.js'
import { type VerifiedCertificate, whyNotValid } from './certificate.js'
import type { NetworkView } from './network-document.js'
import { mayBind, mayDial, whyNotBind, whyNotDial } from './policy.js'
import { isRevoked } from './revocation.js'

/** What somebody does, or is about to do, in the network. Without a `service` it takes good certificates alone. */
export interface Use {
  service?: string
  instanceId?: string
  /** Who offers the instance; unknown before a call. */
  host?: VerifiedCertificate
  /** Who calls it, in a call or session. */
  dialer?: VerifiedCertificate
  /** Who asks or watches who is on the service; takes the right to dial or to bind it. */
  asker?: VerifiedCertificate
  /** Who is at the other end of a connection. */
  member?: VerifiedCertificate
}

/** Why a use is not permitted, or not any more. */
export interface Withdrawal {
  code: Extract<ErrorCode, 'certificate_revoked' | 'certificate_expired' | 'unknown_service' | 'not_permitted'>
  text: string
}

/** The places of a use that hold a certificate. */
export const parties = ['host', 'dialer', 'asker', 'member'] as const

/**
 * Why this use is forbidden at `nowMs`, by the network document or the dates of a certificate (give or take 2 minutes);
 * undefined while it is permitted.
 */
export function withdrawalOf(network: NetworkView, use: Use, nowMs: number): Withdrawal | undefined {
  for (const party of parties) {
    const certificate = use[party]
    if (certificate === undefined) continue
    if (isRevoked(network, certificate)) {
      return { code: 'certificate_revoked', text: `The certificate of ${certificate.name} was revoked.` }
    }
    const text = whyNotValid(certificate, nowMs)
    if (text !== undefined) return { code: 'certificate_expired', text }
  }
  const { service, instanceId = '', host, dialer, asker } = use
  if (service === undefined) return undefined
  const definition = network.services.get(service)
  if (definition === undefined) {
    const known = [...network.services.keys()].join(', ') || 'none'
    return { code: 'unknown_service', text: `The network has no service '${service}'; it has: ${known}.` }
  }
  const forbidden = (host && whyNotBind(definition, host, instanceId)) ?? (dialer && whyNotDial(definition, dialer))
  if (forbidden !== undefined) return { code: 'not_permitted', text: forbidden }
  if (asker === undefined || mayDial(definition, asker) || mayBind(definition, asker, asker.name)) return undefined
  return { code: 'not_permitted', text: `${asker.name} may not use service '${service}'.` }
}

/** A withdrawal as what is thrown, or ends something, because of it. */
export function withdrawalError({ code, text }: Withdrawal, details: OverlayErrorDetails = {}): OverlayError {
  return new OverlayError(code, text, details)
}
