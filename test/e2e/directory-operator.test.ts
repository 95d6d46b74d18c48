import { afterEach, beforeEach, expect, test } from 'vitest'
import { chatP2p, RunningCli, temporaryFolder } from '../support/cli.js'
import { freePorts } from '../support/free-ports.js'

let folder: ReturnType<typeof temporaryFolder>
const running = new Map<string, RunningCli>()

beforeEach(() => {
  folder = temporaryFolder()
})

afterEach(async () => {
  await Promise.all([...running.values()].map((cli) => cli.kill()))
  running.clear()
  folder.remove()
})

const run = (...args: string[]) => chatP2p(args, { cwd: folder.dir })

async function start(name: string, args: string[], ready: RegExp): Promise<RunningCli> {
  const cli = RunningCli.start(args, folder.dir)
  running.set(name, cli)
  await cli.sees(ready)
  return cli
}

/** Runs a command until its answer fits: directories take a moment to agree. */
async function untilRun(args: string[], fits: (result: Awaited<ReturnType<typeof run>>) => boolean) {
  for (let tries = 0; ; tries++) {
    const result = await run(...args)
    if (fits(result) || tries === 10) return result
  }
}

test('an operator sees what relays hold, that they agree, why somebody can be reached, and what a killed relay changes', async () => {
  const [basePort] = (await freePorts(1)) as [number]
  const made = await run('setup', '--relays', '3', '--users', 'user1,user2', '--relay-base-port', String(basePort))
  expect(made.code, made.stderr).toBe(0)
  for (const name of ['relay1', 'relay2', 'relay3']) {
    const metrics = name === 'relay1' ? ['--metrics', '127.0.0.1:0'] : []
    await start(name, ['relay', '-i', name, ...metrics], metrics.length > 0 ? /metrics at/ : /is up/)
  }
  await start('user2', ['echo', '-i', 'user2'], /user2/)

  const why = await untilRun(['why', 'user2', '-i', 'user1', '--json'], ({ code }) => code === 0)
  expect(why.code, why.stderr).toBe(0)
  const steps = JSON.parse(why.stdout) as Array<{ step: string; holds: boolean }>
  expect(steps.map(({ step }) => step)).toEqual(['name', 'right', 'relay', 'binding', 'liveness', 'path', 'direct'])

  const agreed = await untilRun(['network', 'check', '-i', 'user1'], ({ stderr }) => stderr.includes('3 terminators'))
  expect(agreed.stderr).toMatch(/^3 relays agree about 3 terminators\.$/m)
  expect(agreed.code).toBe(0)

  const inspected = await run('network', 'inspect', '-i', 'user1', '--json')
  const relays = JSON.parse(inspected.stdout) as Array<{ name: string; terminators: number; owners: unknown[] }>
  expect(relays.map(({ name, terminators }) => [name, terminators])).toEqual([
    ['relay1', 3],
    ['relay2', 3],
    ['relay3', 3],
  ])

  const url = running
    .get('relay1')!
    .lines.join('\n')
    .match(/metrics at (\S+)/)![1]!
  expect(await (await fetch(url)).text()).toMatch(/^chat_p2p_terminators\{role="home"\} 2$/m)

  await running.get('relay3')!.kill()
  const after = await run('network', 'check', '-i', 'user1')
  expect(after.code).toBe(1)
  expect(after.stdout).toMatch(/^relay3 cannot be asked: /m)

  await running.get('user2')!.kill()
  const gone = await untilRun(['why', 'user2', '-i', 'user1'], ({ stdout }) => /FAIL +binding/.test(stdout))
  expect(gone.code).toBe(1)
  expect(gone.stdout).toMatch(/FAIL +binding +'user2' is offline; last seen/)
  expect(gone.stdout).toMatch(/→ start it again/)
})
