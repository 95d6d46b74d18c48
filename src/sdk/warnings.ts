import { errorText, isOverlayError, OverlayError, type OverlayErrorDetails } from '../core/errors.js'

/**
 * What went wrong without ending anything, for a context's `warning` event. What nobody listens to and is a fault of the
 * program itself goes to Node's own process warnings, so that it is seen.
 */
export class Warnings {
  /** Says a warning to the application; returns whether anybody listened. */
  say: (warning: OverlayError) => boolean = () => false

  /**
   * Application code failed; `attempted` begins the sentence. An OverlayError keeps its code. `also` says it to somebody
   * closer, and whether anybody listened.
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

  /** The overlay itself could not do something. */
  warn(error: unknown, attempted: string): void {
    const text = isOverlayError(error) ? error.message : `${attempted}: ${errorText(error)}`
    this.say(new OverlayError(isOverlayError(error) ? error.code : 'internal', text, { cause: error }))
  }
}
