import dns from 'node:dns/promises'
import { syncBuiltinESMExports } from 'node:module'

const { lookup } = dns

/** All modules look names up with this from now on. */
export function lookUpWith(replacement: () => Promise<unknown>): void {
  dns.lookup = replacement as typeof lookup
  syncBuiltinESMExports()
}

/** Every name leads to these addresses from now on. */
export function named(...addresses: string[]): void {
  lookUpWith(async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })))
}

/** Names are looked up as the system does again. */
export function lookUpAsBefore(): void {
  dns.lookup = lookup
  syncBuiltinESMExports()
}
