import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { completionScript, shells } from '../../../../src/cli/completion-scripts.js'
import { completionWords } from '../../../../src/cli/completion-words.js'
import { createProgram } from '../../../../src/cli/program.js'
import { temporaryFolder } from '../../../support/cli.js'
import { cli } from '../../cli/in-process.js'

let place: ReturnType<typeof temporaryFolder>
beforeAll(() => {
  place = temporaryFolder()
  mkdirSync(path.join(place.dir, 'identities'))
  for (const name of ['user1', 'relay1', 'of two words', '$(touch hacked)']) {
    writeFileSync(path.join(place.dir, 'identities', `${name}.json`), '')
  }
})
afterAll(() => place.remove())

const program = await createProgram()
const words = completionWords(program)
const has = (name: string) => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0

type Complete = (...typed: string[]) => string[]

/** What a shell offers when the last of the words is being typed, as the script itself tells it. */
const complete: Record<(typeof shells)[number], Complete> = {
  bash: (...typed) => {
    const call = `COMP_WORDS=(chat-p2p "$@"); COMP_CWORD=$#; _chat_p2p; printf '%s\\n' "\${COMPREPLY[@]}"`
    return run('bash', ['--norc', '-c', `${completionScript('bash', words)}\n${call}`, 'bash', ...typed])
  },
  // zsh and its own helpers offer what matches; what they are given is what counts here.
  zsh: (...typed) => {
    const list = ['$', '{(@P)argv[-1]}'].join('') // the array that _describe was given by name
    const helpers = `compdef() { :; }; _files() { :; }; _describe() { print -rl -- "${list}" }`
    const call = 'words=(chat-p2p "$@"); CURRENT=$(( $# + 1 )); _chat_p2p'
    const offered = run('zsh', ['-f', '-c', `${helpers}\n${completionScript('zsh', words)}\n${call}`, 'zsh', ...typed])
    return offered.map((line) => line.split(':')[0]!).filter((word) => word.startsWith(typed.at(-1)!))
  },
  fish: (...typed) => {
    const line = ['chat-p2p', ...typed].map((word) => word.replaceAll(' ', '\\ ')).join(' ')
    return run('fish', ['--no-config', '-c', `${completionScript('fish', words)}\ncomplete -C ${`'${line}'`}`]).map(
      (each) => each.split('\t')[0]!,
    )
  },
}

function run(shell: string, args: string[]): string[] {
  const home = { HOME: place.dir, XDG_CONFIG_HOME: place.dir, XDG_DATA_HOME: place.dir }
  const output = execFileSync(shell, args, { cwd: place.dir, encoding: 'utf8', env: { ...process.env, ...home } })
  return output.split('\n').filter((line) => line !== '')
}

test('every command and every option that help shows can be completed', () => {
  const paths: string[] = []
  const visit = (command: Command, at: string) => {
    paths.push(at)
    const known = words.commands.find((each) => each.path === at)!
    for (const option of command.options.filter(({ hidden }) => !hidden)) {
      for (const flag of [option.short, option.long]) {
        if (flag)
          expect(
            known.options.map(({ word }) => word),
            at,
          ).toContain(flag)
      }
    }
    for (const child of command.commands) {
      expect(
        known.commands.map(({ word }) => word),
        at,
      ).toContain(child.name())
      visit(child, `${at} ${child.name()}`.trim())
    }
  }
  visit(program, '')
  expect(words.commands.map((command) => command.path)).toEqual(paths)
  expect(paths).toContain('identity create')
})

test('a flag takes a value wherever it is typed, or nowhere: the scripts look at the flag alone', () => {
  const takes = new Map<string, Set<boolean>>()
  const visit = (command: Command) => {
    for (const option of command.options.filter(({ hidden }) => !hidden)) {
      for (const flag of [option.short, option.long]) {
        if (flag) takes.set(flag, (takes.get(flag) ?? new Set()).add(option.required || option.optional))
      }
    }
    for (const child of command.commands) visit(child)
  }
  visit(program)
  expect([...takes].filter(([, kinds]) => kinds.size > 1)).toEqual([])
})

test('the command prints the script, and says what it knows otherwise', async () => {
  expect(await cli(['completion', 'bash'], place.dir)).toMatchObject({
    code: 0,
    stdout: completionScript('bash', words),
  })
  const { code, stderr } = await cli(['completion', 'tcsh'], place.dir)
  expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringMatching(/bash, zsh, fish/) })
})

test.skipIf(!has('bash'))('bash divides host:port and --option=value into words, which counts as one', () => {
  expect(complete.bash('host', 'ssh', '--to', '127.0.0.1', ':', '22', '--proxy-')).toEqual(['--proxy-protocol'])
  expect(complete.bash('forward', '--listen', '[', '::', '1]', ':', '22', 'ssh', 'us')).toEqual(['user1'])
  expect(complete.bash('--service', '=', 'chat-p2p', 'qui')).toEqual(['quickstart'])
})

describe.each(shells)('%s', (shell) => {
  if (!has(shell)) console.warn(`SKIPPED: completion is not tested in ${shell}, as it is not installed`)

  test.skipIf(!has(shell))('takes the script as it is', () => {
    const file = path.join(place.dir, `script.${shell}`)
    writeFileSync(file, completionScript(shell, words))
    execFileSync(shell, ['-n', file])
    rmSync(file)
  })

  test.skipIf(!has(shell)).each<[typed: string[], offered: string[]]>([
    [['qui'], ['quickstart']],
    [
      ['identity', 're'],
      ['renew', 'renewal-key', 'request', 'revoke'],
    ],
    [['identity', 'create', '--ki'], ['--kind']],
    [['identity', 'create', '--kind', 'a'], ['authority']],
    [['network', 'publish', '--strategy', 'st'], ['sticky']],
    [['host', 'ssh', '--to', '127.0.0.1:22', '--proxy-'], ['--proxy-protocol']],
    [['completion', 'z'], ['zsh']],
    [['host', 'ssh', '--precedence', 'r'], ['required']],
    [['-i', 'us'], ['user1']],
    [['--identity', 'us'], ['user1']],
    [['relay', '-i', 'rel'], ['relay1']],
    // An option's value is not taken for a command.
    [['-i', 'identity', 'qui'], ['quickstart']],
    [['forward', 'ssh', 'us'], ['user1']],
    [['identity', 'revoke', 'user1', 'rel'], ['relay1']],
    [['identity', 'create', 'us'], []],
    [['nonsense', 'qui'], []],
    [['qui', '--nonsense', 'identity', 'cre'], []],
  ])('after %j it offers %j', (typed, offered) => {
    expect(complete[shell](...typed).sort()).toEqual(offered)
  })

  test.skipIf(!has(shell))('names are offered as they are, and never run', () => {
    const all = complete[shell]('relay', '-i', '')
    const plain = (name: string) => name.replaceAll('\\', '')
    expect(all.map(plain)).toEqual(expect.arrayContaining(['user1', 'relay1', 'of two words', '$(touch hacked)']))
    expect(existsSync(path.join(place.dir, 'hacked'))).toBe(false)
  })
})
