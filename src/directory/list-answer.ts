import { maxListLimit } from '../core/limits.js'
import type { ListResponse, RowPage } from '../wire/messages/directory.js'
import { decodeRowPage, encodeRowPage, rowCountOf } from '../wire/row-page.js'
import type { Row } from './row.js'
import { decodeRow, encodeRow } from './row-codec.js'

/**
 * Rows, and the bytes as which they travel: either is made of the other when somebody asks for it, once. A relay that passes
 * a page on asks for the bytes only.
 */
export class ListedRows {
  #known: { rows?: readonly Row[]; encoded?: RowPage }

  // biome-ignore lint/style/useConsistentMemberAccessibility: made by its own static function only
  private constructor(
    known: { rows?: readonly Row[]; encoded?: RowPage },
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

const none = ListedRows.of([])

export function encodeList({ page, ...rest }: ListAnswer): ListResponse {
  return { ...rest, page: page.encoded }
}

/** Throws `protocol_error`. */
export function decodeList({ page, ...rest }: ListResponse): ListAnswer {
  return { ...rest, page: page === undefined ? none : ListedRows.received(page) }
}
