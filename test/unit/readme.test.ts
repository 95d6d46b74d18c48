import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { errorCodes } from '../../src/core/errors.js'
import * as limits from '../../src/core/limits.js'
import { type QuotaKind, quotaKinds, quotaNames } from '../../src/net/quotas.js'
import { relayMetrics } from '../../src/relay/metrics.js'

const root = path.resolve(import.meta.dirname, '../..')
const documents = { README: 'README.md', reference: 'docs/reference.md' }
const { dependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>
}

/** Cells of the table rows below a heading of a document. */
function rowsOf(document: keyof typeof documents, heading: string): string[][] {
  const text = readFileSync(path.join(root, documents[document]), 'utf8')
  const section = text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  const rows = section.split('\n').filter((line) => line.startsWith('|'))
  return rows.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

const units: Record<string, number> = { ms: 1, s: 1_000, min: 60_000, d: 86_400_000, B: 1, KiB: 1_024, MiB: 1_048_576 }

function amountOf(text: string): number {
  const [number, unit] = text.split(' ')
  return Number(number) * (unit === undefined ? 1 : units[unit]!)
}

describe('what users read', () => {
  test('explains every error code with the words of the code, and no other', () => {
    const explained = Object.fromEntries(
      rowsOf('reference', 'When something goes wrong').map(([code, meaning]) => [code!.replaceAll('`', ''), meaning]),
    )
    expect(explained).toEqual(errorCodes)
  })

  test('states defaults and limits as they are', () => {
    const stated = rowsOf('reference', 'Defaults and limits')
    expect(stated.length).toBeGreaterThan(15)
    const values = Object.entries(limits) as Array<[string, number]>
    for (const [, value, name] of stated) {
      const limit = values.find(([each]) => `\`${each}\`` === name)
      expect(limit, name).toBeDefined()
      expect([name, amountOf(value!)]).toEqual([name, limit![1]])
    }
  })

  test('documents every quota with its defaults, and no other', () => {
    const documented = rowsOf('reference', 'Quotas of relays and hosts')
    const expected = quotaNames.map((name) => {
      const { what, per, default: amount, perSecond, atHost }: QuotaKind = quotaKinds[name]
      const shown = (most: number) => (most === 0 ? 'none' : perSecond ? `${most} a second` : String(most))
      return [`\`${name}\``, what, per, shown(amount), atHost === undefined ? '–' : shown(atHost)]
    })
    expect(documented).toEqual(expected)
  })

  test('documents every metric of a relay in its own words, and no other', () => {
    const documented = rowsOf('reference', 'Metrics')
    expect(Object.fromEntries(documented.map(([name, text]) => [name!.replaceAll('`', ''), text]))).toEqual(
      relayMetrics,
    )
  })

  test('says why each dependency is there', () => {
    const named = rowsOf('README', 'Dependencies').flatMap(([names]) =>
      [...names!.matchAll(/`([^`]+)`/g)].map((match) => match[1]),
    )
    expect(named.sort()).toEqual(Object.keys(dependencies).sort())
  })
})
