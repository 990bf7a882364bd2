/** The producer's thread of the ring's benchmark: frames of 512 payments, over and over. */
import { parentPort, workerData } from 'node:worker_threads';
import { ElementCodec } from '../../src/network/element-codec.js';
import type { FrameElement } from '../../src/network/element.js';
import { Doorbell } from '../../src/network/ring/doorbell.js';
import { RingMemory } from '../../src/network/ring/ring-memory.js';
import { RingOutputChannel } from '../../src/network/ring/ring-output.js';
import { StreamRecord } from '../../src/record/stream-record.js';
import { ATTEMPT, ELEMENT_BYTES_MAX, PAYMENTS, type RingEnds } from './messages.js';

const COUNTRIES = ['DE', 'FR', 'GB', 'US', 'NL', 'PL', 'IT', 'ES'];
const FRAME_RECORDS = 512;
const SPLIT = { ingress: 'payments', id: 'file:payments' };
const FRAMES = Array.from({ length: 32 }, (_, frame) => makeFrame(frame * FRAME_RECORDS));

function makeFrame(first: number): FrameElement {
  const records: StreamRecord[] = [];
  for (let i = first; i < first + FRAME_RECORDS; i++) {
    const country = COUNTRIES[i % COUNTRIES.length]!;
    const value = {
      cardId: (i * 7919) % 100_000,
      amount: (i % 997) + 0.25,
      country,
      merchant: i % 5000,
      ts: 1.7e12 + i,
    };
    records.push(new StreamRecord(value, value.ts, 'payments', SPLIT, i * 80, undefined, undefined));
  }
  return { kind: 'frame', records, keys: records.map(({ value }) => value['cardId'] as number) };
}

const { memory, producerBell, consumerBell, frames } = workerData as RingEnds & { readonly frames: number };
const channel = new RingOutputChannel(
  new RingMemory(memory, ATTEMPT),
  new ElementCodec(PAYMENTS),
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
