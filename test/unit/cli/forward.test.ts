import { expect, test } from 'vitest'
import { whyRefused } from '../../../src/cli/dial-refusal.js'
import type { VerifiedCertificate } from '../../../src/identity/certificate.js'
import type { NetworkView } from '../../../src/identity/network-document.js'
import { chat } from '../identity/fixtures.js'

const echo = { ...chat, name: 'echo', dial: { roles: ['#admin'], semantic: 'AnyOf' as const } }
const network = { services: new Map([[echo.name, echo]]) } as unknown as NetworkView
const identity = (roles: string[]) => ({
  name: 'user1',
  certificate: { name: 'user1', roles } as unknown as VerifiedCertificate,
  network,
})

test('a forward without the right to dial says so, before it says where its port leads', () => {
  expect(whyRefused(identity(['chat']), 'echo')).toMatch(
    /^user1 may not dial service 'echo': it takes #admin, and user1 has #chat\. Every connection is refused until/,
  )
  expect(whyRefused(identity(['admin']), 'echo')).toBeUndefined()
  expect(whyRefused(identity(['chat']), 'new')).toBeUndefined()
})
