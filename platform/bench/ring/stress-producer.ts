/**
 * The producer's thread of the stress test: frames of numbered records of all sizes, and announced barriers whose
 * `timestamp` says how many records come before them.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { PassingWriter } from '../../src/network/passing/passing-writer.js';
import { SourceForms } from '../../src/network/passing/source-forms.js';
import { Doorbell } from '../../src/network/ring/doorbell.js';
import { RingMemory } from '../../src/network/ring/ring-memory.js';
import { RingOutputChannel } from '../../src/network/ring/ring-output.js';
import { StreamRecord } from '../../src/record/stream-record.js';
import { ATTEMPT, ELEMENT_BYTES_MAX, numbersFrom, type RingEnds } from './messages.js';

export interface StressOptions extends RingEnds {
  readonly records: number;
  readonly seed: number;
}

const { memory, producerBell, consumerBell, records, seed } = workerData as StressOptions;
const channel = new RingOutputChannel(
  new RingMemory(memory, ATTEMPT),
  new PassingWriter(new SourceForms({})),
  new Doorbell(consumerBell),
  ELEMENT_BYTES_MAX,
);
const draw = numbersFrom(seed);
const SPLIT = { ingress: 'in', id: 'a' };
let sent = 0;
let checkpoint = 0;
let hasEnded = false;

function step(): void {
  for (let left = draw(5); left > 0 && sent < records; left--) {
    const size = draw(20) === 0 ? draw(3 * (memory.byteLength - 1024)) : draw(100);
    const record = new StreamRecord({ text: 'x'.repeat(size) }, sent++, 'in', SPLIT, size, undefined, undefined);
    channel.push({ kind: 'frame', records: [record], keys: undefined });
  }
  if (draw(50) === 0) {
    checkpoint++;
    channel.announce({
      checkpoint,
      timestamp: sent,
      type: 'checkpoint',
      alignment: { mode: 'unaligned' },
      then: 'continue',
    });
  }
  if (draw(3) > 0) channel.flush();
}

function run(): void {
  for (let steps = 0; steps < 50 && sent < records; steps++) {
    if (!channel.hasCredit()) return;
    step();
  }
  if (sent < records) return void setImmediate(run);
  if (!hasEnded) channel.push({ kind: 'end' });
  hasEnded = true;
  channel.flush();
}

new Doorbell(producerBell).listen(run);
// A listener keeps the thread alive until it is terminated.
parentPort!.on('message', () => undefined);
run();
