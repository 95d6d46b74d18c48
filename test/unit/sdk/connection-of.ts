import { expect } from 'vitest'
import { SessionConnection } from '../../../src/sdk/connection.js'
import type { Connection } from '../../../src/sdk/types.js'
import type { Session } from '../../../src/session/session.js'

/** Returns one side of a session as applications see it. */
export function connectionOf(session: Session): Connection {
  const remote = { name: 'ben', peerId: 'peer', roles: [] }
  const onListenerFailed = (error: unknown) => expect.fail(String(error))
  const way = { state: { state: 'off' as const }, listen: () => {} }
  return new SessionConnection(session, { remote, service: 'chat', instanceId: 'ben', way, onListenerFailed })
}
