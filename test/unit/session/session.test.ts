import { expect, test } from 'vitest'
import { readAll, readText, text, World } from './fixture.js'

test('what is written at one end is read at the other, in both directions', async () => {
  const world = new World()
  const { dialer, host } = await world.connect()
  await dialer.write(text('hello'))
  expect(await readText(host)).toBe('hello')
  await host.write(text('hi'))
  expect(await readText(dialer)).toBe('hi')
})

test('an orderly end closes both sides without an error and leaves no timer and no stream', async () => {
  const world = new World()
  const { dialer, host } = await world.connect()
  await world.addPath(dialer, 'relay2')
  const closed: unknown[] = []
  dialer.on('close', (error) => closed.push(['dialer', error]))
  host.on('close', (error) => closed.push(['host', error]))
  await host.write(text('bye'))
  await host.closeWrite()
  await dialer.closeWrite()
  expect(new TextDecoder().decode(await readAll(dialer))).toBe('bye')
  expect(await host.read()).toBeUndefined()
  await world.settled()
  await dialer.ended
  await host.ended
  expect(closed.sort()).toEqual([
    ['dialer', undefined],
    ['host', undefined],
  ])
  expect(world.network.openStreams).toBe(0)
  expect(world.clock.timers).toBe(0)
})
