import { type ChildProcess, fork } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { isOverlayError } from '../../src/core/errors.js'
import { findDisagreements, inspectRelays } from '../../src/directory/inspection.js'
import { writeIdentityFile } from '../../src/identity/identity-file.js'
import { Circuits } from '../../src/net/circuit.js'
import { freePorts } from '../support/free-ports.js'
import { eventually, type Member, startMember } from '../support/members.js'
import { makeNetwork } from '../support/network.js'

const relayCount = 6
const killCount = 4
const hostCount = 5
const perHost = 1_000
const bin = fileURLToPath(new URL('../../src/cli/bin.js', import.meta.url))
const hostModule = fileURLToPath(new URL('./directory-host.js', import.meta.url))

interface ChildMessage {
  ready?: boolean
  established?: number
  terminators?: number
  answer?: string
  relays?: Array<{ peerId: string; sinceMs: number }>
}

/** 15 000 terminators on six relay processes, of which four are killed while dials go on. */
export async function realRun(print: (line: string) => void): Promise<void> {
  const dir = await mkdtemp(path.join(tmpdir(), 'chat-p2p-bench-'))
  const children: ChildProcess[] = []
  const members: Member[] = []
  try {
    const network = await makeNetwork({ relayPorts: await freePorts(relayCount) })
    const relays = new Map<string, ChildProcess>()
    for (const identity of network.relays) {
      const file = path.join(dir, `${identity.name}.json`)
      await writeIdentityFile(file, identity)
      const child = fork(bin, ['relay', '-i', file], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
      children.push(child)
      relays.set(identity.peerId.toString(), child)
      await until(child, ({ ready }) => ready === true)
    }
    print(`${relayCount} relay processes are up`)

    const startMs = performance.now()
    const seconds = () => ((performance.now() - startMs) / 1_000).toFixed(1)
    const hosts = await Promise.all(
      Array.from({ length: hostCount }, async (_, index) => {
        const name = `host${index}`
        const file = path.join(dir, `${name}.json`)
        await writeIdentityFile(file, { ...(await network.member(name)), path: undefined })
        const child = fork(hostModule, [file, String(perHost)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
        children.push(child)
        child.setMaxListeners(0)
        await until(child, (message) => message.established !== undefined)
        return { name, child }
      }),
    )
    const terminators = hostCount * perHost * 3
    print(`${terminators} terminators are bound by ${hostCount} processes in ${seconds()} s`)

    const join = async (name: string) => {
      const member = await startMember(await network.member(name))
      members.push(member)
      await eventually(
        () => member.pool.up().length,
        (up) => up >= relayCount,
      )
      return member
    }
    const observer = await join('observer')
    const agree = async () => {
      const states = await inspectRelays(observer.pool, AbortSignal.timeout(20_000))
      const answering = states.filter(({ status }) => status !== undefined)
      const owned = answering.reduce(
        (sum, { status }) => sum + status!.partitions.reduce((n, each) => n + each.owned, 0),
        0,
      )
      const dead = new Set(states.filter(({ status }) => status === undefined).map(({ name }) => name))
      const wrong = findDisagreements(states).filter(
        (text) => ![...dead].some((name) => text.startsWith(`${name} cannot`)),
      )
      return { owned, wrong, answering }
    }
    await eventually(agree, ({ owned, wrong }) => owned === terminators && wrong.length === 0, 180_000)
    print(`owners and homes agree about all of them ${seconds()} s after the first bind`)
    const { answering } = await agree()
    for (const { name, status } of answering) {
      print(`  ${name}: ${status!.terminators} terminators, ${Math.round(status!.memoryBytes / 1e6)} MB resident`)
    }

    const dialer = await join('dialer')
    const dials = startDials(dialer, hosts)
    await new Promise((resolve) => setTimeout(resolve, 5_000))
    const killedMs = performance.now()
    const killed = [...relays].slice(0, killCount)
    for (const [, child] of killed) child.kill('SIGKILL')
    print(`${killCount} of ${relayCount} relays are killed (SIGKILL), with ${dials.count()} dials so far`)
    // Two relays are left for three terminators each: as many as there are relays is right.
    const expected = hostCount * perHost * (relayCount - killCount)
    await eventually(agree, ({ owned, wrong }) => owned === expected && wrong.length === 0, 120_000)
    print(
      `the directory is right again ${((performance.now() - killedMs) / 1_000).toFixed(1)} s after the kill (goal ≤ 30)`,
    )
    await new Promise((resolve) => setTimeout(resolve, 5_000))
    const result = await dials.stop()
    print(
      `${result.dials} dials (lookup and circuit to the host): ${result.wrong.length} failed because the directory was wrong ` +
        `(goal 0), ${result.unbound} met a host that was not bound at that moment, ${result.path} failed on the path`,
    )
    for (const text of result.wrong.slice(0, 5)) print(`  ${text}`)
  } finally {
    await Promise.all(members.map((member) => member.close()))
    for (const child of children) child.kill('SIGKILL')
    await rm(dir, { recursive: true, force: true })
  }
}

/** Dials one random instance after the other, a few at a time, and asks the host when one fails. */
function startDials(dialer: Member, hosts: Array<{ name: string; child: ChildProcess }>) {
  const circuits = new Circuits(dialer.node)
  const result = { dials: 0, unbound: 0, path: 0, wrong: [] as string[] }
  let stopped = false
  const one = async () => {
    const host = hosts[Math.floor(Math.random() * hosts.length)]!
    const id = `${host.name}/${Math.floor(Math.random() * perHost)}`
    const startedMs = Date.now()
    try {
      const candidates = await dialer.directory.lookup('chat-p2p', id)
      let error: unknown
      for (const { record } of candidates) {
        try {
          const link = await dialer.pool.ensure(record.relayPeerId, AbortSignal.timeout(2_000))
          await circuits.connect(link.connection, record, AbortSignal.timeout(2_000))
          error = undefined
          break
        } catch (cause) {
          error = cause
        }
      }
      if (error !== undefined) throw error
    } catch (error) {
      host.child.send({ ask: id })
      const { relays = [] } = await until(host.child, (message) => message.answer === id)
      // Bound for longer than news may take, when the dial began.
      const bound = relays.some(({ sinceMs }) => sinceMs < startedMs - 1_000)
      const wrong = isOverlayError(error, 'offline') || isOverlayError(error, 'unknown_instance')
      if (!bound) result.unbound++
      else if (wrong) result.wrong.push(`${id}: ${(error as Error).message}`)
      else result.path++
    }
    result.dials++
  }
  const workers = Array.from({ length: 4 }, async () => {
    while (!stopped) {
      await one()
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  })
  return {
    count: () => result.dials,
    async stop() {
      stopped = true
      await Promise.all(workers)
      return result
    },
  }
}

function until(child: ChildProcess, fits: (message: ChildMessage) => boolean): Promise<ChildMessage> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: ChildMessage) => {
      if (!fits(message)) return
      child.off('message', onMessage)
      child.off('exit', onExit)
      resolve(message)
    }
    const onExit = (code: number | null) => reject(new Error(`a relay or host process ended (${code})`))
    child.on('message', onMessage)
    child.once('exit', onExit)
  })
}
