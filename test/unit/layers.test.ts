import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

// A folder may import itself and the folders to its left (DESIGN: core → wire → … → cli). Siblings share a rank
// and do not know each other: what a relay runs is no part of a member, nor the other way round.
const ranks = [
  ['core'],
  ['wire'],
  ['identity'],
  ['net'],
  ['directory', 'session', 'rendezvous'],
  ['relay', 'sdk'],
  ['apps', 'testing'],
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

test('no files import each other in a circle, types included', () => {
  const imports = new Map(files.map((file) => [file, importsOf(file).map((name) => name.replace(/\.js$/, '.ts'))]))
  const circles = circlesOf(files, (file) => imports.get(file) ?? [])
  expect(circles).toEqual([])
})

test('a circle of files is seen, also one of types only', () => {
  const imports: Record<string, string[]> = { a: ['b', 'd'], b: ['c'], c: ['a', 'd'], d: ['e'], e: [] }
  expect(circlesOf(Object.keys(imports), (file) => imports[file]!)).toEqual(['a b c'])
})

test('the check sees imports at all', () => {
  expect(files.flatMap(importsOf).length).toBeGreaterThan(0)
})

/** The sets of files that can be reached from each other, by name. */
function circlesOf(names: readonly string[], importsOfName: (name: string) => readonly string[]): string[] {
  const reachable = new Map(names.map((name) => [name, reach(name, importsOfName)]))
  const circles = names
    .map((name) => names.filter((other) => reachable.get(name)!.has(other) && reachable.get(other)!.has(name)))
    .filter((circle) => circle.length > 0)
    .map((circle) => circle.sort().join(' '))
  return [...new Set(circles)].sort()
}

function reach(start: string, importsOfName: (name: string) => readonly string[]): Set<string> {
  const seen = new Set<string>()
  const open = [...importsOfName(start)]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue
    seen.add(next)
    open.push(...importsOfName(next))
  }
  return seen
}
