/**
 * Makes runs of a plain state's nodes, with the numbers of stages and positions as they are or as a rule's numbering says.
 *
 * The ordinals of the events are made anew: those of one timestamp count up to -1, so that all of them are behind those
 * of events to come, which count from 0.
 */
import { compact, type TimeOrigin } from '../matcher/time-origin.js';
import { Run } from '../matcher/key-state.js';
import { InvalidStateError } from './invalid-state-error.js';
import type { Numbering } from './numbering.js';
import { NONE, type PlainNode, type PlainState } from './plain-state.js';

export class PlainRunBuilder<E> {
  readonly #origin: TimeOrigin;
  readonly #offsets: number[] = [];
  readonly #ordinals: number[] = [];

  constructor(origin: TimeOrigin) {
    this.#origin = origin;
  }

  /** For a new state: its events' times. @throws InvalidStateError */
  begin({ events, timestamps }: PlainState<E>): void {
    const offsets = this.#offsets;
    offsets.length = 0;
    this.#ordinals.length = 0;
    if (timestamps.length !== events.length) throw new InvalidStateError('not every event has a time');
    for (const timestamp of timestamps) {
      const offset = compact(this.#origin.offset(timestamp));
      if (!(offset >= (offsets[offsets.length - 1] ?? -Infinity))) throw new InvalidStateError('events out of order');
      offsets.push(offset);
    }
    for (let index = offsets.length - 1; index >= 0; index--)
      this.#ordinals[index] = offsets[index] === offsets[index + 1] ? (this.#ordinals[index + 1] as number) - 1 : -1;
  }

  /**
   * By node: its run; undefined for one that has an event which a stage took that is not there any more.
   * @throws InvalidStateError
   */
  build(plain: PlainState<E>, numbering: Numbering | undefined): (Run<E> | undefined)[] {
    const runs: (Run<E> | undefined)[] = [];
    for (const node of plain.nodes) runs.push(this.#run(plain, runs, node, numbering));
    return runs;
  }

  #run(
    { nodes, events }: PlainState<E>,
    runs: readonly (Run<E> | undefined)[],
    node: PlainNode,
    numbering: Numbering | undefined,
  ): Run<E> | undefined {
    const { event, parent } = node;
    if (!(event >= 0 && event < events.length)) throw new InvalidStateError(`there is no event ${event}`);
    if (parent !== NONE && !((nodes[parent]?.event ?? Infinity) < event && parent < runs.length))
      throw new InvalidStateError(`${parent} cannot be the parent of ${runs.length}`);
    const before = parent === NONE ? undefined : runs[parent];
    if (parent !== NONE && before === undefined) return undefined;
    const stage = numberNow(numbering?.stages, node.stage);
    if (stage === NONE) return undefined;
    const position = node.position === NONE ? NONE : numberNow(numbering?.positions, node.position);
    const [time, ordinal] = [this.#offsets[event] as number, this.#ordinals[event] as number];
    return new Run<E>(position, stage, events[event] as E, time, ordinal, before);
  }
}

function numberNow(numbers: readonly number[] | undefined, written: number): number {
  return numbers === undefined ? written : (numbers[written] ?? NONE);
}
