import { spawn } from 'node:child_process'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { bin, chatP2p, RunningCli, temporaryFolder } from '../support/cli.js'
import { freePorts } from '../support/free-ports.js'
import { hasTmux, TestTerminal } from '../support/terminal.js'

let folder: ReturnType<typeof temporaryFolder>
let relay: RunningCli
const running: RunningCli[] = []

beforeAll(async () => {
  folder = temporaryFolder()
  const [port] = await freePorts(1)
  const setup = ['setup', '--relays', '1', '--users', 'user1,user2,echo', '--relay-base-port', String(port)]
  const { code, stderr } = await chatP2p(setup, { cwd: folder.dir })
  expect(code, stderr).toBe(0)
  relay = RunningCli.start(['relay', '-i', 'relay1'], folder.dir)
  await relay.sees(/is up/)
})

afterEach(async () => {
  await Promise.all(running.splice(0).map((cli) => cli.kill()))
})

afterAll(async () => {
  await relay?.kill()
  folder?.remove()
})

/** A chat that others can reach; its head has been seen. */
async function join(user: string, ...flags: string[]): Promise<RunningCli> {
  const cli = RunningCli.start(['-i', user, '-v', ...flags], folder.dir)
  running.push(cli)
  await cli.sees(/^bound on relay1$/)
  return cli
}

async function startEcho(): Promise<RunningCli> {
  const cli = RunningCli.start(['echo', '-i', 'echo'], folder.dir)
  running.push(cli)
  await cli.sees(/repeating what is said/)
  return cli
}

/** Both in a call, from user1 to user2. */
async function call(): Promise<[user1: RunningCli, user2: RunningCli]> {
  const [user1, user2] = [await join('user1'), await join('user2')]
  user1.type('/connect user2')
  await user2.sees(/^Incoming connection from user1/)
  user2.type('/accept')
  await user1.sees(/^connected to user2$/)
  await user2.sees(/^connection accepted/)
  return [user1, user2]
}

describe('two chats', () => {
  test('play the transcript: list, connect, accept, talk, bye', async () => {
    const [user1, user2] = [await join('user1'), await join('user2')]
    user1.type('/list')
    await user1.sees(/^1: user1 \(you\)$/)
    await user1.sees(/^2: user2$/)
    user1.type('/connect user2')
    await user1.sees(/^connecting to user2\.\.\.$/)
    await user2.sees(
      /^Incoming connection from user1 with appData 'hi there'\. Type \/accept to accept the connection or \/decline to decline it$/,
    )
    user2.type('/accept')
    await user2.sees(/^path: relay1 \((splice|circuit)\)$/)
    await user2.sees(/^connection accepted and chat now in progress\.\.\.$/)
    await user1.sees(/^path: relay1 \((splice|circuit)\)$/)
    await user1.sees(/^connected to user2$/)
    user2.type('Hello!')
    await user1.sees(/^user2: Hello!$/)
    user1.type('Hi!')
    await user2.sees(/^user1: Hi!$/)
    user1.type('/list')
    await user1.sees(/^2: user2 \(busy\)$/)
    user1.type('/bye')
    await user1.sees(/^disconnected from user2$/)
    await user2.sees(/^user1 disconnected$/)
    user1.type('/quit')
    expect(await user1.exited()).toBe(0)
  })

  test('tell a decline with its reason, and who has left from who never was there', async () => {
    const [user1, user2] = [await join('user1'), await join('user2')]
    user1.type('/connect user2')
    await user2.sees(/^Incoming connection/)
    user2.type('/decline in a meeting')
    await user1.sees(/^user2 declined: 'in a meeting'/)
    user2.type('/quit')
    expect(await user2.exited()).toBe(0)
    user1.type('/connect user2')
    await user1.sees(/^user2 is offline, last seen at \d\d:\d\d\./)
    user1.type('/connect nobody')
    await user1.sees(/^nobody called nobody has been seen on chat-p2p\./)
  })

  test('who call each other at the same moment are in one call', async () => {
    const [user1, user2] = [await join('user1'), await join('user2')]
    user1.type('/connect user2')
    user2.type('/connect user1')
    user1.type('from 1')
    user2.type('from 2')
    await Promise.all([user1.sees(/^user2: from 2$/), user2.sees(/^user1: from 1$/)])
  })

  test('a dial that is given up stops ringing', async () => {
    const [user1, user2] = [await join('user1'), await join('user2')]
    user1.type('/connect user2')
    await user2.sees(/^Incoming connection/)
    user1.child.kill('SIGTERM') // a script cannot type while it waits; a signal gives the dial up as /bye would
    await user2.sees(/^user1 gave up calling$/)
    expect(await user1.exited()).toBe(0)
  })
})

describe('a script', () => {
  test('connects, says something, reads the answers and is done', async () => {
    await startEcho()
    const { code, stdout } = await chatP2p(['-i', 'user1'], {
      cwd: folder.dir,
      stdin: '/connect echo\nhello\nhow are you?\n',
    })
    expect(code).toBe(0)
    expect(stdout.slice(stdout.indexOf('connecting'))).toBe(
      'connecting to echo...\nconnected to echo\necho: hello\necho: how are you?\n',
    )
  })

  test('gets what others say alone on stdout, and exit code 1 when not all was done', async () => {
    await startEcho()
    const only = await chatP2p(['-i', 'user1', '--messages-only'], {
      cwd: folder.dir,
      stdin: '/connect echo\n// code\n\n  indented\n',
    })
    expect(only).toMatchObject({ code: 0, stdout: '// code\n\n  indented\n' })
    expect(only.stderr).toContain('connected to echo')
    expect(only.stderr).not.toContain('Commands:')
    const unsaid = await chatP2p(['-i', 'user1'], { cwd: folder.dir, stdin: 'hello\n' })
    expect(unsaid).toMatchObject({ code: 1, stdout: expect.stringContaining("not sent: 'hello'") })
    expect(unsaid.stderr).toMatch(/^chat-p2p: Not all of the input was done: not sent: 'hello'.*\n$/)
    const alone = await chatP2p(['-i', 'user1'], { cwd: folder.dir, stdin: '/connect user2\nhello\n' })
    expect(alone.stderr).toMatch(/^chat-p2p: Not all of the input was done: .*user2.* \(and 1 more\)\n$/)
    expect(alone.code).toBe(1)
    expect((await chatP2p(['-i', 'user1'], { cwd: folder.dir, stdin: '' })).code).toBe(1)
    expect((await chatP2p(['-i', 'user1'], { cwd: folder.dir, stdin: '/list\n' })).code).toBe(0)
  })

  test('whose output nobody reads any more ends in order', async () => {
    const echo = await startEcho()
    const child = spawn(process.execPath, [bin, '-i', 'user1'], { cwd: folder.dir, stdio: ['pipe', 'pipe', 'inherit'] })
    child.stdin.on('error', () => {})
    const exited = new Promise((resolve) => child.once('close', (code) => resolve(code)))
    child.stdin.write('/connect echo\n')
    await echo.sees(/user1 came/)
    child.stdout.destroy()
    child.stdin.write('/list\n/list\n/list\n')
    expect(await exited).toBe(0)
    await echo.sees(/user1 left/)
  })

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 0],
    ['SIGHUP', 0],
  ] as const)('is left in order on %s, with exit code %i', async (signal, code) => {
    const [user1, user2] = await call()
    user1.child.kill(signal)
    expect(await user1.exited()).toBe(code)
    await user2.sees(/^user1 disconnected$/)
  })
})

test.each([
  [[], 2, /needs an identity/],
  [['-i', 'nobody'], 1, /no identity 'nobody'/],
  [['-i', 'relay1'], 1, /relay identity/],
  [['-i', 'user1', '-s', 'nope'], 1, /no service 'nope'/],
  [['-i', 'user1', '--max-terminators', '0'], 2, /--max-terminators/],
])('chat-p2p %j fails in one line, exit code %i', async (args, code, text) => {
  const finished = await chatP2p(args, { cwd: folder.dir })
  expect(finished.code).toBe(code)
  expect(finished.stderr.trimEnd().split('\n')).toHaveLength(1)
  expect(finished.stderr).toMatch(text)
})

describe.skipIf(!hasTmux)('on a real terminal', () => {
  let terminal: TestTerminal
  afterEach(() => {
    terminal.close()
  })
  const open = (command: string, columns: number) => {
    terminal = new TestTerminal(command, { cwd: folder.dir, columns, rows: 60 })
    return terminal
  }

  test('what is being typed is never broken up, and the terminal is given back', async () => {
    const user2 = await join('user2')
    const command = `'${process.execPath}' '${bin}' -i user1; echo "exit $?"; stty -a | grep -o '[-]*icanon'; exec cat`
    open(command, 40)
    await terminal.shows(/^user1 >$/m)
    terminal.text('/con')
    terminal.keys('Tab')
    terminal.text('us')
    terminal.keys('Tab')
    terminal.keys('Enter')
    await user2.sees(/^Incoming connection from user1/)
    user2.type('/accept')
    await terminal.shows(/connected to user2\nuser1 >$/)

    const typed = 'a line that is longer than 40 columns, 日本語 and all'
    terminal.text(typed)
    await terminal.shows(new RegExp(`user1 > ${typed}$`))
    user2.type('Hello!')
    await terminal.shows(new RegExp(`connected to user2\nuser2: Hello!\nuser1 > ${typed}$`))
    terminal.resize(55)
    user2.type('Still typing?')
    await terminal.shows(new RegExp(`user2: Hello!\nuser2: Still typing\\?\nuser1 > ${typed}$`))
    terminal.keys('Enter')
    await user2.sees(new RegExp(`^user1: ${typed}$`))

    terminal.text('half a tho')
    terminal.keys('C-c')
    await terminal.shows(/Ctrl-C again, Ctrl-D or \/quit leaves\nuser1 >$/)
    terminal.keys('C-d')
    await terminal.shows(/exit 0\nicanon$/)
    await user2.sees(/^user1 disconnected$/)
  })

  test('a paste is one message, an unknown command can be mended, and a closed window says nothing', async () => {
    const user2 = await join('user2')
    open(`'${process.execPath}' '${bin}' -i user1`, 80)
    await terminal.shows(/^user1 >$/m)
    terminal.text('/conect user2')
    terminal.keys('Enter')
    await terminal.shows(
      /unknown command \/conect, nothing was sent\. Did you mean \/connect\?.*\nuser1 > \/conect user2$/,
    )
    for (const key of ['C-a', 'Right', 'Right', 'Right']) terminal.keys(key)
    terminal.text('n')
    terminal.keys('Enter')
    await user2.sees(/^Incoming connection from user1/)
    user2.type('/accept')
    await terminal.shows(/connected to user2\nuser1 >$/)

    terminal.paste('function a() {\n    // comment\n\n    /path\n}\n')
    await terminal.shows(
      /\| function a\(\) \{\n\| {5}\/\/ comment\n\|\n\| {5}\/path\npasted: one message of 5 lines\. Enter sends it, Ctrl-C drops it\nuser1 > \}$/,
    )
    terminal.keys('Enter')
    await user2.sees(/^user1: \}$/)
    const code = ['function a() {', '    // comment', '', '    /path', '}']
    expect(user2.lines.slice(-code.length)).toEqual(code.map((line) => `user1: ${line}`))
    terminal.paste('/bye')
    terminal.keys('Enter')
    await user2.sees(/^user1: \/bye$/)

    terminal.text('half a thought')
    await terminal.shows(/user1 > half a thought$/)
    terminal.close()
    await user2.sees(/^user1 (disconnected|broke)/)
    expect(user2.lines.join()).not.toContain('half a thought')
  })

  test('Ctrl-Z stops it together with what started it, as npm and npx do, and after fg the line is still there', async () => {
    const user2 = await join('user2')
    open("PS1='sh> ' bash --noprofile --norc", 80)
    terminal.line(`sh -c "'${process.execPath}' '${bin}' -i user1; exit"`)
    await terminal.shows(/^user1 >$/m)
    terminal.line('/connect user2')
    await user2.sees(/^Incoming connection from user1/)
    user2.type('/accept')
    await terminal.shows(/^connected to user2$/m)
    terminal.text('half a line')
    await terminal.shows(/^user1 > half a line$/m)
    terminal.keys('C-z')
    await terminal.shows(/Stopped/)
    user2.type('are you there?')
    terminal.line('fg')
    await terminal.shows(/^user2: are you there\?\nuser1 > half a line$/m)
    terminal.line(' is whole')
    await user2.sees(/^user1: half a line is whole$/)
    terminal.keys('C-d')
    await user2.sees(/^user1 disconnected$/)
  })

  test('Ctrl-Z where nothing could bring it back changes nothing', async () => {
    const user2 = await join('user2')
    open(`exec '${process.execPath}' '${bin}' -i user1`, 80)
    await terminal.shows(/^user1 >$/m)
    terminal.line('/connect user2')
    await user2.sees(/^Incoming connection from user1/)
    user2.type('/accept')
    await terminal.shows(/^connected to user2\nuser1 >$/m)
    terminal.keys('C-z')
    terminal.text('half a line')
    await terminal.shows(/half a line$/)
    user2.type('are you there?')
    await terminal.shows(/^user2: are you there\?\nuser1 > half a line$/m)
    terminal.line(' is whole')
    await user2.sees(/^user1: half a line is whole$/)
  })
})
