import { createHash } from 'node:crypto'
import { equalBytes } from '../core/bytes.js'
import { maxListLimit } from '../core/limits.js'
import { type ListResponse, RowPage } from '../wire/messages/directory.js'
import { decodeRowPage, encodeRowPage, rowCountOf } from '../wire/row-page.js'
import type { Row } from './row.js'
import { decodeRow, encodeRow } from './row-codec.js'

/**
 * Rows, and the bytes as which they travel: either is made of the other when somebody asks for it, once. A relay that passes
 * a page on asks for the bytes only.
 */
export class ListedRows {
  #known: Known

  // biome-ignore lint/style/useConsistentMemberAccessibility: made by its own static function only
  private constructor(
    known: Known,
    readonly size: number,
  ) {
    this.#known = known
  }

  static of(rows: readonly Row[]): ListedRows {
    return new ListedRows({ rows }, rows.length)
  }

  /** Throws `protocol_error` when there are more rows than a page may have; whether they can be read, `rows` finds out. */
  static received(encoded: RowPage): ListedRows {
    return new ListedRows({ encoded }, rowCountOf(encoded, maxListLimit))
  }

  /** Not to be changed. Throws `protocol_error` when what was received cannot be read. */
  get rows(): readonly Row[] {
    this.#known.rows ??= decodeRowPage(this.#known.encoded!, maxListLimit).map(decodeRow)
    return this.#known.rows
  }

  get encoded(): RowPage {
    this.#known.encoded ??= encodeRowPage(this.#known.rows!.map(encodeRow))
    return this.#known.encoded
  }

  /** sha256 of the page as it travels. Only of what this version knows: a later one may send more beside it. */
  get digest(): Uint8Array<ArrayBuffer> {
    this.#known.digest ??= digestOf(this.encoded)
    return this.#known.digest
  }
}

const digestOf = ({ names, figures, states, hosts }: RowPage) =>
  new Uint8Array(createHash('sha256').update(RowPage.encode({ names, figures, states, hosts })).digest())

interface Known {
  rows?: readonly Row[]
  encoded?: RowPage
  digest?: Uint8Array<ArrayBuffer>
}

/** One page of a list, as `ListResponse`. */
export interface ListAnswer {
  status: number
  page: ListedRows
  /** Empty on the last page. */
  cursor: string
  /** Others may know more. */
  partial: boolean
}

/** A page in few bytes: relays that know the same say the same. */
export interface PageDigest {
  digest: Uint8Array<ArrayBuffer>
  cursor: string
  partial: boolean
}

const none = ListedRows.of([])

export function encodeList({ page, ...rest }: ListAnswer): ListResponse {
  return { ...rest, page: page.encoded }
}

/** The same answer without its rows. */
export function encodeDigest({ page, ...rest }: ListAnswer): ListResponse {
  return { ...rest, digest: page.digest }
}

/** Throws `protocol_error`. A relay of before pages had digests sends the page. */
export function decodeDigest(answer: ListResponse): PageDigest {
  const { digest = decodeList(answer).page.digest, cursor, partial } = answer
  return { digest, cursor, partial }
}

/** Reads an answer; one that has the digest of `known` in place of a page has that page. Throws `protocol_error`. */
export function decodeList({ page, digest, ...rest }: ListResponse, known?: ListedRows): ListAnswer {
  if (page !== undefined) return { ...rest, page: ListedRows.received(page) }
  const isKnown = known !== undefined && digest !== undefined && equalBytes(digest, known.digest)
  return { ...rest, page: isKnown ? known : none }
}
