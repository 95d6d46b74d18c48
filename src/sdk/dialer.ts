import { OverlayError } from '../core/errors.js'
import type { Shared } from './context.js'
import type { Connection, DialOptions } from './types.js'

export class Dialer {
  constructor(readonly shared: Shared) {}
  async dial(_service: string, _options: DialOptions): Promise<Connection> {
    throw new OverlayError('internal', 'Sessions are not wired in yet.')
  }
  async close(): Promise<void> {}
}
