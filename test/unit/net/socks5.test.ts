import { expect, test } from 'vitest'
import { toHex } from '../../../src/core/bytes.js'
import { encodeConnect, encodeGreeting, encodePassword, socksConnect } from '../../../src/net/socks5.js'

const ann = { username: 'ann', password: 'pä' }

test.each([
  ['a greeting without a password', encodeGreeting(false), '050100'],
  ['a greeting with one', encodeGreeting(true), '05020002'],
  ['a name and password', encodePassword(ann), '0103616e6e0370c3a4'],
  ['an IPv4 address', encodeConnect({ host: '192.0.2.1', port: 4001 }), '05010001c00002010fa1'],
  [
    'an IPv6 address',
    encodeConnect({ host: '2001:db8::1', port: 443 }),
    '0501000420010db800000000000000000000000101bb',
  ],
  [
    'all of an IPv6 address',
    encodeConnect({ host: '1:2:3:4:5:6:7:8', port: 1 }),
    '05010004000100020003000400050006000700080001',
  ],
  [
    'an IPv4 address in an IPv6 one',
    encodeConnect({ host: '::ffff:192.0.2.1', port: 1 }),
    '0501000400000000000000000000ffffc00002010001',
  ],
  ['a name', encodeConnect({ host: 'a.example', port: 443 }), '0501000309612e6578616d706c6501bb'],
])('%s', (_what, bytes, hex) => {
  expect(toHex(bytes)).toBe(hex)
})

/** Talks with a proxy that answers these bytes, whatever it is told. */
async function ask(answer: string, credentials?: typeof ann) {
  let said = ''
  let rest = Buffer.from(answer, 'hex')
  const talk = socksConnect({ host: 'a.example', port: 443 }, credentials, {
    write: (bytes) => {
      said += toHex(bytes)
    },
    read: async (length) => {
      if (rest.byteLength < length) throw new Error('it hung up')
      const bytes = rest.subarray(0, length)
      rest = rest.subarray(length)
      return bytes
    },
  })
  await talk
  return { said, rest: rest.toString('hex') }
}

const connect = '0501000309612e6578616d706c6501bb'

test.each([
  ['without a password', '0500' + '05000001c00002010fa1' + 'c2', undefined, `050100${connect}`],
  ['with one', '0502' + '0100' + '050000030161' + '0001' + 'c2', ann, `050200020103616e6e0370c3a4${connect}`],
  ['where none is needed', `050005000004${'00'.repeat(18)}c2`, ann, `05020002${connect}`],
])('the proxy connects %s, and what follows is left unread', async (_what, answer, credentials, expected) => {
  expect(await ask(answer, credentials)).toEqual({ said: expected, rest: 'c2' })
})

test.each([
  ['0502', undefined, 'it asks for a name and password'],
  ['05ff', undefined, 'it asks for a name and password'],
  ['05ff', ann, 'another proof'],
  ['05020101', ann, 'does not know this name and password'],
  ['4854', undefined, 'speaks no SOCKS5'],
  ['050005020001', undefined, 'rules do not allow'],
  ['0500050500010000', undefined, 'was refused'],
  ['050005aa0001', undefined, 'it says 170'],
])('an answer of %s is a refusal in words', async (answer, credentials, why) => {
  await expect(ask(answer, credentials)).rejects.toMatchObject({
    code: 'proxy_failed',
    message: expect.stringContaining(why),
  })
})

test('an answer that is cut off at any byte is no connection', async () => {
  const whole = '0502' + '0100' + '05000001c00002010fa1'
  for (let at = 0; at < whole.length; at += 2) await expect(ask(whole.slice(0, at), ann)).rejects.toThrow('it hung up')
})

test('a password that has no room is not cut', async () => {
  await expect(ask('0502', { username: 'x'.repeat(256), password: '' })).rejects.toThrow('255 bytes')
})
