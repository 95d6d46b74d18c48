import type { Clock } from '../../core/clock.js'
import { AgreedRows, type Telling } from '../../directory/agreed-rows.js'
import type { Row, RowHost } from '../../directory/row.js'
import { RowView } from '../../directory/row-view.js'

/** One of the homes that are followed, and another one after it. */
interface Slot extends Telling {
  view: RowView
  source: string | undefined
}

/** A home that told of many who could not be proved is not followed for this long. */
const distrustMs = 10 * 60_000

export interface MirroredPartOptions {
  clock: Clock
  /** Returns the hosts of an instance that homes can prove; undefined when none answers. */
  prove(instanceId: string): Promise<ReadonlyMap<string, RowHost> | undefined>
  onRow(instanceId: string): void
  /** Called when one of the homes is not to be followed any more. */
  onFalse(): void
}

/**
 * Keeps the rows of one partition as two of its homes tell them, where there are two, so that none can falsify it, or hide what it has
 * lost. A home counts when it has told everything; until one has, the first of them does.
 */
export class MirroredPart {
  readonly #slots: readonly Slot[]
  readonly #agreed: AgreedRows
  readonly #clock: Clock
  /** Homes that are not followed, and until when. */
  readonly #distrusted = new Map<string, number>()

  constructor({ clock, prove, onRow, onFalse }: MirroredPartOptions) {
    this.#clock = clock
    this.#slots = [this.#slot(), this.#slot()]
    this.#agreed = new AgreedRows(this.#slots, {
      clock,
      prove,
      onRow: (instanceId) => onRow(instanceId),
      onFalse: (telling) => {
        const slot = telling as Slot
        if (slot.source === undefined) return
        this.#distrusted.set(slot.source, clock.monotonic() + distrustMs)
        slot.view.clear()
        onFalse()
      },
    })
  }

  get rows(): Iterable<Row> {
    return this.#agreed.rows
  }

  /** True when one of the homes has told everything. */
  get current(): boolean {
    return this.#slots.some(({ view }) => view.current)
  }

  get sources(): string[] {
    return this.#slots.flatMap(({ source }) => source ?? [])
  }

  row(instanceId: string): Row | undefined {
    return this.#agreed.row(instanceId)
  }

  /** Goes by these homes, the first ones if it can. Returns those that are followed from now on, or are not any more. */
  assign(homes: readonly string[]): string[] {
    const nowMs = this.#clock.monotonic()
    const others = homes.filter((home) => (this.#distrusted.get(home) ?? nowMs) <= nowMs)
    const trusted = others.length > 0 ? others : homes
    const changed = this.sources.filter((source) => !trusted.includes(source))
    for (const source of changed) this.lose(source)
    for (const slot of this.#slots) {
      if (slot.source !== undefined) continue
      slot.source = trusted.find((home) => !this.sources.includes(home))
      if (slot.source !== undefined) changed.push(slot.source)
    }
    return changed
  }

  /** Called when a home begins to tell everything. */
  begin(home: string): void {
    this.#of(home)?.view.begin()
  }

  /** Called when a home tells of somebody, or (undefined) that nobody of this name is there. */
  told(home: string, instanceId: string, row: Row | undefined): void {
    const view = this.#of(home)?.view
    if (row === undefined) view?.gone(instanceId)
    else view?.put(row)
  }

  /** Called when a home has told everything. */
  end(home: string): void {
    const slot = this.#of(home)
    if (slot === undefined) return
    slot.view.end()
    this.#agreed.decideAll()
  }

  /** Called when a home is not there any more. What it told stays until another one has told everything. */
  lose(home: string): void {
    const slot = this.#of(home)
    if (slot === undefined) return
    slot.source = undefined
    slot.view.begin()
    this.#agreed.replaced(slot)
    this.#agreed.decideAll()
  }

  /** Shows this row, as another part did before, until a home has told everything. */
  show(row: Row): void {
    for (const { view } of this.#slots) view.rows.set(row.instanceId, row)
    this.#agreed.begin(row)
  }

  stop(): void {
    this.#agreed.stop()
  }

  #of(home: string): Slot | undefined {
    return this.#slots.find(({ source }) => source === home)
  }

  #slot(): Slot {
    const view = new RowView((instanceId) => this.#agreed.decide(instanceId))
    const slot: Slot = {
      view,
      rows: view.rows,
      source: undefined,
      counts: () => slot.source !== undefined && (view.current || (!this.current && this.#isFirst(slot))),
      isTold: (instanceId) => view.isTold(instanceId),
    }
    return slot
  }

  #isFirst(slot: Slot): boolean {
    return this.#slots.find(({ source }) => source !== undefined) === slot
  }
}
