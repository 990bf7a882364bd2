/**
 * A route of the API as data: the router and the OpenAPI document are made of the same table.
 *
 * Invariants
 * - What a route answers is one of its responses, or one of its errors, or one that every route may give.
 */
import type { ApiErrorCode } from './api-error.js';
import type { SchemaName } from './api-schemas.js';
import type { ApiHost } from './cluster-service.js';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Who may ask: each role may also what those before it may. */
export const API_ROLES = ['viewer', 'operator', 'admin'] as const;
export type ApiRole = (typeof API_ROLES)[number];

/** @typeParam H whom it asks */
export interface Route<H = ApiHost> {
  readonly method: Method;
  /** Parameters in braces, each a whole segment. */
  readonly path: string;
  readonly role: ApiRole;
  readonly summary: string;
  /** Parameters of the query that are whole numbers: what they are. Absent: there are none. */
  readonly query?: Readonly<Record<string, string>>;
  /** The same of those that are texts. */
  readonly texts?: Readonly<Record<string, string>>;
  /** Of the body. Absent: there is none. */
  readonly request?: SchemaName;
  readonly responses: Readonly<Record<number, { readonly description: string; readonly schema: SchemaName }>>;
  /** Besides those of every route: `COMMON_ERRORS`. */
  readonly errors: readonly ApiErrorCode[];
  handle(call: Call, host: H): Reply | Promise<Reply>;
}

export interface Call {
  /** Decoded. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Of the route's; absent where the request had them not. */
  readonly query: Readonly<Record<string, number>>;
  readonly texts: Readonly<Record<string, string>>;
  /** Valid by the route's schema; an empty object where the request had no body. */
  readonly body: unknown;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Of requests that are not as they must be, whatever they are for. */
export const COMMON_ERRORS: readonly ApiErrorCode[] = [
  'elsewhere',
  'bad-request',
  'unauthorized',
  'forbidden',
  'misdirected',
  'internal',
  'unavailable',
];
/** Methods of requests that may have a body. */
export const BODY_METHODS: ReadonlySet<Method> = new Set(['POST', 'PUT']);
/** Of those. */
export const BODY_ERRORS: readonly ApiErrorCode[] = ['too-large', 'unsupported-media-type'];
