/** What the process and a slot's thread send each other: the slot's messages, and what the surroundings of a job need. */
import type { StreamGraph } from '../../job/stream-graph.js';
import type { Row } from '../../operators/tables.js';
import type { SlotCommand, SlotReport } from '../../taskmanager/threads/slot-messages.js';
import type { TextStyle } from '../presentation/alert-text.js';

/** What a thread begins with. */
export interface ThreadStart {
  readonly graph: StreamGraph;
  readonly style: TextStyle;
  readonly tables: ReadonlyMap<string, readonly Row[]>;
}

export type ToThread =
  | { readonly to: 'slot'; readonly command: SlotCommand }
  /** A table's file has changed. */
  | { readonly to: 'table'; readonly name: string; readonly rows: readonly Row[] };

export type FromThread =
  { readonly from: 'slot'; readonly report: SlotReport } | { readonly from: 'log'; readonly message: string };
