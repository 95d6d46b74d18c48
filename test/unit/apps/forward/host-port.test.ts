import { expect, test } from 'vitest'
import { formatHostPort, isLoopback, parseHostPort } from '../../../../src/apps/forward/host-port.js'

test.each([
  ['127.0.0.1:22', '127.0.0.1', 22],
  ['localhost:0', 'localhost', 0],
  ['db-1.example.org:65535', 'db-1.example.org', 65_535],
  ['example.org.:80', 'example.org.', 80],
  ['[::1]:22', '::1', 22],
  ['[fe80::1%eth0]:22', 'fe80::1%eth0', 22],
  ['[::ffff:127.0.0.1]:22', '::ffff:127.0.0.1', 22],
  ['0.0.0.0:80', '0.0.0.0', 80],
  ['2222', '127.0.0.1', 2222],
  ['0', '127.0.0.1', 0],
])('%s is host %s and port %i', (text, host, port) => {
  const parsed = parseHostPort(text, '--listen')
  expect(parsed).toEqual({ host, port })
  expect(parseHostPort(formatHostPort(parsed), '--listen')).toEqual(parsed)
})

test.each([
  ['', 'has no port'],
  ['localhost', 'has no port'],
  ['::1', 'in brackets'],
  ['::1:22', 'in brackets'],
  ['[::1]', 'in brackets'],
  ['[::1', 'in brackets'],
  ['[127.0.0.1]:22', 'not an IPv6 address'],
  ['[]:22', 'not an IPv6 address'],
  ['[::1]22', 'in brackets'],
  ['[::1]:', 'not a port'],
  ['localhost:', 'not a port'],
  ['localhost:65536', 'not a port'],
  ['65536', 'not a port'],
  ['localhost:-1', 'not a port'],
  ['localhost:1e3', 'not a port'],
  ['localhost: 22', 'not a port'],
  ['localhost:ssh', 'not a port'],
  [':22', 'neither an IP address nor a host name'],
  ['256.0.0.1:22', 'neither an IP address nor a host name'],
  ['1.2.3:22', 'neither an IP address nor a host name'],
  ['a b:22', 'neither an IP address nor a host name'],
  ['-a:22', 'neither an IP address nor a host name'],
  ['http://localhost:22', 'in brackets'],
])('%s is refused: %s', (text, why) => {
  expect(() => parseHostPort(text, '--to')).toThrow(
    expect.objectContaining({ code: 'bad_argument', message: expect.stringMatching(`^--to takes host:port.*${why}`) }),
  )
})

test('port 0 is no place to connect to', () => {
  expect(() => parseHostPort('localhost:0', '--to', { lowestPort: 1 })).toThrow('from 1 to 65535')
  expect(() => parseHostPort('0', '--to', { lowestPort: 1 })).toThrow('from 1 to 65535')
  expect(parseHostPort('1', '--to', { lowestPort: 1 }).port).toBe(1)
})

test.each([
  ['127.0.0.1', true],
  ['127.1.2.3', true],
  ['::1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['::', false],
  ['10.0.0.1', false],
  ['127.0.0.1.example.org', false],
])('%s is reachable from this machine only: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected)
})
