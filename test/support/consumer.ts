import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '../..')

export interface Outcome {
  code: number
  stdout: string
  stderr: string
}

/**
 * A project of somebody who has installed this package, in a folder of its own. It has the package's declarations and nothing that
 * they could lean on but Node's types; for running, the package with its dependencies.
 */
export class Consumer {
  readonly dir = mkdtempSync(path.join(tmpdir(), 'chat-p2p-consumer-'))
  readonly #types = path.join(this.dir, 'types')
  readonly #run = path.join(this.dir, 'run')

  /** Compiles the sources as they are, so that it does not matter when `dist` was built. */
  static async create(): Promise<Consumer> {
    const consumer = new Consumer()
    const built = path.join(consumer.dir, 'dist')
    const { code, stdout } = await tsc(
      [
        '-p',
        path.join(root, 'tsconfig.build.json'),
        '--outDir',
        built,
        '--sourceMap',
        'false',
        '--inlineSources',
        'false',
      ],
      root,
    )
    if (code !== 0) throw new Error(stdout)
    consumer.#install(built)
    return consumer
  }

  #install(built: string): void {
    for (const place of [this.#types, this.#run]) {
      const installed = path.join(place, 'node_modules/chat-p2p')
      mkdirSync(installed, { recursive: true })
      cpSync(path.join(root, 'package.json'), path.join(installed, 'package.json'))
      cpSync(built, path.join(installed, 'dist'), {
        recursive: true,
        // Whoever checks types sees declarations alone.
        filter: (file) => place === this.#run || !file.endsWith('.js'),
      })
      writeFileSync(path.join(place, 'package.json'), '{ "type": "module" }')
    }
    mkdirSync(path.join(this.#types, 'node_modules/@types'))
    symlinkSync(path.join(root, 'node_modules/@types/node'), path.join(this.#types, 'node_modules/@types/node'))
    symlinkSync(path.join(root, 'node_modules'), path.join(this.#run, 'node_modules/chat-p2p/node_modules'))
  }

  /** Entries of the package that have types: `chat-p2p`, `chat-p2p/relay`, … */
  get entries(): string[] {
    const { exports } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
      exports: Record<string, string | { types: string }>
    }
    return Object.keys(exports)
      .filter((name) => typeof exports[name] === 'object')
      .map((name) => path.posix.join('chat-p2p', name))
  }

  /** Type-checks programs, by file name, as strictly as can be and without `skipLibCheck`; returns what the compiler says. */
  async check(programs: Record<string, string>): Promise<string> {
    for (const [name, text] of Object.entries(programs)) writeFileSync(path.join(this.#types, name), text)
    const compilerOptions = {
      target: 'ES2023',
      lib: ['ES2023', 'ESNext.Disposable'],
      module: 'NodeNext',
      types: ['node'],
      strict: true,
      skipLibCheck: false,
      exactOptionalPropertyTypes: true,
      outDir: this.#run,
    }
    writeFileSync(
      path.join(this.#types, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: Object.keys(programs) }),
    )
    const { code, stdout } = await tsc(['-p', 'tsconfig.json'], this.#types)
    return code === 0 ? '' : stdout
  }

  /** Runs a program that was checked before, in the folder that it is in. */
  run(program: string, args: string[] = [], { env = {} }: { env?: NodeJS.ProcessEnv } = {}): Promise<Outcome> {
    return execute(process.execPath, [this.compiled(program), ...args], this.#run, env)
  }

  /** What Node runs for a program that was checked before. */
  compiled(program: string): string {
    return path.join(this.#run, program.replace(/ts$/, 'js'))
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true })
  }
}

const tsc = (args: string[], cwd: string) =>
  execute(process.execPath, [path.join(root, 'node_modules/typescript/bin/tsc'), ...args], cwd)

function execute(file: string, args: string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(file, args, { cwd, timeout: 120_000, env: { ...process.env, ...env } }, (error, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
      resolve({ code: status, stdout, stderr })
    })
  })
}
