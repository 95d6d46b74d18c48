/** Returns true for a multiaddr, as text, that leads nowhere but to the machine on which it is used. */
export function isLoopbackAddress(multiaddr: string): boolean {
  return /^\/ip4\/127\.|^\/ip6\/::1\/|^\/dns[46]?\/localhost\//i.test(multiaddr)
}
