import { ListPage } from '../../directory/list-answer.js'
import type { DirectoryStore } from './store.js'

/** The first page and a few others; a page of 1 000 rows has about 100 KB. */
const maxPages = 32

interface Page {
  page: ListPage
  cursor: string
}

/** Pages of a store as they were asked for last, for as long as nobody of the service comes, changes or goes. */
export class PageCache {
  private readonly pages = new Map<string, Page & { version: number }>()

  constructor(private readonly store: DirectoryStore) {}

  /** As `DirectoryStore.list`; the cursor is empty where that one's is undefined. */
  list(service: string, cursor: string, limit: number, shards?: readonly number[]): Page {
    const key = `${service}\0${limit}\0${shards?.join() ?? ''}\0${cursor}`
    const version = this.store.versionOf(service)
    const known = this.pages.get(key)
    this.pages.delete(key)
    if (known?.version === version) {
      this.pages.set(key, known) // moved to the end: what is asked for stays
      return known
    }
    const { rows, cursor: next = '' } = this.store.list(service, cursor === '' ? undefined : cursor, limit, shards)
    const made = { page: ListPage.of(rows), cursor: next, version }
    this.pages.set(key, made)
    if (this.pages.size > maxPages) this.pages.delete(this.pages.keys().next().value as string)
    return made
  }
}
