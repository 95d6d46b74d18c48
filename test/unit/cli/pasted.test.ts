import path from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { loadIdentity } from '../../../src/identity/identity-file.js'
import { temporaryFolder } from '../../support/cli.js'
import { cli } from './in-process.js'

let place: ReturnType<typeof temporaryFolder>
beforeEach(async () => {
  place = temporaryFolder()
  await done('setup', '--users', 'user1', '--relays', '1')
})
afterEach(() => {
  vi.restoreAllMocks()
  place.remove()
})

const run = (...args: string[]) => cli(args, place.dir)
const there = ['--dir', 'laptop']

async function done(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(...args)
  expect(code, stderr).toBe(0)
  return stdout.trim()
}

/** Runs a command whose stdin is this text. */
function piped(text: string, ...args: string[]) {
  vi.spyOn(process, 'stdin', 'get').mockReturnValue(Readable.from([text]) as never)
  return run(...args)
}

test('a certificate takes two lines to paste, and no file goes anywhere', async () => {
  const request = await done('identity', 'request', 'carol', '--out', '-', ...there)
  expect(request).toMatch(/^chat-p2p-request-1-[\w-]+$/)
  const answer = await run('identity', 'sign', request, '--offline')
  expect(answer.stderr).toContain('identity install <line>')
  const certificate = answer.stdout.trim()
  expect(certificate).toMatch(/^chat-p2p-certificate-1-[\w-]+$/)
  // As mail programs break it.
  await done('identity', 'install', certificate.replace(/(.{70})/g, '$1\n'), ...there)
  expect((await loadIdentity(path.join(place.dir, 'laptop/identities/carol.json'))).certificate?.name).toBe('carol')
})

test('the same through stdin, as a line or as the file it would be', async () => {
  const request = await done('identity', 'request', 'carol', '--out', '-', ...there)
  const signed = await piped(`${request}\n`, 'identity', 'sign', '-', '--offline', '--out', 'answer.json')
  expect(signed).toMatchObject({ code: 0, stdout: 'answer.json\n' })
  const { readFileSync } = await import('node:fs')
  const text = readFileSync(path.join(place.dir, 'answer.json'), 'utf8')
  const installed = await piped(text, 'identity', 'install', '-', ...there)
  expect(installed.code, installed.stderr).toBe(0)
})

test.each([
  ['cut', (line: string) => line.slice(0, -5), 'was cut or altered'],
  ['altered', (line: string) => line.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')), 'was cut or altered'],
  ['of a later version', (line: string) => line.replace('-1-', '-2-'), 'needs a newer chat-p2p'],
])('a line that is %s is one clear line of its own', async (_, change, why) => {
  const request = await done('identity', 'request', 'carol', '--out', '-', ...there)
  const { code, stdout, stderr } = await run('identity', 'sign', change(request), '--offline')
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toContain(why)
  expect(stderr.length).toBeLessThan(200)
})

test('stdin that is something else, or never ends, is refused', async () => {
  expect((await piped('hello', 'identity', 'sign', '-', '--offline')).stderr).toContain(
    'That is no certificate request',
  )
  expect((await piped('{}', 'identity', 'sign', '-', '--offline')).stderr).toContain('is not a certificate request')
  expect((await piped('x'.repeat(5_000_000), 'identity', 'install', '-')).stderr).toContain('far too long')
})
