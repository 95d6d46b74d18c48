import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { blocksOf, root, shownBlocks } from '../support/shown-blocks.js'
import { covered, programs } from '../support/shown-table.js'

const blocks = shownBlocks()

describe('a code block that users read', () => {
  test('is a program that is run, or is held by a test that the table names', () => {
    const unknown = blocks.filter(({ language, key }) => language !== 'ts' && covered[key] === undefined)
    const unrun = blocks.filter(
      ({ language, file, text }) =>
        language === 'ts' && programs.filter((each) => each.file === file && text.includes(each.has)).length !== 1,
    )
    expect([...unknown, ...unrun].map(({ file, line, key }) => `${file}:${line} is in no table (${key})`)).toEqual([])
  })

  test('is still there when the tables name it', () => {
    const keys = new Set(blocks.map(({ key }) => key))
    expect(Object.keys(covered).filter((key) => !keys.has(key))).toEqual([])
    const shown = (file: string, has: string) =>
      blocks.some((block) => block.language === 'ts' && block.file === file && block.text.includes(has))
    expect(programs.filter(({ file, has }) => !shown(file, has))).toEqual([])
  })

  test('is held by a test that exists', () => {
    const missing = Object.entries(covered).filter(([, { test: file, title }]) => {
      const where = path.join(root, file)
      return !existsSync(where) || !readFileSync(where, 'utf8').includes(title)
    })
    expect(missing).toEqual([])
  })
})

test('blocks are found with their language, indented ones too, and one that nothing closes is an error', () => {
  const found = blocksOf('x.md', 'a\n```sh\nnpm start\n```\n* b\n  ```\n  plain\n  ```\n')
  expect(found.map(({ language, text, line }) => [language, text, line])).toEqual([
    ['sh', 'npm start', 2],
    ['', 'plain', 6],
  ])
  expect(() => blocksOf('x.md', '```ts\nnever')).toThrow('x.md:1')
})
