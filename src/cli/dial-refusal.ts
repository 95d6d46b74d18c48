import type { Identity } from '../identity/identity-file.js'
import { whyNotDial } from '../identity/policy.js'

/**
 * Returns what to say when the network, as the identity's file knows it, lets it dial no instance of the service; undefined when it
 * does, or does not know the service. A newer network document or certificate may change that while the port is open.
 */
export function whyRefused(
  { name, certificate, network }: Pick<Identity, 'name' | 'certificate' | 'network'>,
  service: string,
): string | undefined {
  const known = network?.services.get(service)
  const why = known && certificate && whyNotDial(known, { ...certificate, name })
  return why && `${why} Every connection is refused until the authority changes that`
}
