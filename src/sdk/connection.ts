import { EventEmitter } from 'node:events'
import type { OverlayError } from '../core/errors.js'
import type { Session } from '../session/session.js'
import type { Connection, Party, PathChange, PathLost, PathState } from './types.js'

interface ConnectionEvents {
  'path:lost': [PathLost]
  'path:changed': [PathChange]
  interrupted: [{ graceMs: number }]
  resumed: []
  close: [OverlayError | undefined]
}

/** A session as applications see it: the stream, and who is at its other end. */
export class SessionConnection extends EventEmitter<ConnectionEvents> implements Connection {
  constructor(
    private readonly session: Session,
    readonly remote: Party,
    readonly service: string,
    readonly instanceId: string,
    readonly stickyToken?: string,
  ) {
    super()
    session.on('path:lost', (lost) => this.emit('path:lost', lost))
    session.on('path:changed', (change) => this.emit('path:changed', change))
    session.on('interrupted', (interruption) => this.emit('interrupted', interruption))
    session.on('resumed', () => this.emit('resumed'))
    session.on('close', (error) => this.emit('close', error))
  }

  get id(): string {
    return this.session.id
  }

  get stats() {
    return this.session.stats
  }

  write(bytes: Uint8Array, options?: { signal?: AbortSignal }): Promise<void> {
    return this.session.write(bytes, options)
  }

  read(options?: { signal?: AbortSignal }): Promise<Uint8Array | undefined> {
    return this.session.read(options)
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return this.session[Symbol.asyncIterator]()
  }

  closeWrite(): Promise<void> {
    return this.session.closeWrite()
  }

  close(options?: { timeout?: number }): Promise<void> {
    return this.session.close(options)
  }

  abort(reason?: string): void {
    this.session.abort(reason)
  }

  paths(): PathState[] {
    return this.session.paths()
  }
}
