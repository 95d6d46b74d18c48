import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { inputLines } from '../../../../src/apps/rendezvous/input.js'

async function linesOf(input: PassThrough & { isTTY?: boolean }, onLine: () => void = () => {}): Promise<string[]> {
  const lines: string[] = []
  for await (const { text } of inputLines(input)) {
    lines.push(text)
    onLine()
  }
  return lines
}

test('the last line of a script needs no line feed', async () => {
  const input = new PassThrough()
  input.end('one\ntwo')
  expect(await linesOf(input)).toEqual(['one', 'two'])
})

test('what was not entered when the terminal went away is not said', async () => {
  const input = Object.assign(new PassThrough(), { isTTY: true })
  input.end('entered\nhalf-typed')
  expect(await linesOf(input)).toEqual(['entered'])
})

test('of a stream that fails, only whole lines are said', async () => {
  const input = new PassThrough()
  input.write('whole\nhalf')
  expect(await linesOf(input, () => input.destroy(new Error('the pipe broke')))).toEqual(['whole'])
})
