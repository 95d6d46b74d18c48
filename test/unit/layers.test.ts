import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

// A folder may import itself and the folders to its left (DESIGN: core → wire → … → cli). Siblings share a rank.
const ranks = [
  ['core'],
  ['wire'],
  ['identity'],
  ['net'],
  ['directory', 'session', 'rendezvous'],
  ['relay'],
  ['sdk'],
  ['apps'],
  ['cli'],
]
// Applications are built on the public API only, so that anyone could have written them.
const publicOnly: Record<string, string[]> = { apps: ['sdk', 'core', 'wire'] }
// The rendezvous mode is a product of its own: one application knows it, and knows nothing of the overlay.
publicOnly['apps/rendezvous'] = ['rendezvous', 'core', 'wire']
const ownProduct = 'rendezvous'

const root = path.resolve(import.meta.dirname, '../../src')
const rankOf = (folder: string) => ranks.findIndex((rank) => rank.includes(folder))

const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))

function importsOf(file: string): string[] {
  const text = readFileSync(path.join(root, file), 'utf8')
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) =>
    path.relative(root, path.resolve(root, path.dirname(file), match[1]!)),
  )
}

test('every folder of src is a known layer', () => {
  for (const file of files) expect(rankOf(file.split(path.sep)[0]!), file).toBeGreaterThanOrEqual(0)
})

test('each layer imports only what is to its left', () => {
  const wrong: string[] = []
  for (const file of files) {
    const from = file.split(path.sep)[0]!
    for (const target of importsOf(file)) {
      const to = target.split(path.sep)[0]!
      if (to === from) continue
      const own = publicOnly[file.split(path.sep).slice(0, 2).join('/')] ?? publicOnly[from]
      const allowed = own?.includes(to) ?? (rankOf(to) < rankOf(from) && to !== ownProduct)
      if (!allowed) wrong.push(`${file} imports ${target}: ${from} must not know ${to}`)
    }
  }
  expect(wrong).toEqual([])
})

test('the check sees imports at all', () => {
  expect(files.flatMap(importsOf).length).toBeGreaterThan(0)
})
