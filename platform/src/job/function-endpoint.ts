/** Where functions are served, as plain data of the graph. */

export type EndpointDescriptor = HttpEndpointDescriptor | ModuleEndpointDescriptor;

/** An HTTP server that speaks StateFun's request-reply protocol. */
export interface HttpEndpointDescriptor {
  readonly kind: 'http';
  /** Unique in the graph: `functions.fraud/profile`, or the name under which several types share it. */
  readonly id: string;
  /** http, https, http+unix or https+unix. `{function.name}` stands for the name of the function that is called. */
  readonly url: string;
  /** Requests under way at once, of one subtask. Absent: as many as the endpoint makes use of (`request-slots.ts`). */
  readonly requestsMax?: number;
  /** Of one request, from its beginning to the end of its answer, milliseconds. */
  readonly timeoutMs: number;
  readonly connectTimeoutMs: number;
  /** Between two pieces of the answer, and before its first. Absent: only `timeoutMs` bounds it. */
  readonly readTimeoutMs?: number;
  /** Between two pieces of the request that are taken. Absent: as above. */
  readonly writeTimeoutMs?: number;
  /** Longer answers are a failure. */
  readonly maxAnswerBytes: number;
  /** Requests are signed with each of these (`@tidegate/functions-sdk/signature`). Absent: not signed. */
  readonly secrets?: readonly string[];
  readonly tls?: EndpointTls;
  /**
   * Whether the server may have a loopback, private or link-local address. Absent: if the URL's own host is such an
   * address, `localhost` or a name without a dot, so that a public name cannot come to mean an inner one.
   */
  readonly allowPrivate?: boolean;
}

/** A module of functions that runs in a thread of the worker, one for each subtask. */
export interface ModuleEndpointDescriptor {
  readonly kind: 'module';
  /** As above. */
  readonly id: string;
  /** TypeScript or JavaScript; absolute, on the disk of whoever runs the job. */
  readonly file: string;
  /** The types that it is to have. */
  readonly functions: readonly string[];
  /** Under way at once. */
  readonly requestsMax: number;
  /** Of one message that does not wait, and of one batch that does: milliseconds. */
  readonly timeoutMs: number;
  /** Of the thread's heap. */
  readonly memoryBytes: number;
}

/** Absolute paths of files in PEM. `cert` and `key` come together. */
export interface EndpointTls {
  /** Instead of the authorities that Node knows. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** A file that holds the key's password. */
  readonly keyPassword?: string;
}
