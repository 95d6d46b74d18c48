import { toHex } from '../../core/bytes.js'
import type { VerifiedDelegation } from '../../identity/delegation.js'
import type { Witnessed } from '../../identity/witnessed.js'

export type KnownRedemption = Witnessed

/** Limits the invitations that a relay keeps count of; whoever signs more has a leak to look for. */
const maxInvitations = 10_000

interface Invitation {
  delegation: VerifiedDelegation
  /** By peer id, in the order in which they count. */
  uses: KnownRedemption[]
}

/**
 * Knows who used which invitation, as far as this relay was told. Relays that have heard of the same receipts, in whatever order,
 * agree who may stay: those witnessed first. Pure: dates and receipts come in.
 */
export class Redemptions {
  readonly #invitations = new Map<string, Invitation>()

  /** Takes a use in; returns false when it was known. */
  add(redemption: KnownRedemption): boolean {
    const serial = toHex(redemption.delegation.serial)
    const invitation = this.#invitations.get(serial) ?? { delegation: redemption.delegation, uses: [] }
    const known = invitation.uses.find(({ receipt }) => receipt.peerId === redemption.receipt.peerId)
    // Two relays that could not see each other may both have witnessed one key: the earlier date counts everywhere.
    if (known !== undefined && inOrder(known, redemption) <= 0) return false
    invitation.uses = [...invitation.uses.filter((each) => each !== known), redemption].sort(inOrder)
    this.#invitations.set(serial, invitation)
    if (this.#invitations.size > maxInvitations)
      this.#invitations.delete(this.#invitations.keys().next().value as string)
    return true
  }

  /** Returns the uses of those who may stay, in order. */
  uses(serial: string): readonly KnownRedemption[] {
    const invitation = this.#invitations.get(serial)
    return invitation?.uses.slice(0, invitation.delegation.uses) ?? []
  }

  /** Returns true when somebody's use came after the last one that the invitation allows. */
  isExcess(serial: string, peerId: string): boolean {
    const invitation = this.#invitations.get(serial)
    return invitation?.uses.slice(invitation.delegation.uses).some(({ receipt }) => receipt.peerId === peerId) ?? false
  }

  all(): KnownRedemption[] {
    return [...this.#invitations.values()].flatMap(({ uses }) => uses)
  }

  /**
   * Forgets invitations that are over. Where more used one than it allows, it is kept until the last certificate by it is over:
   * without it, those who came too late would look as good as the others. Returns whether anything was forgotten.
   */
  sweep(nowMs: number): boolean {
    let any = false
    for (const [serial, { delegation, uses }] of this.#invitations) {
      const overMs = delegation.expiresAtMs + (uses.length > delegation.uses ? delegation.validityMs : 0)
      if (nowMs <= overMs + keptMs) continue
      any = this.#invitations.delete(serial)
    }
    return any
  }
}

/** Says how long after its end an invitation is kept, as clocks differ; ms. */
const keptMs = 3_600_000

function inOrder({ receipt: a }: KnownRedemption, { receipt: b }: KnownRedemption): number {
  if (a.issuedAtMs !== b.issuedAtMs) return a.issuedAtMs - b.issuedAtMs
  return a.peerId === b.peerId ? 0 : a.peerId < b.peerId ? -1 : 1
}
