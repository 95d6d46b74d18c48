import { describe, expect, test } from 'vitest'
import {
  checkIdentityName,
  checkInstanceId,
  checkNetworkName,
  checkServiceName,
  formatAddress,
  parseAddress,
} from '../../../src/core/address.js'
import { isOverlayError } from '../../../src/core/errors.js'

const refused = (run: () => unknown) => {
  try {
    run()
  } catch (error) {
    return isOverlayError(error, 'bad_name')
  }
  return false
}

describe('an address is split at the last @', () => {
  test.each([
    ['user2', 'user2', 'chat-p2p'],
    ['user2@ssh', 'user2', 'ssh'],
    ['bob@example.org@chat-p2p', 'bob@example.org', 'chat-p2p'],
    ['@@ssh', '@', 'ssh'],
    ['web/blue@http', 'web/blue', 'http'],
  ])('%s is %s on %s', (text, instanceId, service) => {
    expect(parseAddress(text, 'chat-p2p')).toEqual({ instanceId, service })
  })

  test('what is not a service after the @ belongs to the instance id', () => {
    const isService = (name: string) => name === 'ssh'
    expect(parseAddress('bob@example.org', 'chat-p2p', isService)).toEqual({
      instanceId: 'bob@example.org',
      service: 'chat-p2p',
    })
    expect(parseAddress('bob@ssh', 'chat-p2p', isService)).toEqual({ instanceId: 'bob', service: 'ssh' })
  })

  test('an address that was written can be read back', () => {
    for (const address of [
      { instanceId: 'a', service: 'b' },
      { instanceId: 'a@b', service: 'c' },
    ]) {
      expect(parseAddress(formatAddress(address), 'other')).toEqual(address)
    }
  })

  test.each(['', '@', '@ssh', 'user@', 'user@my service'])('%j is refused', (text) => {
    expect(refused(() => parseAddress(text, 'chat-p2p'))).toBe(true)
  })
})

describe('names', () => {
  test('one name typed in two ways is one name', () => {
    expect(checkIdentityName('Jose\u0301')).toBe('Jos\u00e9')
    expect(checkInstanceId('Jose\u0301/phone')).toBe('Jos\u00e9/phone')
    expect(checkServiceName('cafe\u0301')).toBe('caf\u00e9')
    expect(checkNetworkName('zu\u0308rich')).toBe('z\u00fcrich')
    expect(parseAddress('Jose\u0301@cafe\u0301', 'x', (name) => name === 'caf\u00e9')).toEqual({
      instanceId: 'Jos\u00e9',
      service: 'caf\u00e9',
    })
  })
  test.each(
    [
      ['\u200b', '\u200c', '\u200d', '\ufeff', '\u2060', '\u00ad', '\u061c', '\u115f', '\u3164', '\u180e'],
      ['\u202e', '\u2066', '\u200f', '\u{e0041}', '\ufe0f', '\u034f', '\u2800', '\u00a0', '\u2003', '\u0085'],
    ].flat(),
  )('%j cannot be seen, so it is in no name', (character) => {
    for (const check of [checkIdentityName, checkInstanceId, checkServiceName, checkNetworkName]) {
      expect(() => check(`al${character}ice`)).toThrowError(
        /^The [a-z ]+ 'al\\(x|u\{)[0-9a-f]+\}?ice' has characters that cannot be seen\.$/,
      )
    }
  })
  test.each(['', ' ', 'a ', ' a', 'a\nb', 'a\x1b[2J', 'a\u202eb', 'x'.repeat(65), 'ü'.repeat(33)])(
    '%j is no identity name',
    (name) => {
      expect(refused(() => checkIdentityName(name))).toBe(true)
    },
  )
  test.each(['../etc', 'a/b', 'a\\b', '.hidden', '-rf'])('%j cannot name a file, so no identity either', (name) => {
    expect(refused(() => checkIdentityName(name))).toBe(true)
  })
  test.each(['user1', 'Jürgen', '日本', 'x'.repeat(64), 'a b', 'bob@example.org'])('%j is an identity name', (name) => {
    expect(checkIdentityName(name)).toBe(name)
  })
  test('a service name has no @ and no spaces', () => {
    expect(checkServiceName('chat-p2p')).toBe('chat-p2p')
    expect(refused(() => checkServiceName('a@b'))).toBe(true)
    expect(refused(() => checkServiceName('a b'))).toBe(true)
  })
  test('an instance id may be as long as 255 bytes and no longer', () => {
    expect(checkInstanceId('i'.repeat(255))).toHaveLength(255)
    expect(refused(() => checkInstanceId('i'.repeat(256)))).toBe(true)
  })
})
