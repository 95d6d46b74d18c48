import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { OverlayError } from '../core/errors.js'
import { untilAborted, whenAborted } from '../core/waiting.js'
import { type ChildNode, startChild } from './children.js'
import { setupNetwork } from './setup.js'

const bin = fileURLToPath(new URL('./bin.js', import.meta.url))
const stepTimeoutMs = 30_000

/** Plays the demo and prints its transcript. Rejects with the first step that went wrong. */
export async function runDemo(): Promise<void> {
  const dir = await mkdtemp(path.join(tmpdir(), 'chat-p2p-demo-'))
  const relays: ChildNode[] = []
  const people: Person[] = []
  try {
    const ports = await freePorts(3)
    await setupNetwork({ dir, users: ['user1', 'user2'], relayPorts: ports })
    say('a network of three relays and two users, in a temporary folder')
    for (const name of ['relay1', 'relay2', 'relay3']) {
      relays.push(await startChild(name, ['relay', '-i', name], { cwd: dir, logFile: path.join(dir, `${name}.log`) }))
      say(`${name} is up (process ${relays.at(-1)?.process.pid})`)
    }
    const join = async (name: string) => {
      const person = new Person(name, dir)
      people.push(person)
      await person.sees(/registering to service/)
      return person
    }
    const [user1, user2] = [await join('user1'), await join('user2')]
    await listsBoth(user1)

    user1.types('/connect user2')
    await user2.sees(/^Incoming connection from user1 with appData 'hi there'/)
    user2.types('/decline in a meeting')
    await user1.sees(/declined.*in a meeting/)

    user1.types('/connect user2 now then?')
    await user2.sees(/^Incoming connection from user1 with appData 'now then\?'/)
    user2.types('/accept')
    await user1.sees(/^connected to user2/)
    await converse(user1, user2, ['Hello!', 'How are you?'], ['Hi!', 'Fine, thanks.'])

    const carrier = await carrierOf(user1)
    const killed = relays.find((relay) => relay.name === carrier)
    if (killed === undefined)
      throw new OverlayError('internal', `The call is carried by '${carrier}', which is no relay.`)
    killed.process.kill('SIGKILL')
    say(`${killed.name}, which carried the call, was killed (SIGKILL)`)
    await converse(user1, user2, ['Still there?'], ['Still here.'])
    const silentMs = await silenceOf(user1, killed.name)
    user1.types('/bye')
    await user2.sees(/user1/)

    user2.types('/connect user1 and back')
    await user1.sees(/^Incoming connection from user2 with appData 'and back'/)
    user1.types('/accept')
    await user2.sees(/^connected to user1/)
    await converse(user2, user1, ['A new call, with one relay less.'], ['Good.'])

    for (const person of people) await person.quits()
    say(`done: ${killed.name} was killed; nothing arrived for ${silentMs} ms; nothing was lost`)
  } finally {
    for (const person of people) person.kill()
    await Promise.all(relays.map((relay) => relay.stop()))
    await rm(dir, { recursive: true, force: true })
  }
}

/** Waits until both are listed: a relay may have taken one of them a moment before the other. */
async function listsBoth(person: Person): Promise<void> {
  for (let tries = 0; tries < 40; tries++) {
    person.types('/list')
    await person.sees(/^1: /)
    if ((await person.seesWithin(/^2: /, 500)) !== undefined) return
  }
  throw new OverlayError('timed_out', `${person.name} does not see both users in /list.`)
}

/** Resolves with the relay that carries the call, once a second one stands by; that takes a moment after a call has begun. */
async function carrierOf(person: Person): Promise<string | undefined> {
  for (let tries = 0; tries < 40; tries++) {
    person.types('/status')
    const active = await person.sees(/^path: .*\bactive\)/)
    if ((await person.seesWithin(/^path: .*\bstandby\)/, 500)) !== undefined) return /^path: (\S+)/.exec(active)?.[1]
  }
  throw new OverlayError('timed_out', `The call of ${person.name} has no second path.`)
}

/** Resolves with how long nothing arrived when the call left the relay that carried it, in the words of the chat itself. */
async function silenceOf(person: Person, relay: string): Promise<number> {
  const changed = new RegExp(`^path changed: ${relay} → .+ in (\\d+) ms`)
  const line = person.lines.find((each) => changed.test(each)) ?? (await person.sees(changed))
  return Number(changed.exec(line)?.[1])
}

async function converse(one: Person, other: Person, lines: string[], answers: string[]): Promise<void> {
  for (let index = 0; index < lines.length; index++) {
    one.types(lines[index]!)
    await other.sees(new RegExp(`^${one.name}: ${escapePattern(lines[index]!)}$`))
    other.types(answers[index]!)
    await one.sees(new RegExp(`^${other.name}: ${escapePattern(answers[index]!)}$`))
  }
}

const escapePattern = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

function say(text: string): void {
  console.log(`-- ${text}`)
}

/** A chat process whose keyboard is ours and whose lines are printed as they come. */
class Person {
  readonly #child: ChildProcess
  readonly #unseen: string[] = []
  /** Holds all that came so far. */
  readonly lines: string[] = []
  #wake: () => void = () => {}
  readonly #over: Promise<number>
  #ended = false
  #quit = false

  constructor(
    readonly name: string,
    cwd: string,
  ) {
    this.#child = spawn(process.execPath, [bin, '-i', name, '-v', '--relay-only'], {
      cwd,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) {
      createInterface({ input: stream }).on('line', (line) => {
        if (line.trim() === '' || this.#quit) return
        console.log(`${this.name} | ${line}`)
        this.#unseen.push(line)
        this.lines.push(line)
        this.#wake()
      })
    }
    this.#child.stdin?.on('error', () => {}) // said by the exit code
    this.#over = new Promise((resolve) => this.#child.once('close', (code) => resolve(code ?? 1)))
    void this.#over.then(() => {
      this.#ended = true
      this.#wake()
    })
  }

  types(line: string): void {
    console.log(`${this.name} > ${line}`)
    this.#child.stdin?.write(`${line}\n`)
  }

  /** Waits for a line that matches and returns it; lines before it count as seen. */
  async sees(pattern: RegExp): Promise<string> {
    const line = await this.seesWithin(pattern, stepTimeoutMs)
    if (line !== undefined) return line
    throw new OverlayError('timed_out', `${this.name} did not see ${pattern} within ${stepTimeoutMs / 1000} s.`)
  }

  /** Waits for a line that matches, for at most `ms`; resolves with undefined when none comes in time. */
  async seesWithin(pattern: RegExp, ms: number): Promise<string | undefined> {
    const over = AbortSignal.timeout(ms)
    for (;;) {
      for (let line = this.#unseen.shift(); line !== undefined; line = this.#unseen.shift()) {
        if (pattern.test(line)) return line
      }
      if (over.aborted) return undefined
      if (this.#ended) throw new OverlayError('closed', `The chat of ${this.name} ended early.`)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
        whenAborted(over, resolve)
      })
    }
  }

  /** Leaves the chat. What the program still says is about calls that were declined, which is what the demo wanted. */
  async quits(): Promise<void> {
    this.types('/quit')
    this.#quit = true
    await this.#exited()
  }

  async #exited(): Promise<void> {
    const code = await Promise.race([this.#over, untilAborted(AbortSignal.timeout(stepTimeoutMs)).then(() => 'none')])
    if (code !== 0 && code !== 1)
      throw new OverlayError('internal', `The chat of ${this.name} ended with exit code ${code}.`)
  }

  kill(): void {
    if (!this.#ended) this.#child.kill('SIGKILL')
  }
}

/** Resolves with ports that nobody listens on now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer()
      await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
      return server
    }),
  )
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}
