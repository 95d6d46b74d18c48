import { expect, test } from 'vitest'
import { formatEndpoint, parseEndpoint } from '../../../../src/apps/forward/endpoint.js'

test.each([
  ['unix:/run/x.sock', { path: '/run/x.sock' }],
  ['unix:x.sock', { path: 'x.sock' }],
  ['127.0.0.1:22', { host: '127.0.0.1', port: 22 }],
  ['[::1]:22', { host: '::1', port: 22 }],
])('%s is read and written', (text, endpoint) => {
  expect(parseEndpoint(text, '--to')).toEqual(endpoint)
  expect(formatEndpoint(endpoint)).toBe(text)
})

test.each([
  ['unix:', 'the path is missing'],
  [`unix:/${'x'.repeat(107)}`, 'at most 107 bytes'],
  ['unix:/a\0b', 'NUL'],
  ['/run/x.sock', 'has no port'],
])('%j is wrong usage', (text, why) => {
  expect(() => parseEndpoint(text, '--to')).toThrow(expect.objectContaining({ code: 'bad_argument' }))
  expect(() => parseEndpoint(text, '--to')).toThrow(why)
})
