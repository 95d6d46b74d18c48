import { type Dice, Drawn, without } from './draw.js'

/** Bytes that grow at their end. */
class Out {
  #bytes = new Uint8Array(1024)
  length = 0

  byte(value: number): void {
    this.#room(1)
    this.#bytes[this.length++] = value
  }

  varint(value: number): void {
    let rest = value
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.byte((rest % 128) | 0x80)
    this.byte(rest)
  }

  /** Puts a length before what was written since `from`; now and then a wrong one. */
  frame(dice: Dice, from: number): void {
    const size = this.length - from
    const said = dice.once(15) ? numberOf(dice) : size
    const end = this.length
    this.varint(said)
    const prefix = this.#bytes.slice(end, this.length)
    this.#bytes.copyWithin(from + prefix.length, from, end)
    this.#bytes.set(prefix, from)
  }

  taken(): Uint8Array {
    return this.#bytes.slice(0, this.length)
  }

  #room(count: number): void {
    if (this.length + count <= this.#bytes.length) return
    const bytes = new Uint8Array(2 * this.#bytes.length)
    bytes.set(this.#bytes)
    this.#bytes = bytes
  }
}

function numberOf(dice: Dice): number {
  if (dice.once(3)) return dice.below(200)
  if (dice.once(2)) return dice.below(0x7fff_ffff)
  return dice.below(2 ** 21) * 2 ** 32 + dice.below(2 ** 32)
}

function random(dice: Dice, out: Out): void {
  for (let left = dice.below(65); left > 0; left--) out.byte(dice.below(256))
}

/** UTF-8, most of it plain, of every length that a character can have. */
const characters = [...'aZ09./@-_ \n\r\t\0\x1b\x7f\x9béß\u200b\u202e\u2028\ufeff\ufffd€語😀🏴‍☠️'].map((each) =>
  Buffer.from(each),
)
function text(dice: Dice, out: Out): void {
  for (let left = dice.below(25); left > 0; left--) {
    if (dice.once(2)) out.byte(0x20 + dice.below(0x5f))
    else for (const byte of dice.of(characters)) out.byte(byte)
  }
}

/** Fields of protobuf messages, nested, in any order, of any type, with numbers as ours have them. */
function message(dice: Dice, out: Out, depth = 0): void {
  for (let left = dice.below(depth === 0 ? 9 : 4); left > 0; left--) {
    const number = dice.once(20) ? 24 + dice.below(16) : 1 + dice.below(24)
    const kind = dice.below(depth < 3 ? 4 : 3)
    out.varint((number << 3) | (kind === 0 ? 0 : 2))
    if (kind === 0) {
      out.varint(numberOf(dice))
      continue
    }
    const from = out.length
    if (kind === 1) text(dice, out)
    else if (kind === 2) random(dice, out)
    else message(dice, out, depth + 1)
    out.frame(dice, from)
  }
}

function framed(dice: Dice, out: Out, body: (dice: Dice, out: Out) => void): void {
  const from = out.length
  body(dice, out)
  out.frame(dice, from)
}

const shapes: ReadonlyArray<(dice: Dice, out: Out) => void> = [
  message,
  (dice, out) => framed(dice, out, message),
  random,
  (dice, out) => {
    for (let left = dice.below(7); left > 0; left--) framed(dice, out, random)
  },
]

/** Flips, cuts, repeats and inserts in what would have been well formed. */
function mutate(dice: Dice, bytes: Uint8Array): Uint8Array {
  const at = bytes.length === 0 ? 0 : dice.below(bytes.length)
  switch (dice.below(5)) {
    case 0:
      if (bytes.length > 0) bytes[at] = dice.below(256)
      return bytes
    case 1:
      return bytes.slice(0, at)
    case 2:
      return joined(bytes, bytes.subarray(at))
    case 3:
      return joined(bytes.subarray(0, at), [dice.below(256)], bytes.subarray(at))
    default:
      return bytes
  }
}

function joined(...parts: ArrayLike<number>[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

function drawBytes(dice: Dice): Uint8Array {
  const out = new Out()
  dice.of(shapes)(dice, out)
  return mutate(dice, out.taken())
}

const smallerBytes = (bytes: Uint8Array) =>
  without(bytes.length, (from, to) => joined(bytes.subarray(0, from), bytes.subarray(to)))

/** Bytes as a hostile peer would send them to a decoder. */
export const hostileBytes = new Drawn(drawBytes, smallerBytes)

/** Bytes, and where they are cut into the pieces that arrive. */
export const hostilePieces = new Drawn<Uint8Array[]>(
  (dice) => {
    const bytes = drawBytes(dice)
    const pieces: Uint8Array[] = []
    let from = 0
    for (let left = dice.below(13); left > 0 && from < bytes.length; left--) {
      const size = dice.below(17)
      pieces.push(bytes.subarray(from, from + size))
      from += size
    }
    return [...pieces, bytes.subarray(from)]
  },
  function* (pieces) {
    yield* without(pieces.length, (from, to) => [...pieces.slice(0, from), ...pieces.slice(to)])
    for (const [index, piece] of pieces.entries()) {
      for (const smaller of smallerBytes(piece)) yield pieces.with(index, smaller)
    }
  },
)

const typed = [...'/@:.,-_ \t\n\r\\[]{}"0123456789abcipdnstu']
const strange = [
  ...[
    '\0',
    '\x1b',
    '\x7f',
    '\x9b',
    '\u00ad',
    '\u200b',
    '\u202e',
    '\u2028',
    '\u2066',
    '\ufeff',
    '\ufffd',
    '\ud800',
    '\udfff',
  ],
  ...['é', 'ß', 'İ', '€', '語', '😀', '\u0301', '\ufb01', '\u{e0041}', '\u{10ffff}'],
]

/** JSON, some of it cut or with something in the middle. */
function json(dice: Dice, depth = 0): string {
  switch (dice.below(depth < 3 ? 7 : 5)) {
    case 0:
      return dice.of(['null', 'true', 'false'])
    case 1:
      return String(dice.of([0, -1, 1.5, 1e308, numberOf(dice)]))
    case 5:
      return `[${Array.from({ length: dice.below(4) }, () => json(dice, depth + 1)).join()}]`
    case 6:
      return `{${Array.from({ length: dice.below(5) }, () => `${JSON.stringify(dice.of(keys))}:${json(dice, depth + 1)}`).join()}}`
    default:
      return JSON.stringify(characterText(dice, 20))
  }
}
const keys = [
  'name',
  'kind',
  'version',
  'privateKey',
  'certificate',
  'network',
  'peerId',
  '__proto__',
  'constructor',
  '',
]

function characterText(dice: Dice, most: number): string {
  let made = ''
  for (let left = dice.below(most); left > 0; left--) {
    const kind = dice.below(4)
    if (kind < 2) made += dice.of(typed)
    else if (kind === 2) made += dice.of(strange)
    else made += String.fromCharCode(dice.below(0x1_0000))
  }
  return made
}

/** Text as somebody would type or paste it, or a file could hold it. */
export const hostileText = new Drawn(
  (dice) => {
    if (dice.once(3)) {
      const whole = json(dice)
      return dice.once(3) ? whole.slice(0, dice.below(whole.length + 1)) : whole
    }
    if (dice.once(2)) return characterText(dice, 60)
    let made = ''
    for (let left = dice.below(41); left > 0; left--) made += dice.of(typed)
    return made
  },
  (text) => without(text.length, (from, to) => text.slice(0, from) + text.slice(to)),
)
