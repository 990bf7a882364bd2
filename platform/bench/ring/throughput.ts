/**
 * `npm run -s bench:ring -- EVENTS`: small events with their keys from one thread to another through a ring, encoded and
 * decoded. One JSON line: events a second by the wall clock, and both threads' CPU time an event.
 */
import { Worker } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import { PassingReader } from '../../src/network/passing/passing-reader.js';
import { SourceForms } from '../../src/network/passing/source-forms.js';
import { Doorbell } from '../../src/network/ring/doorbell.js';
import { RingInputChannel } from '../../src/network/ring/ring-input.js';
import { RingMemory } from '../../src/network/ring/ring-memory.js';
import { ATTEMPT, ELEMENT_BYTES_MAX, type RingEnds } from './messages.js';
import { FRAME_RECORDS, PAYMENTS } from './payments.js';

const WARM_UP_SHARE = 0.2;
const FRAMES_PER_TURN = 64;

const frames = Math.ceil(Number(process.argv[2] ?? '5000000') / FRAME_RECORDS);
const ends: RingEnds = {
  memory: RingMemory.allocate(ATTEMPT),
  producerBell: Doorbell.allocate(),
  consumerBell: Doorbell.allocate(),
};
const worker = new Worker(fileURLToPath(new URL('./throughput-producer.js', import.meta.url)), {
  workerData: { ...ends, frames },
});
const channel = new RingInputChannel(
  new RingMemory(ends.memory, ATTEMPT),
  new PassingReader(new SourceForms(PAYMENTS)),
  new Doorbell(ends.producerBell),
  ELEMENT_BYTES_MAX,
);
let taken = 0;
let check = 0;
let start = { time: 0, cpu: process.cpuUsage(), taken: 0 };

function run(): void {
  for (let turns = 0; turns < FRAMES_PER_TURN; turns++) {
    const element = channel.poll();
    if (element === undefined) return;
    if (element.kind !== 'frame') return finish();
    check += element.records.length;
    if (++taken === Math.ceil(frames * WARM_UP_SHARE))
      start = { time: performance.now(), cpu: process.cpuUsage(), taken };
  }
  setImmediate(run);
}

function finish(): void {
  const seconds = (performance.now() - start.time) / 1000;
  const { user, system } = process.cpuUsage(start.cpu);
  const events = (taken - start.taken) * FRAME_RECORDS;
  console.log(
    JSON.stringify({
      events: check,
      eps: Math.round(events / seconds),
      cpuUsPerEvent: Number(((user + system) / events).toFixed(3)),
    }),
  );
  void worker.terminate();
}

new Doorbell(ends.consumerBell).listen(run);
run();
