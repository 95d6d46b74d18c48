import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openContext } from '../../../src/sdk/context.js'
import type { Context, Listener } from '../../../src/sdk/index.js'
import { CountingClock } from '../../support/counting-clock.js'
import { eventually } from '../../support/members.js'
import { seeded } from '../../support/random.js'
import { Stage, service } from '../../support/stage.js'

let stage: Stage
beforeAll(async () => {
  stage = await Stage.open({ relays: 3 })
})
afterAll(() => stage.close())

interface Side {
  clock: CountingClock
  context: Context
  close(): Promise<void>
}

async function side(name: string): Promise<Side> {
  const clock = new CountingClock()
  const context = await openContext(await stage.network.member(name), { clock })
  stage.onClose(() => context.close())
  return { clock, context, close: () => context.close() }
}

/** One call of each kind: it rings, it runs, it has ended in order, it was aborted; and everything else a dialer can ask. */
async function busy(dialer: Context, listener: Listener): Promise<void> {
  const { instanceId } = listener
  const kinds = ['ring', 'run', 'end', 'abort'] as const
  let rings = 0
  listener.on('dial', async (dial) => {
    const kind = kinds[dial.appData[0]!]!
    rings++
    if (kind === 'ring') return
    const connection = await dial.accept()
    if (kind === 'end') await connection.close()
    if (kind === 'abort') connection.abort('enough')
  })
  const call = (kind: (typeof kinds)[number]) =>
    dialer.dial(service, { instanceId, appData: Uint8Array.of(kinds.indexOf(kind)) })
  call('ring').catch(() => {})
  const [running, ended, aborted] = await Promise.all([call('run'), call('end'), call('abort')])
  await Promise.all([running.write(new Uint8Array(200_000)), ended.close(), aborted.read().catch(() => {})])
  running.read().catch(() => {})
  dialer.dial(service, { instanceId: `${instanceId}/nobody` }).catch(() => {})
  const changes = dialer.watch(service)[Symbol.asyncIterator]()
  await changes.next()
  changes.next().catch(() => {})
  // One path more than it needs, so that one is about to be given up, unless the others were quick.
  await eventually(
    () => running.paths(),
    (paths) => paths.length > 1 && paths.some(({ relay, role }) => relay === 'direct' && role === 'active'),
  )
  while (rings < kinds.length) await once(listener, 'dial')
}

test('contexts that are closed leave no timer, whichever is closed first and however far what they did is', async () => {
  for (let seed = 1; seed <= 4; seed++) {
    const random = seeded(seed)
    const [host, dialer] = await Promise.all([side(`host${seed}`), side(`dialer${seed}`)])
    const listener = await host.context.listen(service)
    await listener.established(2)
    await busy(dialer.context, listener)
    const order = random() < 0.5 ? [host, dialer] : [dialer, host]
    const wait = Math.floor(random() * 3)
    const first = order[0]!.close()
    for (let turn = 0; turn < wait; turn++) await new Promise((resolve) => setImmediate(resolve))
    if (wait === 2) await first
    await Promise.all([first, order[1]!.close()])
    // What was begun in this turn is over with it.
    await new Promise((resolve) => setImmediate(resolve))
    expect({ seed, host: host.clock.waiting, dialer: dialer.clock.waiting }).toEqual({ seed, host: [], dialer: [] })
  }
})
