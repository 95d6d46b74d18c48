import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadIdentity, writeIdentityFile } from '../../../src/identity/identity-file.js'
import { IdentityWatch } from '../../../src/identity/identity-watch.js'
import { ManualClock } from '../../support/directory.js'
import { eventually } from '../../support/members.js'
import { makeNetwork } from '../../support/network.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'chat-p2p-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function stage() {
  const network = await makeNetwork({ relayPorts: [4001] })
  const file = path.join(folder, 'anna.json')
  const write = async () => writeIdentityFile(file, await network.member('anna'), { replace: true })
  await write()
  const clock = new ManualClock(Date.now())
  const changes: string[] = []
  const unusable: unknown[] = []
  const watch = new IdentityWatch(await loadIdentity(file), {
    clock,
    onChange: ({ peerId }) => changes.push(peerId.toString()),
    onUnusable: (error) => unusable.push(error),
  })
  await watch.start()
  /** One look, and until the next one is due. */
  const look = async () => {
    clock.advance(5_000)
    await eventually(
      () => clock.pending,
      (pending) => pending === 1,
    )
  }
  return { file, write, clock, watch, changes, unusable, look }
}

test('what is in a changed file is told once', async () => {
  const { watch, write, changes, look } = await stage()
  await look()
  expect(changes).toEqual([])
  await write()
  await look()
  await look()
  expect(changes).toHaveLength(1)
  watch.stop()
})

test('a file that is half written, or gone for a moment, is looked at again', async () => {
  const { file, watch, write, changes, unusable, look } = await stage()
  await writeFile(file, '{ "format": ', { mode: 0o600 })
  await look()
  await rm(file)
  await look()
  await write()
  await look()
  expect([changes.length, unusable]).toEqual([1, []])
  watch.stop()
})

test('a change that stays unusable is said once, and the next one is taken', async () => {
  const { file, watch, write, changes, unusable, look } = await stage()
  await writeFile(file, 'no identity', { mode: 0o600 })
  for (let looks = 0; looks < 6; looks++) await look()
  expect(unusable).toMatchObject([{ code: 'identity_damaged' }])
  await write()
  await utimes(file, new Date(), new Date(Date.now() + 1_000))
  await look()
  expect(changes).toHaveLength(1)
  watch.stop()
})

test('nothing is on the clock after stop', async () => {
  const { clock, watch } = await stage()
  watch.stop()
  expect(clock.pending).toBe(0)
})
