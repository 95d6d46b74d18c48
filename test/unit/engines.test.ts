import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '../..')

/** Says whether a range of versions, as `^18 || >= 20.1`, has 20.19, the oldest Node that we support. */
function hasOldest(range: string): boolean {
  return range.split('||').some((part) => {
    const [, sign, major, minor = '0'] = /^\s*(>=|\^)\s*v?(\d+)(?:\.(\d+))?/.exec(part) ?? []
    if (sign === '>=') return Number(major) < 20 || (Number(major) === 20 && Number(minor) <= 19)
    return Number(major) === 20 && Number(minor) <= 19
  })
}

test('no package asks for a newer Node than ours does: npm ci would warn of it', () => {
  const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { engines?: { node?: string } }>
  }
  const newer = Object.entries(packages).flatMap(([name, { engines }]) =>
    engines?.node === undefined || hasOldest(engines.node) ? [] : [`${name}: ${engines.node}`],
  )
  expect(newer).toEqual([])
})
