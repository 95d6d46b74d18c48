import type { EventEmitter } from 'node:events'

/** One for all sockets: a function made where a socket is would keep all that is around it for as long as the socket lives. */
const closeFollows = (): void => {}

/** Lets the errors of a socket pass, for whom the `close` that follows says enough. */
export function ignoreErrors<S extends EventEmitter>(socket: S): S {
  if (!socket.listeners('error').includes(closeFollows)) socket.on('error', closeFollows)
  return socket
}
