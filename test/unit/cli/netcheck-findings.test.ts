import { describe, expect, test } from 'vitest'
import {
  addressFinding,
  directFinding,
  ipv6Finding,
  port443Finding,
  proxyFinding,
  relayFinding,
  routerFinding,
  upnpFinding,
} from '../../../src/cli/netcheck-findings.js'
import { describeFinding } from '../../../src/cli/netcheck-steps.js'
import { routerKind } from '../../../src/wire/direct-steps.js'

const at = (address: string, cidr = `${address}/24`) => ({ address, cidr, internal: false })
const home = [at('192.168.1.7')]
const seen = (host: string, port = 40_000) => ({ host, port })
const tcp = '/dns/relay1.example/tcp/4001'
const ws = '/dns/relay1.example/tcp/443/tls/ws'

describe('one line says of', () => {
  test.each([
    [
      'a relay, how far it is and which addresses lead there',
      relayFinding({
        name: 'relay1',
        roundTripMs: 23.4,
        addresses: [
          { address: tcp, error: 'no answer' },
          { address: ws, ms: 71 },
        ],
      }),
      `ok    relay    relay1 answers in 23 ms; ${tcp} no answer; ${ws} in 71 ms`,
    ],
    [
      'a relay that is not reached, why at each address',
      relayFinding({ name: 'relay1', error: 'x', addresses: [{ address: tcp, error: 'connect ECONNREFUSED.' }] }),
      `no    relay    relay1 does not answer; ${tcp} connect ECONNREFUSED`,
    ],
    [
      'a relay that is reached and does not let us in, why',
      relayFinding({ name: 'relay1', error: 'The certificate was revoked.', addresses: [{ address: tcp, ms: 1.25 }] }),
      `no    relay    relay1 does not answer (The certificate was revoked); ${tcp} in 1.3 ms`,
    ],
    ['proxies that there are none', proxyFinding([], 3), '-     proxy    none is used'],
    [
      'proxies how much goes through them',
      proxyFinding(['http://a:1', 'http://a:1'], 3),
      '-     proxy    http://a:1 leads to 2 of 3 addresses of relays',
    ],
    [
      'the address that it is a router’s',
      addressFinding([seen('203.0.113.7'), seen('203.0.113.7')], home),
      "ok    address  relays see 203.0.113.7, a router's",
    ],
    [
      'the address that it is our own',
      addressFinding([seen('203.0.113.7')], [at('203.0.113.7')]),
      "ok    address  relays see 203.0.113.7, this machine's own",
    ],
    [
      'the address that relays are near',
      addressFinding([seen('192.168.1.7')], home),
      "ok    address  relays see 192.168.1.7, this machine's own in a private network",
    ],
    ['the address that nobody told it', addressFinding([], home), '-     address  no relay told which address it sees'],
    [
      'a router that it keeps the port',
      routerFinding(routerKind.keeps),
      'ok    router   it keeps the port from destination to destination, so direct connections come about',
    ],
    [
      'a router that it changes the port',
      routerFinding(routerKind.changes),
      'no    router   it changes the port with every destination: direct only with those who take connections',
    ],
    [
      'a router that too few relays tell',
      routerFinding(routerKind.unknown),
      '-     router   not known: it takes two relays that tell which address they see',
    ],
    [
      'what keeps sessions on relays',
      directFinding('this side goes out through a proxy'),
      'no    direct   this side goes out through a proxy',
    ],
    ['IPv6 that there is none', ipv6Finding(home, []), '-     ipv6     this machine has no address of it'],
    [
      'IPv6 that it leads nowhere',
      ipv6Finding([at('2001:db8::7')], [seen('203.0.113.7')]),
      'ok    ipv6     this machine has 2001:db8::7; no relay is reached on it',
    ],
    [
      'IPv6 that it leads to relays',
      ipv6Finding([at('2001:db8::7')], [seen('2001:db8::7')]),
      'ok    ipv6     this machine has 2001:db8::7; relays are reached on it',
    ],
    [
      'UPnP who answers, without what would harm a terminal',
      upnpFinding(['Linux UPnP/1.0 \u001b[2J']),
      'ok    upnp     a router offers to map ports (Linux UPnP/1.0 \\x1b[2J)',
    ],
    [
      'port 443 that nobody is there',
      port443Finding([]),
      '-     443      no relay of this network is there; where only 443 gets out, none is reached',
    ],
    ['port 443 what is reached', port443Finding([{ address: ws, ms: 3 }]), `ok    443      ${ws} reached`],
    [
      'port 443 what is not',
      port443Finding([{ address: ws, error: 'no answer' }]),
      `no    443      nothing reached; not ${ws} (no answer)`,
    ],
  ])('%s', (_what, finding, line) => {
    expect(describeFinding(finding)).toBe(line)
  })
})
