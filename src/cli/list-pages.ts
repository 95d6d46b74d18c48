import { OverlayError } from '../core/errors.js'
import { maxListLimit, maxShownInstances } from '../core/limits.js'
import type { Context, Instance } from '../sdk/types.js'

/**
 * Yields the instances of a service page by page, each as soon as it has come; no more than one is kept. Ends with `too_large`
 * after `most` of them: a relay that makes up names could go on for ever.
 */
export async function* listPages(
  context: Pick<Context, 'listTerminators'>,
  service: string,
  most = maxShownInstances,
): AsyncGenerator<Instance[]> {
  let shown = 0
  let cursor: string | undefined
  do {
    const page = await context.listTerminators(service, { cursor, limit: maxListLimit })
    shown += page.instances.length
    if (shown > most) {
      throw new OverlayError(
        'too_large',
        `'${service}' is said to have more than ${most} instances; no more are shown.`,
      )
    }
    yield page.instances
    cursor = page.cursor
  } while (cursor !== undefined)
}

/** Yields the pages as the text of one JSON array, in parts, laid out as `JSON.stringify` with an indent of 2 would. */
export async function* jsonArray(
  pages: AsyncIterable<unknown[]>,
  text: (value: unknown) => string,
): AsyncGenerator<string> {
  let before = '[\n'
  for await (const page of pages) {
    let part = ''
    for (const value of page) {
      part += `${before}${text(value).replaceAll(/^/gm, '  ')}`
      before = ',\n'
    }
    if (part !== '') yield part
  }
  yield before === '[\n' ? '[]\n' : '\n]\n'
}
