import { spawn } from 'node:child_process'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeIdentityFile } from '../../src/identity/identity-file.js'
import { temporaryFolder } from '../support/cli.js'
import { freePorts } from '../support/free-ports.js'
import { makeNetwork } from '../support/network.js'
import { Stage } from '../support/stage.js'

let stage: Stage
const folder = temporaryFolder()
beforeAll(async () => {
  stage = await Stage.open({ relays: 2 })
})
afterAll(async () => {
  await stage.close()
  folder.remove()
})

async function identityFile(name: string): Promise<string> {
  const file = path.join(folder.dir, `${name}.json`)
  await writeIdentityFile(file, await stage.network.member(name))
  return file
}

/** Runs one of `test/support/processes` against the built SDK until it ends by itself. */
async function run(script: string, args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const file = path.resolve(import.meta.dirname, '../support/processes', script)
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (data) => {
    output.stdout += data
  })
  child.stderr.on('data', (data) => {
    output.stderr += data
  })
  const tooLong = setTimeout(() => child.kill('SIGKILL'), 60_000)
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  clearTimeout(tooLong)
  return { code, ...output }
}

describe('a process whose contexts are closed', () => {
  test('ends by itself: no timer, socket or handle is left, whatever was under way', async () => {
    const { code, stdout, stderr } = await run('close-all.mjs', [await identityFile('anna'), await identityFile('ben')])
    expect(stderr).toBe('')
    expect(code).toBe(0)
    const { left, outcomes } = JSON.parse(stdout)
    expect(left).toEqual([])
    const [ringing, lookingUp, reading, waiting, watching] = outcomes
    expect([ringing, waiting, watching]).toEqual(['closed', 'closed', 'fulfilled'])
    expect(['closed', 'unknown_instance']).toContain(lookingUp)
    expect(['closed', 'aborted']).toContain(reading)
  })

  test('ends by itself also when no relay was ever reached', async () => {
    const [port] = await freePorts(1)
    const network = await makeNetwork({ relayPorts: [port!] })
    const file = path.join(folder.dir, 'alone.json')
    await writeIdentityFile(file, await network.member('alone'))
    const { code, stdout, stderr } = await run('close-without-relays.mjs', [file])
    expect(stderr.trim()).toBe('no_relay')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toEqual({ left: [], outcomes: ['closed', 'closed', 'closed', 'closed'] })
  })
})
