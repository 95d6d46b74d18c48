import { createCipheriv, createHash, type Hash } from 'node:crypto'

/** `FAILOVER`, the first eight bytes of every message: what to look for when messages went missing. */
const magic = Buffer.from('FAILOVER')
const headerBytes = magic.length + 12
const finalFlag = 0x8000_0000
const maxPayloadBytes = 1024 * 1024

/** What one direction of one session has carried. Both ends count; the harness compares. */
export interface Tally {
  messages: number
  bytes: number
  /** SHA-256 over every byte in order. */
  checksum: string
  /** The number of messages the last one announced; undefined until it has been made or seen. */
  announced?: number
}

/** What a receiver found wrong in one direction. */
export interface Faulty {
  lost: number
  duplicated: number
  reordered: number
  corrupted: number
  /** The first few findings, with offsets, for the person who looks into it. */
  notes: string[]
}

/** The bytes of message `sequence`: anyone with the key can make them again, in any order. */
function payloadOf(key: Buffer, sequence: number, length: number): Buffer {
  const iv = Buffer.alloc(16)
  iv.writeUInt32BE(sequence, 0)
  return createCipheriv('aes-128-ctr', key, iv).update(Buffer.alloc(length))
}

const checkSum = (sequence: number, length: number) => (sequence ^ length ^ 0x5ea1_5ea1) >>> 0

/** Key of one direction of one session in one run. */
export function directionKey(seed: number, session: string, from: 'dialer' | 'host'): Buffer {
  return createHash('sha256').update(`${seed}/${session}/${from}`).digest().subarray(0, 16)
}

/** Makes the numbered messages of one direction. */
export class MessageSource {
  readonly #key: Buffer

  #messages = 0
  #bytes = 0
  #announced: number | undefined
  readonly #hash: Hash = createHash('sha256')

  constructor(key: Buffer) {
    this.#key = key
  }

  next(payloadBytes: number): Buffer {
    return this.#make(this.#messages++, payloadBytes, 0)
  }

  /** The last message; it says how many came before it. */
  last(): Buffer {
    this.#announced = this.#messages
    return this.#make(this.#messages++, 0, finalFlag)
  }

  tally(): Tally {
    const messages = this.#messages,
      bytes = this.#bytes,
      announced = this.#announced
    return { messages, bytes, checksum: this.#hash.copy().digest('hex'), announced }
  }

  #make(sequence: number, length: number, flag: number): Buffer {
    const header = Buffer.alloc(headerBytes)
    magic.copy(header)
    header.writeUInt32BE(sequence, magic.length)
    header.writeUInt32BE((length | flag) >>> 0, magic.length + 4)
    header.writeUInt32BE(checkSum(sequence, length), magic.length + 8)
    const message = Buffer.concat([header, payloadOf(this.#key, sequence, length)])
    this.#bytes += message.length
    this.#hash.update(message)
    return message
  }
}

/**
 * Reads what a {@link MessageSource} with the same key has made, cut into chunks anyhow. After damage it looks for the next
 * message, so that one loss is not counted as everything lost.
 */
export class MessageCheck {
  readonly #key: Buffer

  #rest: Buffer = Buffer.alloc(0)
  /** Where in `rest` the next message begins. */
  #at = 0
  /** In the middle of bytes that are no message; they count once. */
  #skipping = false
  #expected = 0
  #messages = 0
  #bytes = 0
  #announced: number | undefined
  readonly #seen = new Set<number>()
  readonly #hash: Hash = createHash('sha256')
  readonly #wrong: Faulty = { lost: 0, duplicated: 0, reordered: 0, corrupted: 0, notes: [] }

  constructor(key: Buffer) {
    this.#key = key
  }

  /** Takes the next bytes; gives the number of messages they completed. */
  push(chunk: Uint8Array): number {
    this.#bytes += chunk.byteLength
    this.#hash.update(chunk)
    this.#rest = this.#rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#rest, chunk])
    const before = this.#messages
    this.#at = 0
    while (this.#take()) {}
    this.#rest = this.#rest.subarray(this.#at)
    return this.#messages - before
  }

  /** Call it at the end of the stream: what is missing then is lost. */
  end(): void {
    if (this.#rest.length > 0) this.#note('corrupted', `${this.#rest.length} bytes of an unfinished message at the end`)
    if (this.#announced === undefined) this.#note('lost', 'the stream ended without its last message')
  }

  tally(): Tally {
    const messages = this.#messages,
      bytes = this.#bytes,
      announced = this.#announced
    return { messages, bytes, checksum: this.#hash.copy().digest('hex'), announced }
  }

  faulty(): Faulty {
    return { ...this.#wrong, notes: [...this.#wrong.notes] }
  }

  /** Steps over one message, or over what is none. False when more bytes are needed. */
  #take(): boolean {
    const rest = this.#rest,
      at = this.#at
    if (rest.length - at < headerBytes) return false
    const sequence = rest.readUInt32BE(at + magic.length)
    const lengthAndFlag = rest.readUInt32BE(at + magic.length + 4)
    const length = lengthAndFlag & ~finalFlag
    const sum = rest.readUInt32BE(at + magic.length + 8)
    const isHeader =
      rest.compare(magic, 0, magic.length, at, at + magic.length) === 0 &&
      length <= maxPayloadBytes &&
      sum === checkSum(sequence, length)
    if (!isHeader) return this.#lookForNext(at + 1)
    const end = at + headerBytes + length
    if (rest.length < end) return false
    if (!rest.subarray(at + headerBytes, end).equals(payloadOf(this.#key, sequence, length))) {
      this.#note('corrupted', `message ${sequence}: its payload differs`)
      return this.#lookForNext(at + 1)
    }
    this.#count(sequence)
    if (lengthAndFlag & finalFlag) this.#announced = sequence
    this.#at = end
    return true
  }

  #count(sequence: number): void {
    this.#messages++
    if (sequence === this.#expected) this.#expected++
    else if (sequence > this.#expected) {
      this.#note('lost', `message ${sequence} came where ${this.#expected} was due`, sequence - this.#expected)
      for (let missing = this.#expected; missing < sequence; missing++) this.#seen.add(missing)
      this.#expected = sequence + 1
    } else if (this.#seen.delete(sequence)) {
      this.#wrong.lost--
      this.#note('reordered', `message ${sequence} came after ${this.#expected - 1}`)
    } else {
      this.#note('duplicated', `message ${sequence} came again after ${this.#expected - 1}`)
    }
  }

  #lookForNext(from: number): boolean {
    const found = this.#rest.indexOf(magic, from)
    // Without a mark in sight the last few bytes are kept: they may be the first half of one.
    const to = found === -1 ? Math.max(from, this.#rest.length - magic.length + 1) : found
    const skipped = to - this.#at
    if (skipped > 0 && !this.#skipping)
      this.#note('corrupted', `no message before byte ${this.#bytes - this.#rest.length + to}`)
    this.#skipping = found === -1
    this.#at = to
    return found !== -1
  }

  #note(kind: 'lost' | 'duplicated' | 'reordered' | 'corrupted', text: string, count = 1): void {
    this.#wrong[kind] += count
    if (this.#wrong.notes.length < 10) this.#wrong.notes.push(`${kind}: ${text}`)
  }
}
