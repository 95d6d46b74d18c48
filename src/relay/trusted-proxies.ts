import { BlockList, isIP } from 'node:net'
import { OverlayError } from '../core/errors.js'

/**
 * Reads the machines that are believed when they say whose connection they pass on: IP addresses and ranges such as 10.0.0.0/8.
 * Returns a function that says whether an address, as a socket tells it, is one of them. Throws `bad_argument`.
 */
export function trustedProxies(texts: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const text of texts) {
    const [address = '', bits, ...rest] = text.split('/')
    const family = isIP(address)
    const all = family === 4 ? 32 : 128
    const prefix = bits === undefined ? all : Number(bits)
    if (family === 0 || rest.length > 0 || !/^\d*$/.test(bits ?? '') || bits === '' || prefix > all) {
      throw new OverlayError(
        'bad_argument',
        `A trusted proxy is an IP address or a range such as 10.0.0.0/8, not '${text}'.`,
      )
    }
    list.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6')
  }
  return (address) => {
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, '')
    const family = isIP(plain)
    return family !== 0 && list.check(plain, family === 4 ? 'ipv4' : 'ipv6')
  }
}
