/** How a hello is answered. Numbers of the wire: never reused, never renumbered. */
export const helloStatus = { ok: 0, refused: 1, foreign: 2, expired: 3, revoked: 4, wrongPeer: 5 } as const

/** What a node can do beyond what all can, one bit each; numbers of the wire, like {@link helloStatus}. */
export const helloFeatures = { joinsSockets: 1, tellsAddress: 2, carriesAgain: 4 } as const
