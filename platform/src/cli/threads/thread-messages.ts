/** What the process and a slot's thread send each other: the slot's messages, and what the surroundings of a job need. */
import type { LogFields } from '../../common/log.js';
import type { StreamGraph } from '../../job/stream-graph.js';
import type { Row } from '../../operators/tables.js';
import type { SlotCommand, SlotReport } from '../../taskmanager/threads/slot-messages.js';
import type { Sampling } from '../../tracing/record-sampler.js';
import type { Span } from '../../tracing/span.js';
import type { WatchedSlots } from '../../taskmanager/threads/slot-watch.js';
import type { TextStyle } from '../presentation/alert-text.js';
import type { TlsFiles } from '../security/tls-credentials.js';
import type { SocketTransportOptions } from '../transport/socket-transport.js';

export type ToThread<Notice = never> =
  | { readonly to: 'slot'; readonly command: SlotCommand }
  /** For whoever made the slot's environment. */
  | { readonly to: 'environment'; readonly notice: Notice };

export type FromThread =
  | { readonly from: 'slot'; readonly report: SlotReport }
  | { readonly from: 'log'; readonly message: string; readonly fields?: LogFields }
  | { readonly from: 'tracer'; readonly spans: readonly Span[] };

/** What the thread of an application's slot begins with. */
export interface ApplicationStart {
  readonly graph: StreamGraph;
  /** See EnvironmentOptions. */
  readonly localDir: string;
  readonly style: TextStyle;
  readonly tables: ReadonlyMap<string, readonly Row[]>;
  /** Of the process's ProcessCells. */
  readonly cells: SharedArrayBuffer;
  /** Which records are followed; absent: spans go nowhere. */
  readonly traces?: Sampling | undefined;
  /** Of a slot that is reached by those of other processes. */
  readonly transport?: SocketTransportOptions;
  /** How those are known, and this one to them; absent: whoever is of the cluster's name. */
  readonly tls?: TlsFiles;
}

/** What such a thread is told: a table's file has changed. */
export interface TableReplaced {
  readonly table: string;
  readonly rows: readonly Row[];
}

/** What the thread begins with that watches slots. */
export interface SlotWatchStart {
  readonly watched: WatchedSlots;
  /** Whether stderr is one. */
  readonly isTerminal: boolean;
}
