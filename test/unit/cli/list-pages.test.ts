import { expect, test } from 'vitest'
import { jsonArray, listPages } from '../../../src/cli/list-pages.js'
import { shownJson } from '../../../src/core/text.js'
import type { Instance, ListPage } from '../../../src/sdk/types.js'

const instance = (instanceId: string) => ({ instanceId, hosts: [] }) as unknown as Instance

/** A service of so many instances in pages of two; endless by default, as an evil relay would have it. */
function service(count = Number.POSITIVE_INFINITY) {
  let asked = 0
  return {
    asked: () => asked,
    listTerminators: async (): Promise<ListPage> => {
      const first = 2 * asked++
      const ids = [first, first + 1].filter((index) => index < count).map((index) => String(index).padStart(9, '0'))
      return { instances: ids.map(instance), ...(first + 2 < count ? { cursor: ids.at(-1)! } : {}) }
    },
  }
}

async function all<T>(parts: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const part of parts) found.push(part)
  return found
}

test('each page is shown before the next one is asked for', async () => {
  const context = service()
  const pages = listPages(context, 'chat')
  await pages.next()
  expect(context.asked()).toBe(1)
  await pages.next()
  expect(context.asked()).toBe(2)
})

test('a list without an end is given up, with what was shown up to there', async () => {
  const shown: Instance[] = []
  const reading = async () => {
    for await (const page of listPages(service(), 'chat', 10)) shown.push(...page)
  }
  await expect(reading()).rejects.toMatchObject({ code: 'too_large', message: expect.stringContaining('more than 10') })
  expect(shown).toHaveLength(10)
})

test.each([0, 1, 2, 5])('the JSON of %d instances in pages is that of one array', async (count) => {
  const parts = await all(jsonArray(listPages(service(count), 'chat'), (value) => shownJson(value, 2)))
  const instances = (await all(listPages(service(count), 'chat'))).flat()
  expect(parts.join('')).toBe(`${shownJson(instances, 2)}\n`)
})
