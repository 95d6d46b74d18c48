import { BoundedMap } from '../../core/bounded-map.js'
import { type ListAnswer, ListedRows } from '../../directory/list-answer.js'
import type { DirectoryStore } from './store.js'

/** Limits the pages that are kept: the first page and a few others; a page of 1 000 rows has about 100 KB. */
const maxPages = 32

/** A page that the store made: the rows, and the cursor of the page after it. */
type StoredPage = Pick<ListAnswer, 'page' | 'cursor'>

/** Keeps pages of a store as they were asked for last, for as long as no entry of the service comes, changes or goes. */
export class PageCache {
  readonly #store: DirectoryStore

  readonly #pages = new BoundedMap<string, StoredPage & { version: number }>(maxPages)

  constructor(store: DirectoryStore) {
    this.#store = store
  }

  /** Returns the same as `DirectoryStore.list`; the cursor is empty where that one's is undefined. */
  list(service: string, cursor: string, limit: number, shards?: readonly number[]): StoredPage {
    const key = `${service}\0${limit}\0${shards?.join() ?? ''}\0${cursor}`
    const version = this.#store.versionOf(service)
    const known = this.#pages.touch(key)
    if (known?.version === version) return known
    const { rows, cursor: next = '' } = this.#store.list(service, cursor === '' ? undefined : cursor, limit, shards)
    const made = { page: ListedRows.of(rows), cursor: next, version }
    this.#pages.set(key, made)
    return made
  }
}
