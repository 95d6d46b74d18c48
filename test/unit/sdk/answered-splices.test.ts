import { expect, test } from 'vitest'
import { AnsweredSplices } from '../../../src/sdk/answered-splices.js'

function takeAll(splices: AnsweredSplices, relay: string, dialer: (count: number) => string): Array<() => void> {
  const places: Array<() => void> = []
  for (;;) {
    const giveBack = splices.take(relay, dialer(places.length))
    if (giveBack === undefined) return places
    places.push(giveBack)
  }
}

test('a dialer who asks at many relays leaves places to others at each', () => {
  const splices = new AnsweredSplices(100)
  for (const relay of ['relay1', 'relay2', 'relay3']) {
    expect(takeAll(splices, relay, () => 'mallory')).toHaveLength(50)
    expect(splices.take(relay, 'somebody')).toBeDefined()
  }
})

test('a relay that names a new dialer each time takes its own places alone', () => {
  const splices = new AnsweredSplices(100)
  expect(takeAll(splices, 'evil', (count) => `dialer${count}`)).toHaveLength(100)
  expect(splices.take('honest', 'dialer')).toBeDefined()
})

test('a place that is given back is there again, once', () => {
  const splices = new AnsweredSplices(4)
  const places = takeAll(splices, 'relay', () => 'dialer')
  expect(places).toHaveLength(2)
  places[0]!()
  places[0]!()
  const more = takeAll(splices, 'relay', () => 'dialer')
  expect(more).toHaveLength(1)
  for (const giveBack of [...places, ...more]) giveBack()
  expect(takeAll(splices, 'relay', () => 'dialer')).toHaveLength(2)
})
