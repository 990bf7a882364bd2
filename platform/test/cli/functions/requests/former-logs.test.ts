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

  /**
   * An attempt that goes on from a position, writes some requests, takes a checkpoint, and dies behind some more.
   * @param isHeard whether it still hears that the checkpoint is complete
   * @returns what the checkpoint knows
   */
  async checkpointed(
    attempt: number,
    from: LogPosition | undefined,
    before: readonly string[],
    behind: readonly string[],
    { isHeard } = { isHeard: true },
  ): Promise<LogPosition> {
    const log = await this.open(attempt, from);
    await write(log, before);
    const position = log.position(attempt, []);
    await write(log, behind);
    if (isHeard) log.complete(attempt);
    await log.close();
    return position;
  }

  /** What an attempt that goes on from a position reads. */
  async requestsIn(attempt: number, from: LogPosition): Promise<readonly string[]> {
    const log = await this.open(attempt, from);
    await log.close();
    return log.past.map((entry) => (entry.kind === 'request' ? entry.request : entry.kind));
  }

  open(attempt: number, from: LogPosition | undefined): Promise<FileInvocationLog> {
    const positions = from === undefined ? undefined : [from];
    return FileInvocationLog.open({
      ...{ root: join(this.root, 'invocations'), positions, id: { epoch: 1, attempt, task: 'functions', subtask: 0 } },
      warn: (message) => this.warned.push(message),
      fail: (error) => this.warned.push(String(error)),
      wake: () => undefined,
      failpoint: () => undefined,
    });
  }
}

const inLogs = (test: (logs: Logs) => Promise<void>): Promise<void> => inFolder((folder) => test(new Logs(folder)));

const asked = (request: string): InvocationEntry => ({
  ...{ kind: 'request', target: { type: 'test/book', id: 'a' }, request },
  argument: NO_BYTES,
});

/** Resolves when they are durable. */
async function write(log: FileInvocationLog, requests: readonly string[]): Promise<void> {
  let isDurable = requests.length === 0;
  for (const request of requests) log.append(asked(request), () => (isDurable = true));
  while (!isDurable) {
    await new Promise(setImmediate);
    log.settle();
  }
}

describe('logs of invocations of earlier attempts', () => {
  it('count from where the checkpoint says', () =>
    inLogs(async (logs) => {
      const position = await logs.checkpointed(1, undefined, ['one'], ['two', 'three']);
      assert.deepEqual(await logs.requestsIn(2, position), ['two', 'three']);
      assert.deepEqual(logs.warned, []);
    }));

  it('that are older than the checkpoint are passed over where nobody had heard that it is complete', () =>
    inLogs(async (logs) => {
      const known = await logs.checkpointed(1, undefined, ['one'], []);
      const position = await logs.checkpointed(2, known, ['two'], ['three'], { isHeard: false });
      assert.deepEqual(await logs.requestsIn(3, position), ['three']);
      assert.deepEqual(logs.warned, []);
    }));

  it('are none of a job that goes on from an older checkpoint, which says so', () =>
    inLogs(async (logs) => {
      const log = await logs.open(1, undefined);
      await write(log, ['one']);
      const older = log.position(1, []);
      await write(log, ['two']);
      log.position(2, []);
      log.complete(2);
      await log.close();
      assert.deepEqual(await logs.requestsIn(2, older), []);
      assert.match(logs.warned.join(), /goes on from another checkpoint than its last one/);
    }));
});
