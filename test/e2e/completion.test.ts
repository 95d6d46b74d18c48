import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { bin, temporaryFolder } from '../support/cli.js'
import { hasTmux, TestTerminal } from '../support/terminal.js'

/** How a person begins in each shell, without a configuration of their own. */
const shells = {
  bash: { start: "PS1='sh> ' bash --noprofile --norc", take: 'source ./script.bash' },
  zsh: { start: "PS1='sh> ' zsh -f", take: 'source ./script.zsh' },
  fish: { start: 'fish --no-config', take: 'source ./script.fish' },
}
type Shell = keyof typeof shells
const has = (name: string) => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0

let place: ReturnType<typeof temporaryFolder>
let terminal: TestTerminal | undefined

beforeAll(() => {
  place = temporaryFolder()
  mkdirSync(path.join(place.dir, 'identities'))
  for (const name of ['ann', 'relay1']) writeFileSync(path.join(place.dir, 'identities', `${name}.json`), '')
  for (const shell of Object.keys(shells)) {
    writeFileSync(path.join(place.dir, `script.${shell}`), execFileSync(process.execPath, [bin, 'completion', shell]))
  }
})
afterEach(() => terminal?.close())
afterAll(() => place.remove())

describe.each(Object.keys(shells) as Shell[])('whoever presses Tab in %s', (shell) => {
  test.skipIf(!hasTmux || !has(shell)).each([
    ['identity cr', 'identity create'],
    ['identity create --ki', 'identity create --kind'],
    ['relay -i re', 'relay -i relay1'],
    ['completion zs', 'completion zsh'],
    ['network publish --strategy st', 'network publish --strategy sticky'],
  ])('after %s gets %s', async (typed, completed) => {
    const { start, take } = shells[shell]
    const env = `HOME='${place.dir}' XDG_CONFIG_HOME='${place.dir}' XDG_DATA_HOME='${place.dir}'`
    terminal = new TestTerminal(`${env} ${start}`, { cwd: place.dir, columns: 120, rows: 20 })
    await terminal.shows(/[>#$] *$/)
    terminal.line(
      `${take}; echo ready-$((1 + 1))`.replace('$((1 + 1))', shell === 'fish' ? '(math 1 + 1)' : '$((1 + 1))'),
    )
    await terminal.shows(/^ready-2\n.*[>#$]$/m)
    terminal.text(`chat-p2p ${typed}`)
    await terminal.shows(new RegExp(`chat-p2p ${typed}$`))
    terminal.keys('Tab')
    const screen = await terminal.shows(new RegExp(`chat-p2p ${completed}$`))
    expect(screen).not.toContain('no matches')
  })
})
