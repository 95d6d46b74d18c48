import { generateKeyPairSync, sign, X509Certificate } from 'node:crypto'
import { createRequire } from 'node:module'
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { describe, expect, test } from 'vitest'
import { makeTlsCertificate, peerIdOfTlsCertificate } from '../../../src/net/tls-certificate.js'
import { fromHex } from '../wire/hex.js'

const nowMs = Date.UTC(2026, 6, 1)

/** https://github.com/libp2p/specs/blob/master/tls/tls.md#test-vectors */
const vectors = {
  valid: [
    [
      'Ed25519',
      '12D3KooWM6CgA9iBFZmcYAHA6A2qvbAxqfkmrYiRQuz3XEsk4Ksv',
      '308201ae30820156a0030201020204499602d2300a06082a8648ce3d040302302031123010060355040a13096c69627032702e696f310a' +
        '300806035504051301313020170d3735303130313133303030305a180f34303936303130313133303030305a302031123010060355040a' +
        '13096c69627032702e696f310a300806035504051301313059301306072a8648ce3d020106082a8648ce3d030107034200040c901d423c' +
        '831ca85e27c73c263ba132721bb9d7a84c4f0380b2a6756fd601331c8870234dec878504c174144fa4b14b66a651691606d8173e55bd37' +
        'e381569ea37c307a3078060a2b0601040183a25a0101046a3068042408011220a77f1d92fedb59dddaea5a1c4abd1ac2fbde7d7b879ed3' +
        '64501809923d7c11b90440d90d2769db992d5e6195dbb08e706b6651e024fda6cfb8846694a435519941cac215a8207792e42849cccc6c' +
        'd8136c6e4bde92a58c5e08cfd4206eb5fe0bf909300a06082a8648ce3d0403020346003043021f50f6b6c52711a881778718238f650c9f' +
        'b48943ae6ee6d28427dc6071ae55e702203625f116a7a454db9c56986c82a25682f7248ea1cb764d322ea983ed36a31b77',
    ],
    [
      'ECDSA',
      'QmfXbAwNjJLXfesgztEHe8HwgVDCMMpZ9Eax1HYq6hn9uE',
      '308201f63082019da0030201020204499602d2300a06082a8648ce3d040302302031123010060355040a13096c69627032702e696f310a' +
        '300806035504051301313020170d3735303130313133303030305a180f34303936303130313133303030305a302031123010060355040a' +
        '13096c69627032702e696f310a300806035504051301313059301306072a8648ce3d020106082a8648ce3d030107034200040c901d423c' +
        '831ca85e27c73c263ba132721bb9d7a84c4f0380b2a6756fd601331c8870234dec878504c174144fa4b14b66a651691606d8173e55bd37' +
        'e381569ea381c23081bf3081bc060a2b0601040183a25a01010481ad3081aa045f0803125b3059301306072a8648ce3d020106082a8648' +
        'ce3d03010703420004bf30511f909414ebdd3242178fd290f093a551cf75c973155de0bb5a96fedf6cb5d52da7563e794b512f66e60c7f' +
        '55ba8a3acf3dd72a801980d205e8a1ad29f2044730450220064ea8124774caf8f50e57f436aa62350ce652418c019df5d98a3ac666c938' +
        '6a022100aa59d704a931b5f72fb9222cb6cc51f954d04a4e2e5450f8805fe8918f71eaae300a06082a8648ce3d04030203470030440220' +
        '799395b0b6c1e940a7e4484705f610ab51ed376f19ff9d7c16757cfbf61b8d4302206205c03fbb0f95205c779be86581d3e31c01871ad5' +
        'd1f3435bcf375cb0e5088a',
    ],
    [
      'secp256k1',
      '16Uiu2HAkutTMoTzDw1tCvSRtu6YoixJwS46S1ZFxW8hSx9fWHiPs',
      '308201ba3082015fa0030201020204499602d2300a06082a8648ce3d040302302031123010060355040a13096c69627032702e696f310a' +
        '300806035504051301313020170d3735303130313133303030305a180f34303936303130313133303030305a302031123010060355040a' +
        '13096c69627032702e696f310a300806035504051301313059301306072a8648ce3d020106082a8648ce3d030107034200040c901d423c' +
        '831ca85e27c73c263ba132721bb9d7a84c4f0380b2a6756fd601331c8870234dec878504c174144fa4b14b66a651691606d8173e55bd37' +
        'e381569ea38184308181307f060a2b0601040183a25a01010471306f0425080212210206dc6968726765b820f050263ececf7f71e49558' +
        '92776c0970542efd689d2382044630440220145e15a991961f0d08cd15425bb95ec93f6ffa03c5a385eedc34ecf464c7a8ab022026b310' +
        '9b8a3f40ef833169777eb2aa337cfb6282f188de0666d1bcec2a4690dd300a06082a8648ce3d0403020349003046022100e1a217eeef9e' +
        'c9204b3f774a08b70849646b6a1e6b8b27f93dc00ed58545d9fe022100b00dafa549d0f03547878338c7b15e7502888f6d45db387e5ae6' +
        'b5d46899cef0',
    ],
  ] as const,
  wrongHostKey:
    '308201f73082019da0030201020204499602d2300a06082a8648ce3d040302302031123010060355040a13096c69627032702e696f310a' +
    '300806035504051301313020170d3735303130313133303030305a180f34303936303130313133303030305a302031123010060355040a' +
    '13096c69627032702e696f310a300806035504051301313059301306072a8648ce3d020106082a8648ce3d030107034200040c901d423c' +
    '831ca85e27c73c263ba132721bb9d7a84c4f0380b2a6756fd601331c8870234dec878504c174144fa4b14b66a651691606d8173e55bd37' +
    'e381569ea381c23081bf3081bc060a2b0601040183a25a01010481ad3081aa045f0803125b3059301306072a8648ce3d020106082a8648' +
    'ce3d03010703420004bf30511f909414ebdd3242178fd290f093a551cf75c973155de0bb5a96fedf6cb5d52da7563e794b512f66e60c7f' +
    '55ba8a3acf3dd72a801980d205e8a1ad29f204473045022100bb6e03577b7cc7a3cd1558df0da2b117dfdcc0399bc2504ebe7de6f65cad' +
    'e72802206de96e2a5be9b6202adba24ee0362e490641ac45c240db71fe955f2c5cf8df6e300a06082a8648ce3d04030203480030450221' +
    '00e847f267f43717358f850355bdcabbefb2cfbf8a3c043b203a14788a092fe8db022027c1d04a2d41fd6b57a7e8b3989e470325de4406' +
    'e52e084e34a3fd56eef0d0df',
}

describe('the test vectors of the specification', () => {
  test.each(vectors.valid)('a certificate of an %s peer is that of %s', (_type, peerId, hex) => {
    expect(peerIdOfTlsCertificate(fromHex(hex), nowMs)).toBe(peerId)
  })

  test('a certificate that another host key signed is refused', () => {
    expect(() => peerIdOfTlsCertificate(fromHex(vectors.wrongHostKey), nowMs)).toThrow(
      expect.objectContaining({ code: 'certificate_invalid' }),
    )
  })
})

const derOf = ({ cert }: { cert: string }) => new Uint8Array(new X509Certificate(cert).raw)

describe('a certificate made here', () => {
  test.each(['Ed25519', 'secp256k1'] as const)('is read back as that of its %s peer', async (type) => {
    const key = await generateKeyPair(type as 'Ed25519')
    const bytes = derOf(await makeTlsCertificate(key))
    expect(peerIdOfTlsCertificate(bytes, Date.now())).toBe(peerIdFromPrivateKey(key).toString())
  })

  test('is read and found self-signed by @peculiar/x509, with the extension where js-libp2p looks for it', async () => {
    const require = createRequire(import.meta.url)
    require('reflect-metadata')
    const x509: typeof import('@peculiar/x509') = require('@peculiar/x509')
    x509.cryptoProvider.set(globalThis.crypto)
    const bytes = derOf(await makeTlsCertificate(await generateKeyPair('Ed25519')))
    const certificate = new x509.X509Certificate(bytes)
    expect([await certificate.verify(), await certificate.isSelfSigned()]).toEqual([true, true])
    expect(certificate.extensions[0]?.type).toBe('1.3.6.1.4.1.53594.1.1')
    expect(certificate.notBefore.getTime()).toBeLessThan(Date.now())
  })

  test('is another one each time', async () => {
    const key = await generateKeyPair('Ed25519')
    expect(await makeTlsCertificate(key)).not.toEqual(await makeTlsCertificate(key))
  })
})

describe('refused as certificate_invalid', () => {
  const good = async () => derOf(await makeTlsCertificate(await generateKeyPair('Ed25519')))
  const refused = (bytes: Uint8Array, ms = Date.now(), why = /./) =>
    expect(() => peerIdOfTlsCertificate(bytes, ms)).toThrow(
      expect.objectContaining({ code: 'certificate_invalid', message: expect.stringMatching(why) }),
    )

  test('one cut off at any byte', async () => {
    const bytes = await good()
    for (let length = 0; length < bytes.byteLength; length++) refused(bytes.subarray(0, length))
  })

  test('one with any one byte changed, or another peer than the right one never comes out', async () => {
    const key = await generateKeyPair('Ed25519')
    const bytes = derOf(await makeTlsCertificate(key))
    for (let at = 0; at < bytes.byteLength; at++) {
      const changed = Uint8Array.from(bytes)
      changed[at]! ^= 0x41
      refused(changed)
    }
  })

  test('one that is not valid yet, or no longer', async () => {
    const bytes = await good()
    refused(bytes, Date.UTC(2019, 1, 1))
    refused(bytes, Date.UTC(2121, 1, 1))
  })

  test('one of a peer whose key takes long to check signatures with', async () => {
    // The exponent is as long as it gets where Node makes the key; 3 072 bits of it would take fifty times as long as 65537.
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048, publicExponent: 0x1000_0001 })
    const raw = publicKey.export({ type: 'spki', format: 'der' })
    const costly = {
      publicKey: { type: 'RSA', raw },
      sign: async (bytes: Uint8Array) => sign('sha256', bytes, privateKey),
    }
    refused(derOf(await makeTlsCertificate(costly as unknown as PrivateKey)), Date.now(), /take long/)
  })

  test('any bytes', () => {
    for (const bytes of [[], [0x30], [0x30, 0x80], [0x30, 0x84, 1, 1, 1, 1], [0x1f, 1, 1], Array(2_000).fill(0x30)]) {
      refused(Uint8Array.from(bytes))
    }
  })
})
