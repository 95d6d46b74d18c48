import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

export const root = path.resolve(import.meta.dirname, '../..')

/** A code block of a document that users read. */
export interface ShownBlock {
  /** Of the document, from the repository's top. */
  file: string
  line: number
  /** What stands behind the fence: `ts`, `sh`, `console`, or nothing. */
  language: string
  text: string
  /** The document and the block's first line: names it in the tables, whatever is added above it. */
  key: string
}

/** README.md and everything in docs/. */
export function shownDocuments(): string[] {
  const docs = readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  return ['README.md', ...docs.filter((name) => name.endsWith('.md')).map((name) => path.join('docs', name))].sort()
}

/** All code blocks of these documents, in their order. */
export function shownBlocks(documents = shownDocuments()): ShownBlock[] {
  return documents.flatMap((file) => blocksOf(file, readFileSync(path.join(root, file), 'utf8')))
}

/** The fenced code blocks of a text. Throws for a fence that nothing closes. */
export function blocksOf(file: string, markdown: string): ShownBlock[] {
  const lines = markdown.split('\n')
  const blocks: ShownBlock[] = []
  for (let at = 0; at < lines.length; at++) {
    const [, indent, fence, language] = lines[at]!.match(/^( *)(`{3,}|~{3,})([^`]*)$/) ?? []
    if (fence === undefined) continue
    const end = lines.findIndex((line, n) => n > at && line.trim() === fence)
    if (end < 0) throw new Error(`${file}:${at + 1}: nothing closes this code block`)
    const inside = lines
      .slice(at + 1, end)
      .map((line) => (line.startsWith(indent!) ? line.slice(indent!.length) : line))
    const first = inside.find((line) => line.trim() !== '') ?? ''
    const text = inside.join('\n')
    blocks.push({ file, line: at + 1, language: language!.trim(), text, key: `${file}: ${first.trim()}` })
    at = end
  }
  return blocks
}
