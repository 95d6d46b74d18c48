/** Reads a line that is typed unseen: bytes of a terminal in raw mode come in, what they mean comes out. Pure. */
export class PassphraseLine {
  #typed: string[] = []
  #escape: 'none' | 'begun' | 'sequence' = 'none'

  get text(): string {
    return this.#typed.join('')
  }

  /** Takes what was typed or pasted; returns `more` until Enter or an end is in it, and drops what is behind that. */
  type(text: string): 'more' | 'done' | 'canceled' {
    for (const character of text) {
      if (this.#isEscaped(character)) continue
      if (character === '\r' || character === '\n') return 'done'
      if (character === '\x03') return 'canceled'
      if (character === '\x04') return this.#typed.length === 0 ? 'canceled' : 'done'
      if (character === '\x7f' || character === '\b') this.#typed.pop()
      else if (character === '\x15') this.#typed = []
      else if (character >= ' ') this.#typed.push(character)
    }
    return 'more'
  }

  /** Returns true for arrow keys and the like, which are no part of a passphrase. */
  #isEscaped(character: string): boolean {
    if (this.#escape === 'none') {
      if (character === '\x1b') this.#escape = 'begun'
      return character === '\x1b'
    }
    if (this.#escape === 'begun') this.#escape = character === '[' || character === 'O' ? 'sequence' : 'none'
    else if (character >= '@' && character <= '~') this.#escape = 'none'
    return true
  }
}
