import { once } from 'node:events'
import { expect, test } from 'vitest'
import { AppEmitter } from '../../../src/sdk/app-emitter.js'

class Emitter extends AppEmitter<{ news: [string]; error: [Error] }> {
  static failures: unknown[] = []
  constructor() {
    super((error, event, args) => Emitter.failures.push([(error as Error).message, event, ...args]))
    Emitter.failures = []
  }
}

test('what a listener throws or rejects with is reported, and the others are called all the same', async () => {
  const emitter = new Emitter()
  const heard: string[] = []
  emitter.on('news', () => {
    throw new Error('thrown')
  })
  emitter.on('news', async (text) => {
    throw new Error(`rejected ${text}`)
  })
  emitter.on('news', (text) => heard.push(text))
  expect(emitter.emit('news', 'one')).toBe(true)
  await new Promise((resolve) => setImmediate(resolve))
  expect(heard).toEqual(['one'])
  expect(Emitter.failures).toEqual([
    ['thrown', 'news', 'one'],
    ['rejected one', 'news', 'one'],
  ])
})

test('listeners may be added and removed as with any emitter, also once and while it emits', async () => {
  const emitter = new Emitter()
  const next = once(emitter, 'news')
  let calls = 0
  const again = () => {
    calls++
    emitter.off('news', again)
  }
  emitter.on('news', again)
  emitter.once('news', () => calls++)
  emitter.emit('news', 'one')
  emitter.emit('news', 'two')
  expect(await next).toEqual(['one'])
  expect(calls).toBe(2)
  expect(emitter.emit('news', 'three')).toBe(false)
  expect(Emitter.failures).toEqual([])
})

test('an error that nobody listens to is no exception', () => {
  expect(new Emitter().emit('error', new Error('nobody'))).toBe(false)
})
