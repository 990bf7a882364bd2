/**
 * An egress in a process of its own, for disks and limits that only a process can have: commits one small epoch, then tries
 * one of 2 MB. Prints one line of JSON: where it failed, how, and what is visible afterwards.
 *
 * Arguments: base folder, state folder, `hoard` to use up the file descriptors in between.
 */
import { openSync, closeSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConnectorError } from '../../../src/api/index.js';
import { FileSink } from '../../../src/file/sink/file-sink.js';

const [baseDir = '', stateDir = '', hoard] = process.argv.slice(2);
const failures: Error[] = [];
const sink = new FileSink(
  { path: 'out/alerts.jsonl', suffix: '' },
  {
    job: 'test',
    name: 'alerts',
    baseDir,
    stateDir,
    now: () => 0,
    schedule: (ms, callback) => {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
    random: () => 0,
    fail: (error) => failures.push(error),
  },
  undefined,
);
const subtask = { subtask: 0, parallelism: 1, attempt: 1 };
const committer = sink.createCommitter(subtask);
const writer = sink.createWriter({ ...subtask, delivery: 'exactly-once', restored: false });

let place = 'recover';
async function commit(epoch: number, payload: string): Promise<void> {
  writer.write({ payload, timestamp: 0 });
  const staged = writer.stage(epoch);
  place = `flush of ${epoch}`;
  await writer.flush();
  place = `commit of ${epoch}`;
  await committer.commit({ subtask: 0, epoch, staged });
}

const hoarded: number[] = [];
let failure: unknown;
try {
  await committer.recover(undefined);
  await commit(1, 'one');
  while (hoard === 'hoard') {
    try {
      hoarded.push(openSync('/dev/null', 'r'));
    } catch {
      break;
    }
  }
  await commit(2, 'x'.repeat(2_000_000));
} catch (error) {
  failure = error;
}
for (const descriptor of hoarded) closeSync(descriptor);
const output = join(baseDir, 'out/alerts.jsonl');
const said =
  failure instanceof ConnectorError ? failure : new ConnectorError('io', `not a ConnectorError: ${String(failure)}`);
console.log(
  JSON.stringify({
    place,
    code: said.code,
    retriable: said.retriable,
    message: said.message,
    visible: existsSync(output) ? readFileSync(output, 'utf8') : undefined,
  }),
);
