import { expect, test } from 'vitest'
import { CircuitShares, maxCircuitsPerMember, maxCircuitsPerPair } from '../../../src/net/circuit-shares.js'
import { circuitStatus, hopRefusal } from '../../../src/net/hop-refusal.js'

test('a member has a share of each host, and one of the relay; others have theirs', () => {
  const shares = new CircuitShares()
  const taken = Array.from({ length: maxCircuitsPerPair }, () => shares.take('mallory', 'host'))
  expect(taken).not.toContain(undefined)
  expect(shares.take('mallory', 'host')).toBeUndefined()
  expect(shares.take('honest', 'host')).toBeDefined()
  for (let other = maxCircuitsPerPair; other < maxCircuitsPerMember; other++) {
    expect(shares.take('mallory', `host${other % 50}`)).toBeDefined()
  }
  expect(shares.take('mallory', 'another')).toBeUndefined()
})

test('what is given back, once, can be taken again', () => {
  const shares = new CircuitShares()
  const all = Array.from({ length: maxCircuitsPerPair }, () => shares.take('a', 'b')!)
  all[0]!()
  all[0]!()
  expect(shares.take('a', 'b')).toBeDefined()
  expect(shares.take('a', 'b')).toBeUndefined()
})

test('a refusal is what libp2p reads as one', () => {
  expect(Buffer.from(hopRefusal(circuitStatus.permissionDenied)).toString('hex')).toBe('05080228ca01')
  expect(Buffer.from(hopRefusal(circuitStatus.resourceLimitExceeded)).toString('hex')).toBe('05080228c901')
})
