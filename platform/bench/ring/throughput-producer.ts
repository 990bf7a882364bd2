/** The producer's thread of the ring's benchmark: frames of 512 payments, over and over. */
import { parentPort, workerData } from 'node:worker_threads';
import { PassingWriter } from '../../src/network/passing/passing-writer.js';
import { SourceForms } from '../../src/network/passing/source-forms.js';
import { Doorbell } from '../../src/network/ring/doorbell.js';
import { RingMemory } from '../../src/network/ring/ring-memory.js';
import { RingOutputChannel } from '../../src/network/ring/ring-output.js';
import { ATTEMPT, ELEMENT_BYTES_MAX, type RingEnds } from './messages.js';
import { makePayments, PAYMENTS } from './payments.js';

const FRAMES = Array.from({ length: 32 }, (_, frame) => makePayments(frame));

const { memory, producerBell, consumerBell, frames } = workerData as RingEnds & { readonly frames: number };
const channel = new RingOutputChannel(
  new RingMemory(memory, ATTEMPT),
  new PassingWriter(new SourceForms(PAYMENTS)),
  new Doorbell(consumerBell),
  ELEMENT_BYTES_MAX,
);
let sent = 0;

function run(): void {
  for (; sent < frames; sent++) {
    if (!channel.hasCredit()) return;
    channel.push(FRAMES[sent % FRAMES.length]!);
    channel.flush();
  }
  channel.push({ kind: 'end' });
  channel.flush();
}

new Doorbell(producerBell).listen(() => {
  if (sent < frames) run();
});
parentPort!.on('message', () => undefined);
run();
