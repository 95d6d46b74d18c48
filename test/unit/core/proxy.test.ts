import { describe, expect, test } from 'vitest'
import { parseProxy, proxyRule, shownProxy } from '../../../src/core/proxy.js'

test.each([
  ['http://proxy.example:3128', { kind: 'http', host: 'proxy.example', port: 3128 }],
  ['proxy.example:3128', { kind: 'http', host: 'proxy.example', port: 3128 }],
  ['http://proxy.example', { kind: 'http', host: 'proxy.example', port: 80 }],
  ['https://proxy.example/', { kind: 'https', host: 'proxy.example', port: 443 }],
  ['socks5://[2001:db8::1]', { kind: 'socks5', host: '2001:db8::1', port: 1080 }],
  ['socks5h://192.0.2.1:9050', { kind: 'socks5', host: '192.0.2.1', port: 9050 }],
  [
    'http://ann:p%40ss%3A@192.0.2.1:8080',
    { kind: 'http', host: '192.0.2.1', port: 8080, credentials: { username: 'ann', password: 'p@ss:' } },
  ],
])('%s is a proxy', (text, expected) => {
  expect(parseProxy(text, '--proxy')).toEqual(expected)
})

test.each([
  '',
  'http://',
  'ftp://a.example',
  'socks4://a.example',
  'http://a.example/x',
  'http://a:%zz@a.example',
  '::',
])('%j is none, and what it holds is not said', (text) => {
  expect(() => parseProxy(text, '--proxy')).toThrow(/^--proxy takes http:\/\/, https:\/\/ or socks5:\/\//)
})

test('a proxy is shown without its password', () => {
  expect(shownProxy(parseProxy('https://ann:secret@[::1]:8443', 'x'))).toBe('https://[::1]:8443')
})

const relay = { host: 'relay1.example', port: 4001 }
const host = (rule: ReturnType<typeof proxyRule>, target = relay) => rule(target)?.host

describe('which proxy is used', () => {
  test.each([
    ['none without a word about it', undefined, {}, undefined],
    [
      'the one of HTTPS_PROXY',
      undefined,
      { HTTPS_PROXY: 'http://a.example', ALL_PROXY: 'http://b.example' },
      'a.example',
    ],
    [
      'small letters first',
      undefined,
      { HTTPS_PROXY: 'http://a.example', https_proxy: 'http://b.example' },
      'b.example',
    ],
    ['else the one of ALL_PROXY', undefined, { ALL_PROXY: 'socks5://b.example', HTTP_PROXY: 'http://c' }, 'b.example'],
    ['the chosen one before all', 'http://d.example', { HTTPS_PROXY: 'http://a.example', NO_PROXY: '*' }, 'd.example'],
    [
      'the one of CHAT_P2P_PROXY before others',
      undefined,
      { CHAT_P2P_PROXY: 'd.example', ALL_PROXY: 'b.example' },
      'd.example',
    ],
    ['none when none was chosen', 'none', { HTTPS_PROXY: 'http://a.example' }, undefined],
    ['none when CHAT_P2P_PROXY says so', undefined, { CHAT_P2P_PROXY: 'none', ALL_PROXY: 'b.example' }, undefined],
    [
      'empty variables count as not there',
      undefined,
      { CHAT_P2P_PROXY: '', HTTPS_PROXY: '', ALL_PROXY: 'b.example' },
      'b.example',
    ],
  ])('%s', (_what, chosen, env, expected) => {
    expect(host(proxyRule(chosen, env))).toBe(expected)
  })

  test.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('%s is reached without the environment’s', (own) => {
    expect(host(proxyRule(undefined, { ALL_PROXY: 'a.example' }), { host: own, port: 1 })).toBeUndefined()
    expect(host(proxyRule('a.example', {}), { host: own, port: 1 })).toBe('a.example')
  })

  test('a variable that is no proxy harms only who needs one', () => {
    const rule = proxyRule(undefined, { HTTPS_PROXY: 'socks4://a.example' })
    expect(rule({ host: '127.0.0.1', port: 4001 })).toBeUndefined()
    expect(() => rule(relay)).toThrow(/^HTTPS_PROXY takes/)
    expect(() => proxyRule('socks4://a.example', {})).toThrow(/^--proxy takes/)
  })
})

test.each([
  ['*', 'a.example', 1, true],
  ['a.example', 'a.example', 1, true],
  ['a.example', 'b.a.example', 1, true],
  ['a.example', 'ba.example', 1, false],
  ['.a.example', 'a.example', 1, true],
  ['*.a.example', 'b.a.example', 1, true],
  ['A.Example', 'a.EXAMPLE.', 1, true],
  ['a.example:443', 'a.example', 443, true],
  ['a.example:443', 'a.example', 4001, false],
  ['b.example, 192.0.2.1', '192.0.2.1', 1, true],
  ['10.0.0.0/8', '10.200.0.1', 1, true],
  ['10.0.0.0/8', '11.0.0.1', 1, false],
  ['10.0.0.0/8', '10.example', 1, false],
  ['10.0.0.0/99 a.example', 'a.example', 1, true],
  ['10.0.0.0/99', '10.0.0.1', 1, false],
  ['2001:db8::/32', '2001:db8:1::1', 1, true],
  ['[2001:db8::1]:443', '2001:db8::1', 443, true],
  ['2001:db8::1', '2001:db8::2', 1, false],
  ['', 'a.example', 1, false],
])('NO_PROXY=%s and %s:%i: excepted is %s', (text, name, port, excepted) => {
  const rule = proxyRule(undefined, { ALL_PROXY: 'proxy.example', NO_PROXY: text })
  expect(host(rule, { host: name, port }) === undefined).toBe(excepted)
})
