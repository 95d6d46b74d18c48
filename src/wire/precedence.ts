/** How a terminator is preferred before cost is looked at. Their places are numbers of the wire: never reused, never renumbered. */
export const precedences = ['default', 'required', 'failed'] as const

export type Precedence = (typeof precedences)[number]
