/**
 * Finds the route of a request.
 *
 * Invariants
 * - A segment is matched as it was sent, and decoded afterwards: an encoded slash never makes two segments of one.
 */
import { ApiError } from './api-error.js';
import type { ApiHost } from './cluster-service.js';
import type { Route } from './route.js';

export const OPENAPI_PATH = '/v1/openapi.json';
const SHOWN_MAX = 3;

export interface Routed<H = ApiHost> {
  readonly route: Route<H>;
  readonly parameters: Readonly<Record<string, string>>;
}

export class Router<H = ApiHost> {
  readonly #routes: readonly { readonly route: Route<H>; readonly segments: readonly string[] }[];
  /** For who has lost the way. */
  readonly #map: string;

  constructor(routes: readonly Route<H>[]) {
    this.#map = mapOf(routes);
    this.#routes = routes.map((route) => ({ route, segments: route.path.split('/') }));
  }

  /** @param path without query. @throws ApiError `not-found`, `method-not-allowed`, `bad-request` */
  route(method: string, path: string): Routed<H> {
    const sent = path.split('/');
    const found = this.#at(sent);
    if (found.length === 0) throw new ApiError('not-found', `there is nothing at ${path}; ${this.#map}`);
    const one = found.find(({ route }) => route.method === method);
    if (one === undefined) throw new ApiError('method-not-allowed', `${path} takes ${this.allowed(path)}`);
    return { route: one.route, parameters: parametersOf(one.segments, sent) };
  }

  /** The methods that a path takes, with commas in between. */
  allowed(path: string): string {
    return this.#at(path.split('/'))
      .map(({ route }) => route.method)
      .join(', ');
  }

  #at(sent: readonly string[]) {
    return this.#routes.filter(({ segments }) => matches(segments, sent));
  }
}

function mapOf(routes: readonly { readonly method: string; readonly path: string }[]): string {
  if (routes.some(({ path }) => path === OPENAPI_PATH)) return `${OPENAPI_PATH} says what there is`;
  const shown = routes.slice(0, SHOWN_MAX).map(({ method, path }) => {
    return `${method} ${path.replace(/\{(\w+)\}/g, (_, name: string) => name.toUpperCase())}`;
  });
  const others = routes.length - shown.length;
  return `there is ${shown.join(', ')}${others === 0 ? '' : `, and ${others} more`}`;
}

function matches(segments: readonly string[], sent: readonly string[]): boolean {
  return (
    segments.length === sent.length &&
    segments.every((segment, index) => (isParameter(segment) ? sent[index] !== '' : segment === sent[index]))
  );
}

function parametersOf(segments: readonly string[], sent: readonly string[]): Record<string, string> {
  const found: [string, string][] = segments.flatMap((segment, index) =>
    isParameter(segment) ? [[segment.slice(1, -1), decoded(sent[index]!)]] : [],
  );
  return Object.fromEntries(found);
}

function isParameter(segment: string): boolean {
  return segment.startsWith('{');
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new ApiError('bad-request', `${segment} is not percent-encoded as it should be`);
  }
}
