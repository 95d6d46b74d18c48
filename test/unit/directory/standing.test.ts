import { expect, test } from 'vitest'
import { bindingName, Standing, watchName } from '../../../src/directory/standing.js'
import { XorDigest } from '../../../src/directory/xor-digest.js'
import { seeded } from '../../support/random.js'

const anna = bindingName({ service: 'chat', instanceId: 'anna' })
const berta = bindingName({ service: 'chat', instanceId: 'berta' })

test('what was asked for counts until it is refused', () => {
  const standing = new Standing()
  const before = standing.digest
  const answered = standing.ask(anna)
  expect(standing.bindings).toBe(1)
  expect(standing.digest).not.toEqual(before)
  answered(false)
  expect(standing.bindings).toBe(0)
  expect(standing.digest).toEqual(before)
})

test('an update that is refused leaves what stands', () => {
  const standing = new Standing()
  standing.ask(anna)(true)
  standing.ask(anna)(false)
  expect(standing.bindings).toBe(1)
})

test('an answer that comes after it was taken back changes nothing', () => {
  const standing = new Standing()
  const answered = standing.ask(anna)
  standing.remove(anna)
  answered(true)
  expect(standing.bindings).toBe(0)
})

test('a comparison gives what is missing and what is too much, and leaves out what is under way', () => {
  const standing = new Standing()
  standing.ask(anna)(true)
  standing.ask(watchName('chat'))(true)
  const answered = standing.ask(berta)
  expect(standing.compare(new Set([watchName('chat'), watchName('ssh')]))).toEqual({
    missing: [anna],
    extra: [watchName('ssh')],
  })
  answered(true)
  expect(standing.compare(new Set())).toEqual({ missing: [anna, watchName('chat'), berta], extra: [] })
})

test('a node and a relay that do the same, in order, have the same digest', () => {
  const random = seeded(3)
  const standing = new Standing()
  const relay = new XorDigest()
  const held = new Set<string>()
  const toggle = (name: string) => {
    relay.toggle(name)
    if (!held.delete(name)) held.add(name)
  }
  for (let step = 0; step < 1_000; step++) {
    const name = random() < 0.5 ? watchName(`s${step % 7}`) : bindingName({ service: 's', instanceId: `${step % 11}` })
    if (random() < 0.4) {
      standing.remove(name)
      if (held.has(name)) toggle(name)
    } else {
      standing.ask(name)(true)
      if (!held.has(name)) toggle(name)
    }
    expect(relay.equals(standing.digest)).toBe(true)
  }
})
