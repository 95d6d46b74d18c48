import { maxListLimit } from '../core/limits.js'
import type { ListResponse } from '../wire/messages/directory.js'
import { decodeRowPage, encodeRowPage } from '../wire/row-page.js'
import type { Row } from './store.js'

/** One page of a list, as `ListResponse` with the rows themselves. */
export interface ListAnswer {
  status: number
  rows: Row[]
  /** Empty on the last page. */
  cursor: string
  /** Others may know more. */
  partial: boolean
}

export function encodeList({ rows, ...rest }: ListAnswer): ListResponse {
  return { ...rest, page: encodeRowPage(rows) }
}

/** Throws `protocol_error`. */
export function decodeList({ page, ...rest }: ListResponse): ListAnswer {
  return { ...rest, rows: page === undefined ? [] : decodeRowPage(page, maxListLimit) }
}
