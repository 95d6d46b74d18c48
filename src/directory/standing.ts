import { XorDigest } from './xor-digest.js'

/** Names a binding that stands on a link. */
export const bindingName = ({ service, instanceId }: { service: string; instanceId: string }): string =>
  `b\0${service}\0${instanceId}`

/** Names a watch that stands on a link. */
export const watchName = (service: string): string => `w\0${service}`

/** Returns what a name stands for; the reverse of {@link bindingName} and {@link watchName}. */
export function parseStandingName(name: string): { service: string; instanceId?: string } {
  const [, service, instanceId] = name.split('\0') as [string, string, string?]
  return instanceId === undefined ? { service } : { service, instanceId }
}

/** One thing that a node asked for, or that stands. */
interface Asked {
  /** Requests under way. */
  waiting: number
  stands: boolean
}

/**
 * A node's side of what stands on its link to a relay: bindings and watches. What was asked for and not answered yet counts,
 * for the relay reads in order: whatever it reads afterwards it compares with the same. Pure.
 */
export class Standing {
  readonly #digest = new XorDigest()
  readonly #names = new Map<string, Asked>()
  #bindings = 0

  /** How many of them are bindings. */
  get bindings(): number {
    return this.#bindings
  }

  /** Of all names; the relay keeps the same. */
  get digest(): Uint8Array<ArrayBuffer> {
    return this.#digest.bytes
  }

  /** Call it when a request goes out, and the function it gives with the answer: whether the relay said yes. */
  ask(name: string): (isYes: boolean) => void {
    let asked = this.#names.get(name)
    if (asked === undefined) {
      asked = { waiting: 0, stands: false }
      this.#names.set(name, asked)
      this.#toggle(name, 1)
    }
    asked.waiting++
    return (isYes) => {
      if (this.#names.get(name) !== asked) return // taken back meanwhile
      asked.waiting--
      asked.stands ||= isYes
      if (!asked.stands && asked.waiting === 0) this.remove(name)
    }
  }

  /** It was taken back, by this side or by the other. */
  remove(name: string): void {
    if (this.#names.delete(name)) this.#toggle(name, -1)
  }

  /** Holds it against what stands at the relay: what is missing there, and what is too much. */
  compare(told: ReadonlySet<string>): { missing: string[]; extra: string[] } {
    const missing: string[] = []
    for (const [name, { stands, waiting }] of this.#names) {
      if (stands && waiting === 0 && !told.has(name)) missing.push(name)
    }
    return { missing, extra: [...told].filter((name) => !this.#names.has(name)) }
  }

  #toggle(name: string, count: number): void {
    this.#digest.toggle(name)
    if (name.startsWith('b')) this.#bindings += count
  }
}
