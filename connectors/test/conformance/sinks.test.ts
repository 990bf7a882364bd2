import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { Connector, Sink } from '../../src/api/index.js';
import { file } from '../../src/file/index.js';
import { http } from '../../src/http/index.js';
import { StreamSink } from '../../src/stdout/stream-sink.js';
import { webhook } from '../../src/webhook/index.js';
import { startReceiver } from '../http/receiver.js';
import { configured } from '../support/configured.js';
import type { TestContext } from '../support/context.js';
import { itIsASink } from './sink-conformance.js';

function create(connector: Connector, options: Record<string, unknown>, context: TestContext): Sink {
  assert.ok(connector.sink);
  return connector.sink.createSink(configured(connector.sink.options, options), context, undefined);
}

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '');

itIsASink('file', async (context) => {
  const path = join(context.baseDir, 'out', 'alerts.jsonl');
  return {
    sink: create(file, { path: 'out/alerts.jsonl' }, context),
    payloads: () => (existsSync(path) ? linesOf(readFileSync(path, 'utf8')) : []),
  };
});

itIsASink('file, as a folder of parts,', async (context) => {
  const folder = join(context.baseDir, 'out');
  return {
    sink: create(file, { path: 'out/' }, context),
    payloads: () =>
      readdirSync(folder)
        .sort()
        .flatMap((name) => linesOf(readFileSync(join(folder, name), 'utf8'))),
  };
});

itIsASink('stdout', async (context) => {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    highWaterMark: 64 * 1024,
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk);
      setImmediate(done);
    },
  });
  return {
    sink: new StreamSink(stream, 'stdout', context, undefined),
    payloads: () => linesOf(Buffer.concat(chunks).toString()),
  };
});

for (const batch of [1, 7]) {
  itIsASink(`http with batches of ${batch}`, async (context) => {
    const receiver = await startReceiver();
    return {
      sink: create(http, { url: receiver.url, batch, linger: 1 }, context),
      payloads: () =>
        receiver.received.flatMap(({ body }) =>
          batch === 1 ? [body] : (JSON.parse(body) as unknown[]).map((value) => JSON.stringify(value)),
        ),
      close: () => receiver.close(),
    };
  });
}

itIsASink('webhook with one request at a time', async (context) => {
  const receiver = await startReceiver();
  return {
    sink: create(webhook, { url: receiver.url, concurrency: 1 }, context),
    payloads: () => receiver.received.map(({ body }) => body),
    close: () => receiver.close(),
  };
});
