import { errorText, isOverlayError, OverlayError, type OverlayErrorDetails } from '../core/errors.js'

/**
 * Takes what went wrong without ending anything, for a context's `warning` event. When nobody listens, a fault of the program
 * itself goes to Node's own process warnings, so that it is seen.
 */
export class Warnings {
  /** Says a warning to the application; returns whether anybody listened. */
  say: (warning: OverlayError) => boolean = () => false

  /**
   * Called when application code failed; `attempted` begins the sentence. An OverlayError keeps its code. `also` says it to
   * somebody closer, and returns whether anybody listened.
   */
  failedHandler(
    error: unknown,
    attempted: string,
    details: OverlayErrorDetails = {},
    also: (warning: OverlayError) => boolean = () => false,
  ): void {
    const code = isOverlayError(error) ? error.code : 'handler_failed'
    const warning = new OverlayError(code, `${attempted} failed: ${errorText(error)}`, { ...details, cause: error })
    const heard = [also(warning), this.say(warning)]
    if (code !== 'handler_failed' || heard.includes(true)) return
    process.emitWarning(error instanceof Error ? error : warning.message)
  }

  /** Called when the overlay itself could not do something; `attempted` begins the sentence. */
  warn(error: unknown, attempted: string): void {
    const text = isOverlayError(error) ? error.message : `${attempted}: ${errorText(error)}`
    this.say(new OverlayError(isOverlayError(error) ? error.code : 'internal', text, { cause: error }))
  }
}
