import { expect, test } from 'vitest'
import {
  describeEnd,
  describeFailure,
  formatBytes,
  formatDuration,
  logPaths,
  PathTrail,
} from '../../../../src/apps/forward/carried.js'
import { OverlayError } from '../../../../src/core/errors.js'
import { admin, FakeConnection, server1, TestLog } from './fakes.js'

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.00 KiB'],
  [10_239, '10.0 KiB'],
  [123_456, '121 KiB'],
  [1_048_575, '1.00 MiB'],
  [12_345_678_901, '11.5 GiB'],
  [2 ** 53, '8192 TiB'],
])('%i bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text))

test.each([
  [0, '0 ms'],
  [12.4, '12 ms'],
  [999.4, '999 ms'],
  [999.6, '1.00 s'],
  [12_345, '12.3 s'],
  [59_499, '59.5 s'],
  [59_600, '1 min 0 s'],
  [3_599_400, '59 min 59 s'],
  [3_600_000, '1 h 0 min'],
  [100_000_000, '27 h 46 min'],
])('%d ms are %s', (ms, text) => expect(formatDuration(ms)).toBe(text))

test('the end of a connection says bytes each way, how long, over which relays, and what broke it', () => {
  const [connection] = FakeConnection.pair(admin, server1)
  const trail = new PathTrail(connection)
  expect(`${trail}`).toBe('relay1')
  connection.emit('path:changed', { from: 'relay1', to: 'relay2', kind: 'splice', gapMs: 12 })
  expect(`${trail}`).toBe('relay1, relay2')
  connection.emit('path:changed', { from: 'relay2', to: 'relay2', kind: 'splice', gapMs: 0 })
  connection.emit('path:changed', { from: 'relay2', to: 'relay1', kind: 'splice', gapMs: 12 })
  const ended = { received: 1288, sent: 3, durationMs: 12_300, trail }
  expect(describeEnd(ended)).toBe('ended: received 1.26 KiB, sent 3 B, 12.3 s, via relay1, relay2 (2 changes)')
  const error = new OverlayError('aborted', 'The other side ended the session.', { reason: 'the connection was reset' })
  expect(describeEnd({ ...ended, error })).toMatch(
    /^broke off \(The other side ended the session\. Reason: the connection was reset\): received/,
  )
})

test('a circuit is named as one, as it takes more of everybody than what else there is', () => {
  const [connection] = FakeConnection.pair(admin, server1)
  const trail = new PathTrail(connection)
  const log = new TestLog()
  logPaths(connection, '#1 admin', log.write)
  connection.emit('path:changed', { from: 'relay1', to: 'relay2', kind: 'circuit', gapMs: 12 })
  connection.emit('path:changed', { from: 'relay2', to: 'direct', kind: 'direct', gapMs: 12 })
  expect(`${trail}`).toBe('relay1, relay2 (circuit), direct (2 changes)')
  expect(log.lines).toEqual([
    'INFO #1 admin moved from relay1 to relay2 (circuit), nothing arrived for 12 ms',
    'INFO #1 admin moved from relay2 to direct, nothing arrived for 12 ms',
  ])
})

test('a reason that the message repeats is said once', () => {
  expect(describeFailure(new OverlayError('busy', "'server1' is busy: full", { reason: 'full' }))).toBe(
    "'server1' is busy: full",
  )
})

test('the log says when a connection moves to another relay, is without any, and goes on', () => {
  const [connection] = FakeConnection.pair(admin, server1)
  const log = new TestLog()
  logPaths(connection, '#1 admin', log.write)
  connection.emit('path:changed', { to: 'relay1', kind: 'splice', gapMs: 0 })
  connection.emit('path:changed', { from: 'relay1', to: 'relay2', kind: 'splice', gapMs: 38.4 })
  connection.emit('interrupted', { graceMs: 60_000 })
  connection.emit('resumed')
  expect(log.lines).toEqual([
    'INFO #1 admin moved from relay1 to relay2, nothing arrived for 38 ms',
    'WARNING #1 admin has no path at the moment; it is kept for 1 min 0 s',
    'INFO #1 admin goes on',
  ])
})
