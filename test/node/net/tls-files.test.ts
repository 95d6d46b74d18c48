import { copyFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createSecureContext } from 'node:tls'
import { afterAll, expect, test } from 'vitest'
import { TlsFiles } from '../../../src/net/tls-files.js'
import { temporaryFolder } from '../../support/cli.js'
import { makeCertificate } from '../../support/debian.js'
import { eventually } from '../../support/members.js'
import { ManualClock } from '../../unit/session/manual-clock.js'

const place = temporaryFolder()
afterAll(() => place.remove())

test('a certificate that is renewed is taken up; what is none is said once, and the old one stays', async (context) => {
  const [one, two] = ['one', 'two'].map((name) => makeCertificate(place.dir, 'DNS:localhost', name))
  if (one === undefined || two === undefined) return context.skip('needs openssl')
  const files = { cert: path.join(place.dir, 'cert.pem'), key: path.join(place.dir, 'key.pem') }
  const put = (from: typeof one) => {
    copyFileSync(from.cert, files.cert)
    copyFileSync(from.key, files.key)
  }
  put(one)
  const tls = await TlsFiles.load(files)
  const clock = new ManualClock()
  const unusable: unknown[] = []
  let renewed = 0
  const stop = await tls.follow(
    clock,
    (error) => unusable.push(error),
    () => renewed++,
  )
  const before = tls.context
  expect(before).toBeInstanceOf(createSecureContext().constructor)

  const later = (fits: () => boolean) =>
    eventually(() => {
      clock.advance(5_000)
      return fits()
    }, Boolean)
  writeFileSync(files.cert, 'no certificate')
  await later(() => unusable.length === 1)
  expect(tls.context).toBe(before)
  put(two)
  await later(() => renewed === 1)
  expect(tls.context).not.toBe(before)
  expect(unusable).toMatchObject([{ code: 'bad_argument' }])
  stop()
})

test('files that are not there, or are no certificate, are refused at once', async () => {
  await expect(TlsFiles.load({ cert: '/nowhere.pem', key: '/nowhere.key' })).rejects.toMatchObject({
    code: 'file_unreadable',
  })
  const file = path.join(place.dir, 'none.pem')
  writeFileSync(file, 'none')
  await expect(TlsFiles.load({ cert: file, key: file })).rejects.toMatchObject({ code: 'bad_argument' })
})
