import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '../..')
const text = readFileSync(path.join(root, 'SECURITY.md'), 'utf8')
const rows = text.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| attacker'))

test('every row of the threat table names a test that exists', () => {
  expect(rows.length).toBeGreaterThan(10)
  for (const row of rows) {
    const shown = row.split('|').at(-2)!
    const files = [...shown.matchAll(/`((?:unit|node|e2e|interop)\/[^`]+)`/g)].map(([, name]) => `test/${name}`)
    const programs = [...shown.matchAll(/hostile: ([\w-]+)/g)].map(([, name]) => `test/hostile/programs/${name}.ts`)
    const scripts = [...shown.matchAll(/`npm run (\w+)`/g)]
    expect(files.length + programs.length + scripts.length, row).toBeGreaterThan(0)
    for (const name of [...files, ...programs]) {
      expect(
        ['', '.test.ts'].some((ending) => existsSync(path.join(root, name + ending))),
        name,
      ).toBe(true)
    }
  }
})
