import { expect, test } from 'vitest'
import { raceAbort } from '../../../src/core/abort.js'
import { OverlayError } from '../../../src/core/errors.js'
import { Turns } from '../../../src/core/turns.js'
import type { Candidate } from '../../../src/directory/proof.js'
import { Selector } from '../../../src/directory/selection.js'
import { FurtherPaths } from '../../../src/sdk/further-paths.js'
import type { Member } from '../../../src/sdk/member.js'
import type { PathWish } from '../../../src/session/path-keeper.js'
import { ManualClock } from '../session/manual-clock.js'

const never = new AbortController().signal
const besideRelay1: PathWish = { exclude: ['relay1'], avoid: [] }

/** A terminator of the host, or of another one, on a relay whose name is its peer id. */
function on(relay: string, host = 'host', processId = 1): Candidate {
  const record = { processId, service: 'chat', instanceId: 'anna', hostPeerId: host, relayPeerId: relay, cost: 0 }
  return { record: { ...record, precedence: 'default' } } as unknown as Candidate
}

/** Relays that open streams, refuse, or keep silent until told; and a lookup that answers when told. */
function world(known: Candidate[]) {
  const lookup = Promise.withResolvers<Candidate[]>()
  const silent = new Map<string, PromiseWithResolvers<void>>()
  const refusing = new Set<string>()
  const answers: { recent?: Candidate[]; asked: number } = { asked: 0 }
  const tried: string[] = []
  const dropped: string[] = []
  const shared = {
    clock: new ManualClock(),
    opening: new Turns(24),
    trust: { network: { services: new Map() } },
    lookups: {
      recent: () => answers.recent,
      lookup: (_service: string, _instanceId: string, signal: AbortSignal) => {
        answers.asked++
        return raceAbort(lookup.promise, signal)
      },
    },
    pool: {
      nameOf: (relay: string) => relay,
      get: () => undefined,
      ensure: async (relay: string) => ({ connection: relay, probe: () => {} }),
    },
    circuits: {
      connect: async (relay: string) => {
        tried.push(relay)
        await silent.get(relay)?.promise
        if (refusing.has(relay)) throw new OverlayError('unreachable', `${relay} refuses`)
        return { newStream: async () => Object.assign(new EventTarget(), { abort: () => dropped.push(relay) }) }
      },
    },
  } as unknown as Member
  const paths = new FurtherPaths(shared, new Selector(() => 0.5), on('relay1'), known)
  const open = async (wish: PathWish, signal = never) => (await paths.open(wish, signal)).candidate.record.relayPeerId
  return { open, lookup, answers, silent, refusing, tried, dropped }
}

test('a terminator that is known already is used without waiting for a lookup', async () => {
  const { open, tried } = world([on('relay1'), on('relay2'), on('relay3', 'somebody else')])
  expect(await open(besideRelay1)).toBe('relay2')
  expect(tried).toEqual(['relay2'])
})

test('another process of the host is asked only when that of the session is bound nowhere', async () => {
  const { open, tried } = world([on('relay1'), on('relay2', 'host', 2), on('relay3')])
  expect(await open(besideRelay1)).toBe('relay3')
  expect(tried).toEqual(['relay3'])
  const replaced = world([on('relay1', 'host', 2), on('relay2', 'host', 2)])
  expect(await replaced.open(besideRelay1)).toBe('relay2')
})

test('a relay that has just failed is tried last', async () => {
  const { open, tried, refusing } = world([on('relay1'), on('relay2'), on('relay3')])
  refusing.add('relay3')
  expect(await open({ exclude: ['relay1'], avoid: ['relay2'] })).toBe('relay2')
  expect(tried).toEqual(['relay3', 'relay2'])
})

test('what a lookup finds beyond the known ones is tried while those are silent, and the late one is dropped', async () => {
  const { open, lookup, silent, dropped, tried } = world([on('relay1'), on('relay2')])
  silent.set('relay2', Promise.withResolvers())
  const opening = open(besideRelay1)
  lookup.resolve([on('relay2'), on('relay3'), on('relay4', 'somebody else')])
  expect(await opening).toBe('relay3')
  silent.get('relay2')!.resolve()
  await new Promise((resolve) => setImmediate(resolve))
  expect([tried, dropped]).toEqual([['relay2', 'relay3'], ['relay2']])
})

test('what the last lookup found is known the next time', async () => {
  const { open, lookup, tried } = world([on('relay1')])
  lookup.resolve([on('relay1'), on('relay2')])
  expect(await open(besideRelay1)).toBe('relay2')
  expect(await open(besideRelay1)).toBe('relay2')
  expect(tried).toEqual(['relay2', 'relay2'])
})

test('it rejects with why the last one failed, or that the lookup did', async () => {
  const one = world([on('relay1'), on('relay2')])
  one.refusing.add('relay2')
  one.lookup.resolve([on('relay1')])
  await expect(one.open(besideRelay1)).rejects.toMatchObject({ code: 'unreachable' })
  const other = world([on('relay1')])
  other.lookup.reject(new OverlayError('offline', 'gone'))
  await expect(other.open(besideRelay1)).rejects.toMatchObject({ code: 'offline' })
})

test('a signal ends it, whatever is silent', async () => {
  const { open, silent } = world([on('relay1'), on('relay2')])
  silent.set('relay2', Promise.withResolvers())
  const giveUp = new AbortController()
  const opening = open(besideRelay1 as never, giveUp.signal)
  giveUp.abort(new OverlayError('closed', 'over'))
  await expect(opening).rejects.toMatchObject({ code: 'closed' })
})

test('a process whose place another one has taken is reached where it was, for what it still carries', async () => {
  const { open, lookup, silent, tried } = world([on('relay1'), on('relay2')])
  lookup.resolve([on('relay1', 'host', 2), on('relay2', 'host', 2), on('relay3', 'host', 2)])
  silent.set('relay2', Promise.withResolvers())
  const opened = open(besideRelay1)
  for (let turn = 0; turn < 50; turn++) await Promise.resolve()
  expect(tried).toEqual(['relay2']) // another process knows nothing of the session
  silent.get('relay2')?.resolve()
  expect(await opened).toBe('relay2')
  expect(await open(besideRelay1)).toBe('relay2')
})

test('the other process is asked when that of the session is reached nowhere', async () => {
  const { open, lookup, refusing, tried } = world([on('relay1'), on('relay2')])
  refusing.add('relay2')
  lookup.resolve([on('relay3', 'host', 2)])
  expect(await open(besideRelay1)).toBe('relay3')
  expect(tried).toEqual(['relay2', 'relay3'])
})

test('while it has a path, what another session was just told is good for this one', async () => {
  const { open, answers, tried } = world([on('relay1')])
  answers.recent = [on('relay1'), on('relay5', 'somebody else')]
  await expect(open(besideRelay1)).rejects.toMatchObject({ code: 'unreachable' })
  answers.recent = [on('relay1'), on('relay2')]
  expect(await open(besideRelay1)).toBe('relay2')
  expect([tried, answers.asked]).toEqual([['relay2'], 0])
})

test('without a path it asks by itself, whatever others were told', async () => {
  const { open, answers, lookup } = world([])
  answers.recent = []
  lookup.resolve([on('relay2')])
  expect(await open({ exclude: [], avoid: [] })).toBe('relay2')
  expect(answers.asked).toBe(1)
})
