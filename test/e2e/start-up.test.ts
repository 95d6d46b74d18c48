import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { builtBin, temporaryFolder } from '../support/cli.js'

let place: ReturnType<typeof temporaryFolder>
beforeAll(() => {
  place = temporaryFolder()
})
afterAll(() => place.remove())

/** Writes down the address of each module that is loaded. */
const loader = `
import { appendFileSync } from 'node:fs'
export async function load(url, context, next) {
  appendFileSync(process.env.LOADED, url + '\\n')
  return next(url, context)
}`
const data = (text: string) => `data:text/javascript,${encodeURIComponent(text)}`
const hook = data(`import { register } from 'node:module'; register(${JSON.stringify(data(loader))})`)

/** The packages, and folders of our own, that a command loads. */
function loadedBy(...args: string[]): string[] {
  const log = path.join(place.dir, `${args.join('-')}.log`)
  const { status, stderr } = spawnSync(process.execPath, ['--import', hook, builtBin, ...args], {
    cwd: place.dir,
    env: { ...process.env, LOADED: log },
    encoding: 'utf8',
  })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  const urls = readFileSync(log, 'utf8').trim().split('\n')
  expect(urls.length).toBeGreaterThan(5)
  const from = urls.map(
    (url) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? /\/dist\/([^/]+)\//.exec(url)?.[1] ?? '',
  )
  return [...new Set(from)].filter((name) => name !== '').sort()
}

// Whoever presses Tab, or asks how it is typed, does not wait for a network stack.
test.each([
  [['--help']],
  [['--version']],
  [['help']],
  [['list', '--help']],
  [['help', 'relay']],
  [['host', '--help']],
  [['forward', '--help']],
  [['stdio', '--help']],
  [['rendezvous', '--help']],
  [['quickstart', '--help']],
  [['demo', '--help']],
  [['why', '--help']],
])('%j loads the command line and nothing else', (args) => {
  expect(loadedBy(...args)).toEqual(['cli', 'commander', 'core'])
})

test.each([[['completion', 'bash']], [['setup', '--help']], [['identity', '--help']], [['network', '--help']]])(
  '%j loads what signs and checks, and no node',
  (args) => {
    const loaded = loadedBy(...args)
    expect(loaded).toContain('commander')
    for (const heavy of [
      'sdk',
      'directory',
      'session',
      'relay',
      'rendezvous',
      'libp2p',
      '@libp2p/kad-dht',
      '@libp2p/tcp',
      'inquirer',
    ]) {
      expect(loaded).not.toContain(heavy)
    }
  },
)
