import { vi } from 'vitest'
import { run } from '../../../src/cli/program.js'
import type { Finished } from '../../support/cli.js'

/**
 * Runs one command line in this process, in the folder `cwd`: the same as a real run but for the start of a process, which
 * takes longer than most commands. Tests in test/e2e run the built program.
 */
export async function cli(args: readonly string[], cwd: string): Promise<Finished> {
  const here = process.cwd()
  const written = { stdout: '', stderr: '' }
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((text, ...rest: unknown[]) => {
      written[stream] += text
      const done = rest.at(-1)
      if (typeof done === 'function') done()
      return true
    }),
  )
  // vitest has a console of its own, which does not write to stdout.
  const line = (stream: 'stdout' | 'stderr') => (text: unknown) => {
    written[stream] += `${text}\n`
  }
  const consoles = [
    vi.spyOn(console, 'log').mockImplementation(line('stdout')),
    vi.spyOn(console, 'error').mockImplementation(line('stderr')),
  ]
  const environment = { ...process.env }
  process.chdir(cwd)
  try {
    return { code: await run(args), ...written }
  } finally {
    process.chdir(here)
    // Some flags stand in the environment for what is below the command line; the next command has its own.
    for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name]
    Object.assign(process.env, environment)
    for (const spy of [...spies, ...consoles]) spy.mockRestore()
  }
}
