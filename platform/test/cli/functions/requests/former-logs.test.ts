/** What a later attempt reads of logs of invocations on a disk. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { FileInvocationLog } from '../../../../src/cli/functions/requests/file-invocation-log.js';
import type { InvocationEntry } from '../../../../src/functions/requests/invocation-entry.js';
import type { LogPosition } from '../../../../src/functions/requests/invocation-log.js';
import { inFolder } from '../../../applications/child.js';

const NO_BYTES = { typename: '', hasValue: false, bytes: new Uint8Array(0) };

class Logs {
  readonly warned: string[] = [];

  constructor(private readonly root: string) {}

  open(attempt: number, positions?: readonly LogPosition[]): Promise<FileInvocationLog> {
    return FileInvocationLog.open({
      ...{ root: join(this.root, 'invocations'), positions, id: { epoch: 1, attempt, task: 'functions', subtask: 0 } },
      warn: (message) => this.warned.push(message),
      fail: (error) => this.warned.push(String(error)),
      wake: () => undefined,
      failpoint: () => undefined,
    });
  }
}

const asked = (request: string): InvocationEntry => ({
  ...{ kind: 'request', target: { type: 'test/book', id: 'a' }, request },
  argument: NO_BYTES,
});

/** Resolves when they are durable. */
async function write(log: FileInvocationLog, ...requests: readonly string[]): Promise<void> {
  let isDurable = false;
  for (const request of requests) log.append(asked(request), () => (isDurable = true));
  while (!isDurable) {
    await new Promise(setImmediate);
    log.settle();
  }
}

const requestsIn = ({ past }: FileInvocationLog): string[] =>
  past.map((entry) => (entry.kind === 'request' ? entry.request : entry.kind));

describe('logs of invocations of earlier attempts', () => {
  it('count from where the checkpoint says', () =>
    inFolder(async (folder) => {
      const logs = new Logs(folder);
      const first = await logs.open(1);
      await write(first, 'one');
      const position = first.position(1, []);
      await write(first, 'two', 'three');
      first.complete(1);
      await first.close();
      const next = await logs.open(2, [position]);
      assert.deepEqual(requestsIn(next), ['two', 'three']);
      assert.deepEqual(logs.warned, []);
      await next.close();
    }));

  it('that are older than the checkpoint are passed over where nobody had heard that it is complete', () =>
    inFolder(async (folder) => {
      const logs = new Logs(folder);
      const first = await logs.open(1);
      await write(first, 'one');
      const known = first.position(1, []);
      first.complete(1);
      await first.close();
      const second = await logs.open(2, [known]);
      await write(second, 'two');
      const position = second.position(2, []);
      await write(second, 'three');
      await second.close();
      const next = await logs.open(3, [position]);
      assert.deepEqual(logs.warned, []);
      assert.deepEqual(requestsIn(next), ['three']);
      await next.close();
    }));

  it('are none of a job that goes on from an older checkpoint, which says so', () =>
    inFolder(async (folder) => {
      const logs = new Logs(folder);
      const first = await logs.open(1);
      await write(first, 'one');
      const older = first.position(1, []);
      await write(first, 'two');
      first.position(2, []);
      first.complete(2);
      await first.close();
      const next = await logs.open(2, [older]);
      assert.match(logs.warned.join(), /goes on from another checkpoint than its last one/);
      assert.deepEqual(requestsIn(next), []);
      await next.close();
    }));
});
