import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { completionWords } from '../../../../src/cli/completion-words.js'
import { createProgram } from '../../../../src/cli/program.js'

const folder = path.resolve(import.meta.dirname, '../../../../setup/systemd')
const units = readdirSync(folder).filter((name) => name.endsWith('.service'))
const words = completionWords(await createProgram())
const hasAnalyze = spawnSync('systemd-analyze', ['--version']).status === 0
if (!hasAnalyze) console.warn('SKIPPED: systemd units are not verified here, as there is no systemd-analyze')

test('there is a unit for a relay and one for a host', () => {
  expect(units).toEqual(['chat-p2p-relay@.service', 'chat-p2p-ssh@.service'])
})

test.each(units)('%s, and the options its comments name, are commands of this program', (unit) => {
  const text = readFileSync(path.join(folder, unit), 'utf8')
  const [command = '', ...rest] = /^ExecStart=\/usr\/bin\/env chat-p2p (.*)$/m.exec(text)?.[1]?.split(' ') ?? []
  const known = words.commands.find(({ path }) => path === command)
  expect(known, command).toBeDefined()
  const further = /CHAT_P2P_OPTIONS=(.*) in /.exec(text)?.[1]?.split(' ') ?? []
  const flags = [...rest, ...further].filter((word) => word.startsWith('-'))
  expect(flags.length).toBeGreaterThan(1)
  for (const flag of flags) expect(known?.options.map(({ word }) => word)).toContain(flag)
})

test.skipIf(!hasAnalyze).each(units)('systemd has nothing to say against %s', (unit) => {
  const { stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', path.join(folder, unit)], {
    encoding: 'utf8',
  })
  const own = stderr.split('\n').filter((line) => line.includes(path.basename(unit, '@.service')))
  expect(own).toEqual([])
})
