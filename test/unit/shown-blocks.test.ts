import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { blocksOf, root, shownBlocks } from '../support/shown-blocks.js'
import { covered, programs } from '../support/shown-table.js'
import { expectShown, masked, outputShown } from '../support/transcript.js'

const blocks = shownBlocks()

/** What stands in a test file from a title to the next test. */
function bodyOf(source: string, title: string): string {
  const from = source.slice(source.indexOf(title))
  const end = /\n *(?:test|describe)\b[.(]/.exec(from)?.index
  return from.slice(0, end)
}

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

  test('says what it is, a transcript among them', () => {
    expect(blocks.filter(({ language }) => language === '').map(({ file, line }) => `${file}:${line}`)).toEqual([])
  })

  test('is compared, as far as it shows what is printed, in the test that the table names', () => {
    const transcripts = blocks.filter((block) => outputShown(block).length > 0)
    expect(transcripts.length).toBeGreaterThan(10)
    const unheld = transcripts.filter(({ file, text, key }) => {
      const { test: at, title } = covered[key]!
      const source = bodyOf(readFileSync(path.join(root, at), 'utf8'), title)
      const compared = [...source.matchAll(/expectShown\(\s*'([^']+)',\s*(?:'([^']+)'|"([^"]+)")/g)]
      return !compared.some(([, document, ...begins]) => {
        const begin = begins.find((each) => each !== undefined)!.replaceAll('\\n', '\n')
        return document === file && text.trimStart().startsWith(begin)
      })
    })
    expect(unheld.map(({ file, line, key }) => `${file}:${line} (${key})`)).toEqual([])
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

describe('a transcript', () => {
  test('may differ from what is printed in times, numbers, ids and relays, and in nothing else', () => {
    const shown = [
      '[  19.883]    INFO server1: #1 admin (12D3KooWKqnz3Bb7iJ2vE81FYT9bYg4st3hyPfaMDFm1qc3XzUwb) connected, via relay2',
      'server1 ended: received 1.40 GiB, 12.1 s (8LtKrtSm)',
      '12D3KooWQzoD4dqMxDkfRkzPuXYVZ8o69NzheYJyV1Gs8LtKrtSm',
    ]
    expect(masked(shown)).toEqual([
      '[<seconds>]    INFO server1: #<n> admin (<peer id>) connected, via <relay>',
      'server1 ended: received <size>, <time> (<short id>)',
      '<peer id>',
    ])
    // The end of an id may begin, or end, with digits.
    for (const end of ['59t9JBwF', 'tKrtSm49', '12345678']) {
      const id = `12D3KooWQzoD4dqMxDkfRkzPuXYVZ8o69NzheYJyV1Gs${end}`
      expect(masked([`Connected to: ${id} (${end})`, `${end} left`])).toEqual([
        'Connected to: <peer id> (<short id>)',
        '<short id> left',
      ])
    }
    expect(masked(['user1 (you)'])).not.toEqual(masked(['user2 (you)']))
  })

  test('is held line by line', () => {
    const shows = (printed: string, how: 'all of it' | 'some of it') => () =>
      expectShown('docs/ssh.md', '$ ssh server7', printed, how)
    const lines = [
      "chat-p2p: Nobody called 'server7' has been seen on 'ssh'.",
      'kex_exchange_identification: Connection closed by remote host',
      'Connection closed by UNKNOWN port 65535',
    ]
    shows(lines.join('\n'), 'all of it')()
    shows(['before', ...lines].join('\n'), 'some of it')()
    expect(shows(['before', ...lines].join('\n'), 'all of it')).toThrow()
    expect(shows(lines.slice(1).join('\n'), 'some of it')).toThrow()
    expect(shows(lines.join('\n').replace('Nobody', 'No one'), 'some of it')).toThrow()
  })
})
