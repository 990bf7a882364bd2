/** What a host and its thread of functions tell each other: batches and outcomes in the bytes of shared requests. */
import type { EndpointDescription } from '../serving/description.js';
import type { RunningMessage } from './progress.js';

/** What the thread is started with, as `workerData`. */
export interface ThreadStart {
  /** Of a `Progress`. */
  readonly progress: SharedArrayBuffer;
  /** How long a batch may wait for something; the host sees to those that do not wait. Milliseconds. */
  readonly timeoutMs: number;
  /** That it may keep, in its heap and outside of it. */
  readonly memoryBytes: number;
}

/** To the thread: a SharedRequest. */
export interface ThreadCall {
  /** From 1 on, rising. */
  readonly call: number;
  readonly request: Uint8Array;
}

export type ThreadReport =
  /** Once, before anything else. */
  | { readonly kind: 'ready'; readonly description: EndpointDescription }
  /** A SharedReply. */
  | { readonly kind: 'answer'; readonly call: number; readonly reply: Uint8Array }
  /** Before its answer: the batch is given up, and its handler has not ended. */
  | { readonly kind: 'late'; readonly message: RunningMessage }
  /** One that was late has ended after all. */
  | { readonly kind: 'ended'; readonly message: RunningMessage };
