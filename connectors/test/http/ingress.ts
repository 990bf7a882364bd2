/** An HTTP ingress that runs: where it listens and what it gives. */
import assert from 'node:assert/strict';
import type { Format, SourceSplit } from '../../src/api/index.js';
import { json } from '../../src/formats/index.js';
import { http } from '../../src/http/index.js';
import { configured } from '../support/configured.js';
import type { TestContext } from '../support/context.js';
import { createFormat } from '../support/formats.js';
import { open, type Polls } from '../support/reading.js';

export interface Ingress {
  readonly url: string;
  readonly polls: Polls;
}

export async function startIngress(
  context: TestContext,
  options: Record<string, unknown> = {},
  format: Format = createFormat(json),
  splits?: readonly SourceSplit[],
): Promise<Ingress> {
  assert.ok(http.source);
  const source = http.source.createSource(configured(http.source.options, { port: 0, ...options }), format, context);
  const polls = await open(source, context, splits);
  const listens = / listens on (\S+)$/;
  const seen = context.lines.length;
  const url = await until(() => {
    const [failure] = context.failures;
    if (failure !== undefined) throw failure;
    return listens.exec(context.lines.slice(seen).join('\n'))?.[1];
  });
  return { url, polls };
}

/** Looks at every turn of the event loop. */
export async function until<T>(look: () => T | undefined): Promise<T> {
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export function post(url: string, body: string | Uint8Array, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/x-ndjson', ...headers } });
}
