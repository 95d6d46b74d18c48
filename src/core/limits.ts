/**
 * Every limit and default of the product, in one place. docs/reference.md lists the ones people meet; a test holds the two together.
 * A name says its unit; durations are milliseconds.
 */

/** Names of identities, services and networks, in UTF-8 bytes. */
export const maxNameBytes = 64
/** Instance ids may be `<identity>/<anything>`, hence longer than a name. */
export const maxInstanceIdBytes = 255
/** What a dial may carry for the host to look at before it answers. */
export const maxAppDataBytes = 64 * 1024
/** A reason given with a decline, a busy or an abort. */
export const maxReasonBytes = 1024

/** Clocks of two nodes may differ by this much when certificates and documents are checked. */
export const maxClockSkewMs = 2 * 60_000
/** Certificates written by `setup` and `identity create` are valid for this long. */
export const certificateValidityMs = 365 * 24 * 3_600_000

/** A connection that has not proved membership after this long is closed. */
export const helloTimeoutMs = 5_000
export const maxCertificateBytes = 16 * 1024
export const maxNetworkDocumentBytes = 1024 * 1024
/** The question of a join, and its answer, which has a network document in it. */
export const maxJoinRequestBytes = 32 * 1024
export const maxJoinBytes = maxNetworkDocumentBytes + 64 * 1024
/** Biggest message of the directory protocol, a page of 100 terminators with certificates included. */
export const maxDirectoryMessageBytes = 2 * 1024 * 1024
/** Biggest frame of the session protocol: one dial request with full appData fits, and so does one DATA frame. */
export const maxSessionFrameBytes = 128 * 1024
/** Payload of one DATA frame; with its header it stays inside one noise message (65 519 bytes of plain text). */
export const maxDataFrameBytes = 60 * 1024

/** Relays a host binds at the same time, unless the service or the caller says otherwise. */
export const defaultMaxTerminators = 3
/** How long a dial waits for the host's answer; a person answers in human time. */
export const defaultConnectTimeoutMs = 60_000
/** One attempt to reach one relay or to open one circuit. */
export const pathAttemptTimeoutMs = 2_000
/** How long an unanswered request to a relay may take before another one is asked. */
export const directoryRequestTimeoutMs = 3_000
/** A terminator is believed this long without news of its host. */
export const leaseMs = 10_000
/** Heartbeat on the link between a node and its relay. */
export const linkHeartbeatMs = 3_000
/** Retry of a lost relay link: first wait and longest wait, jittered. */
export const relayRetryMinMs = 250
export const relayRetryMaxMs = 5_000
/** Links to relays that a node keeps, unless it has to bind on more; and further ones that a dial asked for. */
export const maxRelayLinks = 8
export const maxOnDemandLinks = 16
/** How often a node asks a relay which others it knows. */
export const relayDiscoveryMs = 60_000
/** Relays that hold each part of the directory. */
export const homeRelays = 3
/** An owner whose link to a home closed has this long to come back before its terminators are dropped there. */
export const ownerGraceMs = 500
/** How often the DHT is asked for the homes of a partition, and how long until everybody has learnt of a change. */
export const placementRefreshMs = 5_000
export const placementSettleMs = 12_000
/** A relay that could not be reached is no home for this long, unless it is seen before. */
export const unreachableRelayMs = 10_000
/** Directory links of one peer id to one relay, and bytes of answers that may wait for it to read; another relay gets more. */
export const maxLinksPerPeer = 64
export const maxUnreadAnswerBytes = 8 * 1024 * 1024
export const maxUnreadRelayBytes = 64 * 1024 * 1024
/** Rows of one page of `list`, unless the caller asks for fewer; the most a relay hands out at once. */
export const defaultListLimit = 100
export const maxListLimit = 1_000
/** Instances that `chat-p2p list` shows, a page at a time, before it takes the list for one without an end. */
export const maxShownInstances = 1_000_000
/** Certificates of those connected to a relay that the authority takes from it, in bytes altogether. */
export const maxMembersBytes = 64 * 1024 * 1024
/** Terminators of one answer to a lookup; each costs the dialer two signature checks. */
export const maxLookupTerminators = 32
/** Instances that left are remembered this long, and this many of them, so that an answer can say "last seen". */
export const departedMemoryMs = 7 * 24 * 3_600_000
export const maxDepartedInstances = 10_000
/** And this many of one identity, and told by one relay, so that nobody can have the others' forgotten. */
export const maxDepartedPerHost = 1_000
export const maxDepartedPerRelay = 3_000

/** A session outlives the loss of all its paths by this long. */
export const sessionGraceMs = 60_000
/** For forwarded connections, unless the service or the caller says otherwise: a laptop that was closed for a moment. */
export const forwardGraceMs = 5 * 60_000
/** The least and the most that a service or a caller may say. */
export const minSessionGraceMs = 1_000
export const maxSessionGraceMs = 24 * 3_600_000
/** Bytes a sender keeps until they are acknowledged; `write` waits when it is full. */
export const sendBufferBytes = 4 * 1024 * 1024
/** Credit: bytes a receiver lets the sender be ahead of the reader. Well below the 4 MiB at which libp2p kills a stream. */
export const receiveWindowBytes = 1024 * 1024
/** Acknowledgement overdue: a few round trips, but at least this. */
export const minAckOverdueMs = 200
/** And at most this, or three round trips, when another path can step in. */
export const maxAckOverdueMs = 600
/** Session paths: ping when idle this long, and two pings unanswered for this long each mean the path is lost. */
export const pathHeartbeatMs = 2_000
export const pathStrikeMs = 1_000
/** A path that failed is not preferred again for this long; doubled each time, up to the second figure. */
export const pathSettleMs = 10_000
export const maxPathSettleMs = 300_000
/** Received bytes are acknowledged within this time, or at once when many have come. */
export const ackDelayMs = 25
/** A session that is over keeps its paths this long at the host, so that the dialer learns of it and closes them. */
export const sessionLingerMs = 5_000
/** A host remembers its answers to dials, and how sessions ended, this long (more than the grace period), and this many. */
export const answerMemoryMs = 15 * 60_000
export const maxRememberedAnswers = 10_000
export const maxRememberedPerPeer = 256
/** Calls of one caller that may ring at one host at the same time. */
export const maxRingingPerPeer = 64
/** A ringing call that lost its path waits this long for its caller to come back over another relay. */
export const ringingGraceMs = 10_000
/** Somebody who opens a stream must say what for within this time. */
export const firstFrameTimeoutMs = 5_000
/** A path whose session is over waits for the next call so long, less than the host waits for it; and so many of one context at most. */
export const parkedPathMs = 3_000
export const maxParkedPaths = 32

/** Chat: callers waiting while a call is active or ringing. */
export const maxWaitingCallers = 5
/** Chat: bytes of one message. */
export const maxMessageBytes = 64 * 1024

/** Rendezvous: go's `-rendezvous` and `-pid`. */
export const defaultRendezvous = 'meet me here'
export const defaultRendezvousProtocol = '/chat/1.1.0'
/** Rendezvous: bytes of one line; of a longer one the beginning is shown and the rest is skipped until it ends. */
export const maxRendezvousLineBytes = 1024 * 1024
/** Rendezvous: what may wait to be sent to one peer; a line beyond that is not sent to it, and that is said. */
export const maxRendezvousPendingBytes = 2 * 1024 * 1024
/** Rendezvous: a connected peer that was not heard for this long has gone; both ends of a connection are heard every 30 s. */
export const rendezvousSilenceMs = 45_000
/** Rendezvous: chat streams that one peer may have open here; two that find each other at the same moment have two. */
export const maxRendezvousStreams = 8
/** Rendezvous: what a script says first waits this long for somebody to say it to. */
export const rendezvousFirstPeerMs = 30_000
/** Rendezvous: pauses between two searches, two announcements, and two attempts to reach a peer: the first, and the longest. */
export const rendezvousSearchMinMs = 500
export const rendezvousSearchMaxMs = 30_000
export const rendezvousAnnounceMinMs = 500
export const rendezvousAnnounceMaxMs = 10 * 60_000
export const rendezvousRetryMinMs = 1_000
export const rendezvousRetryMaxMs = 60_000
/** Rendezvous: how long a provider record is believed here. go announces itself anew after 2 h 37 min. */
export const providerValidityMs = 3 * 3_600_000
/** Rendezvous: how often those past that are dropped. Until then their peers and addresses must be known: answers need them. */
export const providerSweepMs = 10 * 60_000
export const providerAddressMs = 4 * 3_600_000
/** Rendezvous: one look-up or announcement, which on the public network passes by dozens of servers; one attempt to reach a peer. */
export const rendezvousRoundTimeoutMs = 180_000
export const rendezvousReachTimeoutMs = 30_000

/** Forwarding: connections a host serves at the same time, unless told otherwise. */
export const defaultMaxConnections = 1_000
/** Forwarding: how long the target of a host may take to take a connection, and how often one that did not is probed until it does. */
export const targetConnectTimeoutMs = 5_000
export const targetProbeMs = 1_000

/** A connection that has not shown whether it is libp2p's or ours after this long is hung up on; of more that are silent the oldest goes. */
export const firstBytesTimeoutMs = 5_000
export const maxSilentSockets = 2_048
/** How long a token to have two connections joined is good for. */
export const spliceTokenMs = 10_000
/** Splices that one member may have set up at the same time, and have at all, at one relay. */
export const maxPendingSplices = 256
export const maxSplicesPerPeer = 16_384
/** Joined connections on which nothing goes either way for this long are ended; sessions ping every few seconds. */
export const maxIdleSpliceMs = 2 * 60_000
/** Splices that a host answers at one relay at the same time, in shares per dialer; what is announced beyond is left to circuits. */
export const maxAnsweredSplices = 512
/** Connections on which a relay has told what address it sees: how long one stays open at most, and how many do. */
export const seenLingerMs = 15_000
export const maxSeenSockets = 1_024
/** What a relay that is asked for our address may take, and how much longer than the fastest one. */
export const seenAnswerMs = 1_500
export const seenAnswersApartMs = 300
/** A session is without a direct path this long before one is looked for: a call that is over as fast needs none. */
export const directAfterMs = 100
/** The other side has this long to say where it can be reached, and then both to connect. */
export const directOfferMs = 5_000
export const directConnectMs = 5_000
/** Pauses between two attempts with one peer: the first and the longest. A direct path that broke sooner than this counts as one that failed. */
export const directRetryMinMs = 5_000
export const directRetryMaxMs = 10 * 60_000
export const directStableMs = 60_000
/** Attempts of one member at a time; a host takes part in as many for each dialer, and in so many altogether. */
export const maxDirectAttempts = 4
export const maxDirectHosted = 16
/** And for one dialer in so many that come to nothing, then so many a second. */
export const maxDirectBurst = 20
export const maxDirectPerSecond = 1
/** How often the addresses of this machine are looked at while there are sessions. */
export const networkLookMs = 5_000
/** A splice that has not come about after this long gets a circuit beside it; whichever is there first is used. */
export const spliceHedgeMs = 1_000

/** One message of a WebSocket, and the header of the request for one. */
export const maxWebSocketMessageBytes = 1024 * 1024
export const maxWebSocketHeaderBytes = 8 * 1024
/** A relay that has not answered on TCP after this long is tried on WebSocket as well; whichever is there first is used. */
export const webSocketAfterMs = 750
/** An address of a relay that worked is tried first for this long; then the usual order has its turn again. */
export const workedAddressMs = 3_600_000
