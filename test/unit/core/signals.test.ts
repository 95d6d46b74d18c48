import { expect, test } from 'vitest'
import { ignoredSignals, type StartTraces } from '../../../src/core/signals.js'

const nothing: StartTraces = { env: {}, parentStatus: '', inputInfo: '', inputPath: '' }
const status = (name: string, ignored: string) => `Name:\t${name}\nUmask:\t0022\nSigIgn:\t${ignored}\nSigCgt:\t0\n`

test.each<[title: string, traces: Partial<StartTraces>, ignored: string[]]>([
  ['nothing to see', {}, []],
  ['run by nohup from a shell', { env: { _: '/usr/bin/nohup' } }, ['SIGHUP']],
  ['run by another program', { env: { _: '/usr/bin/env' } }, []],
  ['with the input nohup gives', { inputInfo: 'pos:\t0\nflags:\t0100001\n', inputPath: '/dev/null' }, ['SIGHUP']],
  ['with an input of nothing, as cron gives', { inputInfo: 'pos:\t0\nflags:\t0100000\n', inputPath: '/dev/null' }, []],
  ['with an output for input', { inputInfo: 'pos:\t0\nflags:\t0100001\n', inputPath: '/tmp/x' }, []],
  ["under a script's trap", { parentStatus: status('bash', '0000000000000003') }, ['SIGINT', 'SIGHUP']],
  ['under a shell at a terminal', { parentStatus: status('bash', '0000000000384004') }, []],
  ['under another program that ignores them', { parentStatus: status('tmux: server', '0000000000000003') }, []],
  ['by our own launcher', { env: { CHAT_P2P_IGNORED_SIGNALS: 'SIGHUP SIGTERM' } }, ['SIGTERM', 'SIGHUP']],
])('%s: what was to be ignored is', (_, traces, ignored) => {
  expect([...ignoredSignals({ ...nothing, ...traces })].sort()).toEqual(ignored.sort())
})
