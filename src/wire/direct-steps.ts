/** What a DIRECT frame is for. Numbers of the wire: never reused, never renumbered. */
export const directStep = {
  /** The dialer begins a round: both find out where they can be reached. */
  prepare: 1,
  /** The host says where. */
  candidates: 2,
  /** The dialer says where, and both connect now. */
  now: 3,
} as const

/** What a side's router makes of a port, as relays see it. Numbers of the wire, like {@link directStep}. */
export const routerKind = {
  unknown: 0,
  /** There is none that changes addresses: a relay sees an address of the machine itself. */
  none: 1,
  /** The same one for every destination. */
  keeps: 2,
  /** Another one for every destination: nobody can tell where the other side has to connect to. */
  changes: 3,
} as const
export type RouterKind = (typeof routerKind)[keyof typeof routerKind]
