/** A sink that is much too slow for what there is to be read, under a whole run: row F62. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { decodeEntry, type LogEntry } from '../../src/checkpoint/log-entry.js';
import { Child, inFolder, until } from '../applications/child.js';

const EVENTS = 40_000;
const KEYS = 5000;
/** So that the input is far larger than what may wait anywhere. */
const PADDING = 'x'.repeat(300);
const BATCH = 4;
const SLOW_MS = 400;
const MIB = 1024 * 1024;

const application = (url: string): string => `name: app
settings:
  parallelism: 2
  restart: none
  checkpoint: { interval: 200ms, alignedTimeout: 100ms, timeout: 60s }
ingresses:
  in:
    file: { path: in.jsonl }
    schema: { n: int, k: int, pad: string, ts: timestamp }
    time: { field: ts }
egresses:
  out: { http: { url: "${url}", batch: ${BATCH}, linger: 1s } }
rules:
  pair:
    from: in
    key: k
    pattern: { within: 1d, skip: pastLastEvent, steps: [{ begin: a }, { followedBy: b }] }
    select: { first: a.n, pad: b.pad }
    to: out
`;

/** Takes lists of alerts, each for so long as it is told to. */
class SlowReceiver {
  readonly first = new Set<number>();
  answerMs = SLOW_MS;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        for (const { first } of JSON.parse(Buffer.concat(chunks).toString()) as { first: number }[])
          this.first.add(first);
        setTimeout(() => response.end(), this.answerMs);
      });
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

/** A value of a file of `/proc` about a process. */
function procValue({ process: { pid } }: Child, file: string, name: string): number {
  const text = readFileSync(`/proc/${pid}/${file}`, 'utf8');
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1]);
}

const residentBytes = (run: Child): number => procValue(run, 'status', 'VmRSS') * 1024;
const readBytes = (run: Child): number => procValue(run, 'io', 'rchar');

/** The entries of the checkpoint log that are there now. */
function logOf(folder: string): LogEntry[] {
  const log = join(folder, '.tidegate/app/checkpoints/log');
  if (!existsSync(log)) return [];
  return readdirSync(log)
    .filter((name) => /^\d+$/.test(name))
    .map((name) => decodeEntry(readFileSync(join(log, name)), name));
}

const latest = (folder: string) =>
  logOf(folder)
    .flatMap((entry) => (entry.kind === 'checkpoint' ? [entry.metadata] : []))
    .at(-1);

const inFlight = (folder: string): number =>
  latest(folder)!.tasks.flatMap(({ subtasks }) => subtasks.flatMap(({ snapshot }) => snapshot.channels)).length;

describe('a run whose sink takes ten records a second', function () {
  this.timeout(240_000);

  it('F62: reads no further, keeps its memory, and completes checkpoints that overtake what waits', function () {
    if (!existsSync('/proc/self/io')) {
      process.stderr.write('skipped: what a process reads and holds cannot be seen on this machine\n');
      return this.skip();
    }
    return inFolder(async (folder) => {
      const receiver = new SlowReceiver();
      try {
        writeFileSync(join(folder, 'application.yaml'), application(await receiver.listen()));
        const events = Array.from({ length: EVENTS }, (_, n) => ({
          n,
          k: n % KEYS,
          pad: PADDING,
          ts: 1_700_000_000_000 + n,
        }));
        writeFileSync(join(folder, 'in.jsonl'), events.map((event) => `${JSON.stringify(event)}\n`).join(''));
        const run = new Child(['run', '--quiet'], { cwd: folder });
        const reaches = (checkpoint: number): Promise<void> =>
          until(() => (latest(folder)?.checkpoint ?? 0) >= checkpoint, run);
        await reaches(4);
        const before = { resident: residentBytes(run), read: readBytes(run), sent: receiver.first.size };
        assert.ok(inFlight(folder) > 0, 'the checkpoint has overtaken what was in flight');
        await reaches(10);
        const after = { resident: residentBytes(run), read: readBytes(run), sent: receiver.first.size };
        assert.ok(after.sent > before.sent && after.sent < 2000, `${after.sent} alerts were taken`);
        assert.ok(after.read - before.read < 2 * MIB, `${after.read - before.read} bytes were read meanwhile`);
        assert.ok(
          after.resident - before.resident < 64 * MIB,
          `${after.resident - before.resident} bytes more are held`,
        );
        assert.doesNotMatch(run.err, /given up|error/);
        run.process.kill('SIGKILL');
        await run.finished;
        receiver.answerMs = 0;
        const next = new Child(['run', '--quiet'], { cwd: folder });
        const { exitCode, err } = await next.finished;
        assert.equal(exitCode, 0, err);
        // Of each key the first, third, ... event begins a pair.
        const begins = events.filter(({ n }) => Math.floor(n / KEYS) % 2 === 0).map(({ n }) => n);
        assert.deepEqual(
          [...receiver.first].sort((a, b) => a - b),
          begins,
        );
      } finally {
        receiver.close();
      }
    });
  });
});
