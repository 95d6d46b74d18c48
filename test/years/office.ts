import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { run } from '../../src/cli/program.js'
import { inspectIdentity, loadIdentity } from '../../src/identity/identity-file.js'
import { Renewals as WireRenewals } from '../../src/wire/messages/directory.js'
import type { SimNode, SimRelay } from './node.js'

export interface Said {
  code: number
  stdout: string
  stderr: string
}

/**
 * Where the authority is: the real commands, in a folder of its own, by the world's date. They run `--offline`; what they would hand to
 * the relays, and ask of them, is carried by hand, as `network push` does.
 */
export class Office {
  /** Whom the relays would tell of. */
  members: () => readonly SimNode[] = () => []
  readonly #nowMs: () => number

  constructor(
    readonly dir: string,
    nowMs: () => number,
  ) {
    this.#nowMs = nowMs
    mkdirSync(dir, { recursive: true })
  }

  at(file: string): string {
    return path.join(this.dir, file)
  }

  get authorityFile(): string {
    return this.at('identities/authority.json')
  }

  /** Runs one command line here. */
  async type(...args: string[]): Promise<Said> {
    const said = { stdout: '', stderr: '' }
    const takeAway = this.#layOut()
    const real = { now: Date.now, stdout: process.stdout.write, stderr: process.stderr.write }
    const take = (stream: 'stdout' | 'stderr') =>
      ((text: string, done?: () => void) => {
        said[stream] += text
        done?.()
        return true
      }) as typeof process.stdout.write
    Date.now = this.#nowMs
    process.stdout.write = take('stdout')
    process.stderr.write = take('stderr')
    try {
      return { code: await run([...args, '--dir', this.dir]), ...said }
    } finally {
      Date.now = real.now
      process.stdout.write = real.stdout
      process.stderr.write = real.stderr
      takeAway()
    }
  }

  /** The same, for what has to work. */
  async do(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.type(...args)
    if (code !== 0) throw new Error(`${args.join(' ')}: ${stderr}`)
    return stdout.trim()
  }

  /** Goes to a relay with what was signed, as `network push` does. */
  async push(relays: readonly SimRelay[]): Promise<void> {
    const [relay] = relays
    if (relay === undefined) return
    const file = this.at('identities/.state/renewals')
    if (existsSync(file)) await relay.takeRenewals(WireRenewals.decode(readFileSync(file)).certificates)
    const { network } = await inspectIdentity(this.authorityFile)
    await relay.trust.adopt(network!.envelope)
  }

  /** Lays what members have beside the authority's file, in the place of what relays would answer; gives what takes it away again. */
  #layOut(): () => void {
    const laid: string[] = []
    for (const { name, file } of this.members()) {
      for (const each of [`${name}.json`, `.state/${name}.network`]) {
        const from = path.join(path.dirname(file), each)
        const to = this.at(`identities/${each}`)
        if (!existsSync(from) || existsSync(to)) continue
        mkdirSync(path.dirname(to), { recursive: true })
        copyFileSync(from, to)
        laid.push(to)
      }
    }
    return () => {
      for (const file of laid) rmSync(file, { force: true })
    }
  }

  /** Makes the file of an identity here, and moves it to its machine. */
  async make(name: string, file: string, ...flags: string[]): Promise<void> {
    await this.do('identity', 'create', name, '--offline', ...flags)
    this.move(name, file)
  }

  move(name: string, file: string): void {
    mkdirSync(path.dirname(file), { recursive: true })
    copyFileSync(this.at(`identities/${name}.json`), file)
    rmSync(this.at(`identities/${name}.json`))
  }

  async authority() {
    return loadIdentity(this.authorityFile)
  }
}
