import { readFile } from 'node:fs/promises'
import { createSecureContext, type SecureContext } from 'node:tls'
import type { Clock } from '../core/clock.js'
import { errorText, OverlayError } from '../core/errors.js'
import { FileWatch } from '../core/file-watch.js'

/** Names the files with a certificate with its chain, and its key, both in PEM. */
export interface TlsPaths {
  cert: string
  key: string
}

/** Holds the certificate that a relay shows on `/tls/ws`, as its files have it: a renewed one is taken up within seconds. */
export class TlsFiles {
  #context: SecureContext
  readonly #paths: TlsPaths

  // biome-ignore lint/style/useConsistentMemberAccessibility: made by its own static function only
  private constructor(paths: TlsPaths, context: SecureContext) {
    this.#paths = paths
    this.#context = context
  }

  /** Reads the files. Rejects with `file_unreadable`, or with `bad_argument` when the files are no certificate and its key. */
  static async load(paths: TlsPaths): Promise<TlsFiles> {
    return new TlsFiles(paths, await load(paths))
  }

  /** Returns the certificate and key to show on the next connection. */
  get context(): SecureContext {
    return this.#context
  }

  /**
   * Takes up what changes in the files, until the returned function is called; `onUnusable` is called once for each change that is
   * no certificate.
   */
  async follow(
    clock: Clock,
    onUnusable: (error: unknown) => void,
    onRenewed: () => void = () => {},
  ): Promise<() => void> {
    const watch = new FileWatch({
      clock,
      paths: [this.#paths.cert, this.#paths.key],
      load: () => load(this.#paths),
      onChange: (context) => {
        this.#context = context
        onRenewed()
      },
      onUnusable,
    })
    await watch.start()
    return () => watch.stop()
  }
}

async function load(paths: TlsPaths): Promise<SecureContext> {
  // One after the other: of two that are missing, it is always the same one that is told.
  const cert = await read(paths.cert)
  const key = await read(paths.key)
  try {
    return createSecureContext({ cert, key, minVersion: 'TLSv1.2' })
  } catch (error) {
    const what = `${paths.cert} and ${paths.key} are no certificate and its key in PEM`
    throw new OverlayError('bad_argument', `${what}: ${errorText(error)}`, { cause: error })
  }
}

async function read(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    throw new OverlayError('file_unreadable', `${path} cannot be read: ${errorText(error)}`, { path, cause: error })
  }
}
