import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { borrow, type Loan } from '../../../../src/apps/rendezvous/borrowing.js'
import { holderPids, holderSocket, noteHolder } from '../../../../src/apps/rendezvous/holders.js'
import { Lender } from '../../../../src/apps/rendezvous/lender.js'
import type { Terms } from '../../../../src/apps/rendezvous/loans.js'
import type { RendezvousStream } from '../../../../src/rendezvous/rendezvous.js'
import { temporaryFolder } from '../../../support/cli.js'
import { patient } from '../../../support/rendezvous.js'
import { FakeStream } from '../../../unit/apps/rendezvous/fakes.js'

// The holder and the runs after it, all in this process, over the socket that they have.

const terms: Terms = { version: 1, rendezvous: 'here', protocol: '/chat/1.1.0', peers: ['boot'], identity: null }
const { TMPDIR } = process.env
let folder: ReturnType<typeof temporaryFolder>
let hungUp: boolean
let lender: Lender
let stream: FakeStream
const loans: Loan[] = []

beforeEach(() => {
  folder = temporaryFolder()
  process.env.TMPDIR = folder.dir
  hungUp = false
  lender = new Lender(terms, () => {
    hungUp = true
  })
  stream = new FakeStream('go-peer')
  stream.receive({ onBytes: (bytes) => lender.onBytes(stream, bytes), onEnd: () => lender.onEnd(stream) })
  lender.lend([stream])
})

afterEach(() => {
  for (const loan of loans.splice(0)) loan.giveBack()
  lender.server.close()
  if (TMPDIR === undefined) delete process.env.TMPDIR
  else process.env.TMPDIR = TMPDIR
  folder.remove()
})

async function borrowed(asked = terms): Promise<Loan[]> {
  const all = await borrow(asked)
  loans.push(...all)
  return all
}

function heardFrom(stream: RendezvousStream): { text: string; ended: boolean } {
  const heard = { text: '', ended: false }
  stream.receive({
    onBytes: (bytes) => {
      heard.text += Buffer.from(bytes).toString()
    },
    onEnd: () => {
      heard.ended = true
    },
  })
  return heard
}

test('a run speaks and hears through the holder, from the next whole line on, and is told when the peer goes', async () => {
  await noteHolder(lender.server)
  stream.says('to nobody\n\nhalf a ')
  const [loan] = await borrowed()
  expect(loan?.held()).toEqual({ pid: process.pid, peerIds: ['go-peer'] })
  const [held] = loan!.streams
  stream.says('line\n\nearly\n\n')
  const heard = heardFrom(held!)
  stream.says('añ✓\n\n')
  await vi.waitFor(() => expect(heard.text).toBe('\nearly\n\nañ✓\n\n'), patient)

  const bytes = Buffer.from('hello\n\n')
  expect(held!.write(bytes)).toBe(true)
  expect(held!.pendingBytes).toBe(bytes.byteLength)
  await vi.waitFor(() => expect(stream.written).toEqual(['hello\n\n']), patient)
  await vi.waitFor(() => {
    stream.drains()
    expect(held!.pendingBytes).toBe(0)
  }, patient)

  held!.pause()
  await vi.waitFor(() => expect(stream.paused).toBe(true), patient)
  const silences: boolean[] = []
  loan!.onSilence((_, silent) => silences.push(silent))
  lender.onSilence('go-peer', true)
  await vi.waitFor(() => expect(silences).toEqual([true]), patient)
  stream.ends()
  await vi.waitFor(() => expect(heard.ended).toBe(true), patient)
  expect(loan!.held()).toBeUndefined()
})

test('one run at a time has the line, and only one that it is for; it may be had again afterwards', async () => {
  await noteHolder(lender.server)
  expect(await borrowed({ ...terms, rendezvous: 'elsewhere' })).toEqual([])
  const [loan] = await borrowed()
  loan!.streams[0]!.pause()
  await vi.waitFor(() => expect(stream.paused).toBe(true), patient)
  expect(await borrowed()).toEqual([])
  loan!.giveBack()
  await vi.waitFor(() => expect(stream.paused).toBe(false), patient)
  const [next] = await borrowed()
  expect(next?.held()?.peerIds).toEqual(['go-peer'])
  expect(stream.closed).toBe(false)
  const end = next!.hangUp()
  await vi.waitFor(() => expect(hungUp).toBe(true), patient)
  next!.giveBack()
  await end
})

test('the socket is for this user only, and in a folder that is open to others nothing is believed', async () => {
  await noteHolder(lender.server)
  const socket = holderSocket(process.pid)!
  expect(statSync(socket).mode & 0o777).toBe(0o600)
  expect(statSync(path.dirname(socket)).mode & 0o777).toBe(0o700)
  chmodSync(path.dirname(socket), 0o777)
  expect(holderPids()).toEqual([])
  expect(await borrowed()).toEqual([])
})

test('what a killed holder left is cleared away', async () => {
  mkdirSync(path.dirname(holderSocket(1)!), { recursive: true, mode: 0o700 })
  // Listens in a process that is killed, so that nobody removes the socket; then in place of one that lives.
  const socket = holderSocket(process.pid)!
  const program = `require('node:net').createServer().listen(${JSON.stringify(socket)}, () => console.log('up'))`
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(existsSync(socket)).toBe(true)
  expect(await borrowed()).toEqual([])
  expect(existsSync(socket)).toBe(false)
})
