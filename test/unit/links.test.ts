import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '../..')
const docs = readdirSync(path.join(root, 'docs')).filter((name) => name.endsWith('.md'))
const top = readdirSync(root).filter((name) => name.endsWith('.md'))
const documents = [...top, ...docs.map((name) => `docs/${name}`), 'src/wire/PROTOCOL.md', 'setup/setup.md']

const textOf = (file: string) => readFileSync(path.join(root, file), 'utf8')
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')

test.each(documents)('%s links to what exists', (file) => {
  const dead: string[] = []
  const links = [...textOf(file).matchAll(/\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)$/gm)].map(
    (match) => match[1] ?? match[2]!,
  )
  for (const link of links.filter((each) => !/^[a-z]+:/.test(each))) {
    const [name, anchor] = link.split('#')
    const target = name === '' ? file : path.join(path.dirname(file), name!)
    if (!existsSync(path.join(root, target))) dead.push(link)
    else if (anchor !== undefined) {
      const anchors = [...textOf(target).matchAll(/^#+ (.+)$/gm)].map((match) => anchorOf(match[1]!))
      if (!anchors.includes(anchor)) dead.push(link)
    }
  }
  expect(dead).toEqual([])
})

test('every file of the source that a document names is there', () => {
  const gone: string[] = []
  for (const file of documents) {
    for (const [, named] of textOf(file).matchAll(/`((?:src|test|setup|examples|scripts)\/[\w./-]+)`/g)) {
      if (!existsSync(path.join(root, named!))) gone.push(`${file}: ${named}`)
    }
  }
  expect(gone).toEqual([])
})

test('every folder of the source has its row in ARCHITECTURE.md', () => {
  const section = textOf('ARCHITECTURE.md').split('## The words')[0]!
  const rows = [...section.matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1]!)
  const folders = readdirSync(path.join(root, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory())
  expect(rows.sort()).toEqual(folders.map(({ name }) => name).sort())
})
