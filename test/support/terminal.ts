import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** Whether there is a terminal for tests; without one they skip, and this has said so. */
export const hasTmux = spawnSync('tmux', ['-V']).status === 0
if (!hasTmux) console.warn('SKIPPED: nothing is tested on a real terminal, as there is no tmux')

/** A real terminal, in a tmux of its own, in which a shell runs one command. */
export class TestTerminal {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'chat-p2p-tmux-'))

  /** `within` is a command in front of tmux's, which puts it elsewhere, as into a network namespace. */
  constructor(command: string, options: { cwd: string; columns: number; rows: number; within?: string[] }) {
    const { cwd, columns, rows, within = [] } = options
    const start = ['new-session', '-d', '-x', `${columns}`, '-y', `${rows}`, '-c', cwd, command]
    const [program, ...args] = [...within, 'tmux', '-S', path.join(this.#folder, 'socket'), '-f', '/dev/null', ...start]
    execFileSync(program!, args)
  }

  /** Presses keys, by tmux's names for them. */
  keys(...keys: string[]): void {
    this.#tmux('send-keys', ...keys)
  }

  /** Types text, without Enter. */
  text(text: string): void {
    this.#tmux('send-keys', '-l', text)
  }

  /** Types text and Enter. */
  line(text: string): void {
    this.text(text)
    this.keys('Enter')
  }

  paste(text: string): void {
    this.#tmux('set-buffer', text)
    this.#tmux('paste-buffer', '-p')
  }

  resize(columns: number): void {
    this.#tmux('resize-window', '-x', `${columns}`)
  }

  /** Waits for what is on the screen; resolves with all of it, long rows put together again. */
  async shows(pattern: RegExp): Promise<string> {
    for (let tries = 0; tries < 600; tries++) {
      const screen = this.screen()
      if (pattern.test(screen)) return screen
      await new Promise((resolve) => setTimeout(resolve, 50)) // tmux has no event for this
    }
    throw new Error(`no ${pattern} on\n${this.screen()}`)
  }

  screen(): string {
    return this.#tmux('capture-pane', '-p', '-J', '-S', '-200').replace(/ +$/gm, '').trimEnd()
  }

  /** Closes the window, as a person may at any time; may be called again. */
  close(): void {
    spawnSync('tmux', ['-S', path.join(this.#folder, 'socket'), 'kill-server'])
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #tmux(...args: string[]): string {
    return execFileSync('tmux', ['-S', path.join(this.#folder, 'socket'), '-f', '/dev/null', ...args], {
      encoding: 'utf8',
    })
  }
}
