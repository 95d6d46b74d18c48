import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { identityRecord, writeIdentityFile } from '../../src/identity/identity-file.js'
import { formatIdentity } from '../../src/identity/identity-json.js'
import type { ServiceDefinition } from '../../src/identity/policy.js'
import { Consumer } from '../support/consumer.js'
import { eventually } from '../support/members.js'
import { shownBlocks } from '../support/shown-blocks.js'
import { type ProgramRun, programs } from '../support/shown-table.js'
import { Stage } from '../support/stage.js'

const open = (name: string): ServiceDefinition => ({
  name,
  bind: { roles: ['#all'], semantic: 'AnyOf' },
  dial: { roles: ['#all'], semantic: 'AnyOf' },
  maxTerminators: 3,
  strategy: 'smartrouting',
  shards: 1,
})

const shown = shownBlocks()
  .filter(({ language }) => language === 'ts')
  .map((block, n) => {
    const how: Partial<ProgramRun> =
      programs.find(({ file, has }) => file === block.file && block.text.includes(has)) ?? {}
    return { ...block, ...how, name: `shown${n}.ts`, program: `${how.before ?? ''}${block.text}\n${how.after ?? ''}` }
  })

describe('each program that README and docs show', () => {
  let stage: Stage
  let consumer: Consumer
  let said: string
  const environment: NodeJS.ProcessEnv = {}
  beforeAll(async () => {
    stage = await Stage.open({ relays: 3, services: ['chat-p2p', 'ssh', 'web'].map(open) })
    consumer = await Consumer.create()
    const folder = path.join(consumer.dir, 'run/identities')
    mkdirSync(folder, { mode: 0o700 })
    for (const name of ['user1', 'user2', 'user3', 'web1', 'server1']) {
      const grants = name === 'server1' ? [{ service: 'ssh', instanceId: 'fleet' }] : []
      const identity = await stage.network.member(name, { grants })
      await writeIdentityFile(path.join(folder, `${name}.json`), identity)
      if (name === 'user1') environment.CHAT_P2P_IDENTITY = formatIdentity(identityRecord(identity))
    }
    const relay = await stage.network.member('relay9', { roles: ['relay'] })
    await writeIdentityFile(path.join(folder, 'relay9.json'), { ...relay, kind: 'relay' })
    said = await consumer.check(Object.fromEntries(shown.map(({ name, program }) => [name, program])))
  })
  afterAll(async () => {
    await stage.close()
    consumer.remove()
  })

  test('type-checks, with the library check on', () => {
    expect(said).toBe('')
  })

  for (const { file, line, name, prints, caller } of shown) {
    test(`runs to its end: ${file}, line ${line}`, async () => {
      const running = consumer.run(name, [], { env: environment })
      if (caller !== undefined) {
        const { service, instanceId, appData, answer } = caller.dials
        const context = await stage.context('caller')
        await eventually(
          () => context.whois(service, instanceId),
          () => true,
        )
        const connection = await context.dial(service, { instanceId, appData: Buffer.from(appData) })
        expect(Buffer.from((await connection.read())!).toString()).toBe(answer)
        await connection.close()
        await context.close()
      }
      const { code, stdout, stderr } = await running
      expect([stderr, code]).toEqual(['', 0])
      expect(stdout).toMatch(prints ?? /^$/)
    })
  }
})
