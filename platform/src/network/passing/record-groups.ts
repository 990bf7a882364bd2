/**
 * The records of a frame by what they have in common, as columns hold only what is alike. Mostly all are: then the one
 * group is the frame's own list.
 */
import type { ColumnShape } from '../../record/columns/column-shape.js';
import { DeadLetter } from '../../record/dead-letter.js';
import { StreamRecord } from '../../record/stream-record.js';
import type { Payload } from '../element.js';

/** What is not as in most records. */
export const FLAG = { textOffsets: 1, headers: 2, alerts: 4, manySplits: 8, keptPlain: 16 } as const;
export const FLAGS_END = 32;

export interface RecordGroup {
  readonly kind: 'records';
  readonly source: string;
  /** As FLAG has it; `manySplits` is not told here. */
  readonly flags: number;
  /** Undefined with `keptPlain`. */
  readonly shape: ColumnShape | undefined;
  readonly records: readonly StreamRecord[];
}

export interface LetterGroup {
  readonly kind: 'letters';
  readonly records: readonly DeadLetter[];
}

export type Group = RecordGroup | LetterGroup;

export interface Groups {
  readonly groups: readonly Group[];
  /** For each record of the frame the index of its group; undefined if all are in one. */
  readonly order: readonly number[] | undefined;
}

export type ShapeOf = (record: StreamRecord) => ColumnShape | undefined;

export function groupsOf(payloads: readonly Payload[], shapeOf: ShapeOf): Groups {
  const [first] = payloads;
  if (first === undefined) return { groups: [], order: undefined };
  const group = emptyGroup(first, shapeOf);
  for (let i = 1; i < payloads.length; i++)
    if (!belongs(payloads[i]!, group, shapeOf)) return manyGroups(payloads, shapeOf);
  return { groups: [{ ...group, records: payloads } as Group], order: undefined };
}

type OpenGroup = Group & { readonly records: Payload[] };

function manyGroups(payloads: readonly Payload[], shapeOf: ShapeOf): Groups {
  const groups: OpenGroup[] = [];
  const order = payloads.map((payload) => {
    const like = emptyGroup(payload, shapeOf);
    let index = groups.findIndex((group) => isAlike(group, like));
    if (index < 0) index = groups.push(like) - 1;
    groups[index]!.records.push(payload);
    return index;
  });
  return { groups, order };
}

function isAlike(a: Group, b: Group): boolean {
  if (a.kind === 'letters' || b.kind === 'letters') return a.kind === b.kind;
  return a.source === b.source && a.flags === b.flags && a.shape === b.shape;
}

function emptyGroup(payload: Payload, shapeOf: ShapeOf): OpenGroup {
  if (payload instanceof DeadLetter) return { kind: 'letters', records: [] };
  const shape = shapeOf(payload);
  return { kind: 'records', source: payload.source, flags: flagsOf(payload, shape), shape, records: [] };
}

function belongs(payload: Payload, group: Group, shapeOf: ShapeOf): boolean {
  if (group.kind === 'letters') return payload instanceof DeadLetter;
  if (!(payload instanceof StreamRecord) || payload.source !== group.source) return false;
  const shape = shapeOf(payload);
  return shape === group.shape && flagsOf(payload, shape) === group.flags;
}

function flagsOf({ offset, headers, alert }: StreamRecord, shape: ColumnShape | undefined): number {
  return (
    (typeof offset === 'number' ? 0 : FLAG.textOffsets) |
    (headers === undefined ? 0 : FLAG.headers) |
    (alert === undefined ? 0 : FLAG.alerts) |
    (shape === undefined ? FLAG.keptPlain : 0)
  );
}
