import { expect, test } from 'vitest'
import { describeEndings } from '../../../src/cli/own-certificate.js'

const dayMs = 24 * 3_600_000
const nowMs = Date.UTC(2026, 10, 28)
const ends = (name: string, days: number) => ({ name, expiresAtMs: nowMs + days * dayMs })

test('certificates that end soon are told the next one first, and how to renew them', () => {
  expect(describeEndings([ends('ann', 20), ends('bob', 300), ends('relay1', 2)], nowMs)).toEqual([
    'Certificates that end soon: relay1 ends in 2 days, ann ends in 20 days; renew them with',
    '  chat-p2p identity renew --all',
  ])
  expect(describeEndings([ends('bob', 300)], nowMs)).toEqual([])
})

test('one that was renewed in time is not', () => {
  expect(describeEndings([ends('ann', 20), ends('ann', 400)], nowMs)).toEqual([])
})

test('of many the first are named', () => {
  const many = Array.from({ length: 40 }, (_, index) => ends(`user${index}`, 3))
  expect(describeEndings(many, nowMs)[0]).toMatch(/user4 ends in 3 days, … \(40\); renew/)
})
