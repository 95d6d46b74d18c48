import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bin, chatP2p, temporaryFolder } from '../support/cli.js'

const run = promisify(execFile)
const guide = readFileSync(path.resolve(import.meta.dirname, '../../setup/setup.md'), 'utf8')

let place: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  place = temporaryFolder()
  // The guide says `chat-p2p`, as one types it.
  mkdirSync(path.join(place.dir, 'bin'))
  writeFileSync(path.join(place.dir, 'bin/chat-p2p'), `#!/bin/sh\nexec '${process.execPath}' '${bin}' "$@"\n`, {
    mode: 0o755,
  })
})
afterEach(() => place.remove())

/** The fenced commands of the sections whose heading the test accepts, in order. */
function commands(section: (heading: string) => boolean): string[] {
  return guide
    .split(/^## /m)
    .slice(1)
    .filter((text) => section(text.split('\n', 1)[0]!))
    .flatMap((text) => [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map((match) => match[1]!))
}

async function type(script: string, cwd: string): Promise<string> {
  const env = { ...process.env, PATH: `${path.join(place.dir, 'bin')}${path.delimiter}${process.env.PATH}` }
  const { stdout } = await run('sh', ['-euc', script], { cwd, env })
  return stdout
}

/** All that a network is, but for what differs from one to the next: keys, serials, dates and the revision. */
async function essence(cwd: string) {
  const json = async (...args: string[]) => JSON.parse((await chatP2p([...args, '--json'], { cwd })).stdout)
  const network = await json('network', 'show')
  const identities = await json('identity', 'show')
  type Relay = { name: string; multiaddrs: string[] }
  type Row = { name: string; kind: string; certificate?: { status: string; roles: string[]; grants: object[] } }
  return {
    name: network.name,
    services: network.services,
    relays: network.relays.map(({ name, multiaddrs }: Relay) => ({ name, multiaddrs })),
    revokedSerials: network.revokedSerials,
    identities: identities.map(({ name, kind, certificate }: Row) => ({
      name,
      kind,
      certificate: certificate && [certificate.status, certificate.roles, certificate.grants],
    })),
    service: readFileSync(path.join(cwd, 'setup/service.json'), 'utf8'),
  }
}

test.skipIf(process.platform === 'win32')('the steps of setup/setup.md by hand give what setup gives', async () => {
  const [byHand, byCommand] = ['by-hand', 'by-command'].map((name) => path.join(place.dir, name))
  for (const folder of [byHand!, byCommand!]) mkdirSync(folder)
  const steps = commands((heading) => !heading.startsWith('Later'))
  expect(steps.length).toBeGreaterThan(4)
  for (const step of steps) await type(step, byHand!)
  await chatP2p(['setup'], { cwd: byCommand! })
  expect(await essence(byHand!)).toEqual(await essence(byCommand!))

  // What comes later works as it is written, too.
  const later = commands((heading) => heading.startsWith('Later'))
  expect(later.length).toBeGreaterThan(3)
  const outputs: string[] = []
  for (const step of later) outputs.push(await type(step, byHand!))
  expect(outputs.join('')).toMatch(/name +alice\n/)
  const after = await essence(byHand!)
  expect(after.relays[2]).toEqual({ name: 'relay3', multiaddrs: ['/ip4/127.0.0.1/tcp/4103'] })
  expect(after.revokedSerials).toHaveLength(1)
})
