import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { natPairs } from './nat-kinds.js'
import { whyNoNats } from './nat-network.js'
import type { PairResult } from './nat-run.js'

const root = path.resolve(import.meta.dirname, '../..')
const folder = mkdtempSync(path.join(tmpdir(), 'chat-p2p-test-'))
const missing = whyNoNats()
if (missing !== undefined) console.log(`skipped NATs: ${missing}`)

beforeAll(() => {
  execFileSync(process.execPath, [path.join(root, 'scripts', 'build-harness.mjs')], { stdio: 'inherit' })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('no two pairs have one name', () => {
  expect(new Set(natPairs.map(({ name }) => name)).size).toBe(natPairs.length)
})

test('docs/direct.md has each pair with what is expected of it', () => {
  const text = readFileSync(path.join(root, 'docs/direct.md'), 'utf8')
  const rows = [...text.matchAll(/^\| `([\w-]+)` \|.*\| (direct|relay) \|[^|]*\|$/gm)].map((match) => match.slice(1))
  expect(rows).toEqual(natPairs.map(({ name, expected }) => [name, expected === 'direct' ? 'direct' : 'relay']))
})

// What `npm run nat` does with all pairs.
test.skipIf(missing !== undefined)(
  'sessions get through NATs that keep ports, stay on relays where both change them and say why, and outlive NATs, direct paths and relays',
  async () => {
    const json = path.join(folder, 'report.json')
    const pairs = 'restricted-restricted,symmetric-symmetric'
    const args = ['--pairs', pairs, '--calls', '1', '--json', json]
    const child = spawn(process.execPath, [path.join(root, 'build/test/harness/nat-main.js'), ...args], {
      env: { ...process.env, TMPDIR: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data))
    const code = await new Promise((resolve) => child.once('close', resolve))
    const results: PairResult[] = JSON.parse(readFileSync(json, 'utf8'))
    expect(
      results.flatMap(({ failures }) => failures),
      output,
    ).toEqual([])
    expect(code, output).toBe(0)
    expect(results.map(({ pair, found }) => [pair, found])).toEqual([
      ['restricted-restricted', 'direct'],
      ['symmetric-symmetric', 'relayed'],
    ])
    for (const { afterwards, bytes, pair } of results) {
      expect(afterwards.length, pair).toBeGreaterThanOrEqual(3)
      expect(bytes, pair).toBeGreaterThan(100_000)
    }
    expect(readdirSync('/var/run/netns').filter((name) => name.startsWith(`nat${child.pid}-`))).toEqual([])
  },
)
