/** Who takes requests from outside, as the task of functions sees it: a port. */
import type { RequestCounter } from './request-desk.js';

export interface RequestServer {
  /** Takes them from now on. */
  serve(counter: RequestCounter): void;
  /** Who waits is told that it is over here, and nobody is taken any more. */
  close(): Promise<void>;
}
