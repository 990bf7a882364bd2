/**
 * A ring between two threads under stress, as the simulator does not run it: sizes from nothing to three rings, a consumer
 * that pauses, barriers at random. Every record must come once and in order, and what a barrier overtook must be exactly
 * what came before it.
 *
 * `npm run -s stress:ring -- RECORDS SEED` prints one JSON line.
 */
import { Worker } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import type { StreamElement } from '../../src/network/element.js';
import { PassingReader } from '../../src/network/passing/passing-reader.js';
import { SourceForms } from '../../src/network/passing/source-forms.js';
import { Doorbell } from '../../src/network/ring/doorbell.js';
import { RingInputChannel } from '../../src/network/ring/ring-input.js';
import { RingMemory } from '../../src/network/ring/ring-memory.js';
import type { StreamRecord } from '../../src/record/stream-record.js';
import { ATTEMPT, ELEMENT_BYTES_MAX, numbersFrom } from './messages.js';
import type { StressOptions } from './stress-producer.js';

const CAPACITY_BYTES = 4096;

export interface StressResult {
  readonly records: number;
  /** Barriers that came in band, and those of them whose overtaken elements were looked at before. */
  readonly barriers: number;
  readonly captured: number;
}

export async function stressRing(records: number, seed: number): Promise<StressResult> {
  const options: StressOptions = {
    memory: RingMemory.allocate(ATTEMPT, CAPACITY_BYTES),
    producerBell: Doorbell.allocate(),
    consumerBell: Doorbell.allocate(),
    records,
    seed,
  };
  const worker = new Worker(fileURLToPath(new URL('./stress-producer.js', import.meta.url)), { workerData: options });
  try {
    return await new Promise<StressResult>((resolve, reject) => {
      worker.on('error', reject);
      new StressConsumer(options, resolve, reject).start();
    });
  } finally {
    await worker.terminate();
  }
}

class StressConsumer {
  readonly #channel: RingInputChannel;
  readonly #bell: Doorbell;
  readonly #draw: (end: number) => number;
  #got = 0;
  #barriers = 0;
  #captured = 0;
  #lookedAt = 0;
  #stopListening = (): void => undefined;

  constructor(
    { memory, producerBell, consumerBell, seed }: StressOptions,
    private readonly resolve: (result: StressResult) => void,
    private readonly reject: (error: unknown) => void,
  ) {
    const producer = new Doorbell(producerBell);
    this.#channel = new RingInputChannel(
      new RingMemory(memory, ATTEMPT),
      new PassingReader(new SourceForms({})),
      producer,
      ELEMENT_BYTES_MAX,
    );
    this.#bell = new Doorbell(consumerBell);
    this.#draw = numbersFrom(seed + 1);
  }

  start(): void {
    this.#stopListening = this.#bell.listen(() => this.#run());
    this.#run();
  }

  #run(): void {
    try {
      for (let turns = this.#draw(100); turns >= 0; turns--) {
        this.#look();
        // Now and then a consumer without credit behind it, which only looks at barriers.
        if (this.#draw(10) === 0) continue;
        const element = this.#channel.poll();
        if (element === undefined) return;
        if (this.#take(element)) return;
      }
      setImmediate(() => this.#run());
    } catch (error) {
      this.#stopListening();
      this.reject(error);
    }
  }

  #look(): void {
    const announced = this.#channel.announced();
    if (announced?.arrived !== true || announced.barrier.checkpoint === this.#lookedAt) return;
    const ids = this.#channel.beforeAnnounced().flatMap(idsOf);
    const isWhole =
      ids.every((id, i) => id === this.#got + i) && this.#got + ids.length === announced.barrier.timestamp;
    if (!isWhole)
      throw new Error(`${ids.length} records after ${this.#got} before a barrier at ${announced.barrier.timestamp}`);
    this.#lookedAt = announced.barrier.checkpoint;
    this.#captured++;
  }

  /** @returns whether it was the last */
  #take(element: StreamElement): boolean {
    for (const id of idsOf(element)) {
      if (id !== this.#got) throw new Error(`record ${id} came where ${this.#got} was expected`);
      this.#got++;
    }
    if (element.kind === 'barrier') {
      this.#barriers++;
      if (element.barrier.timestamp !== this.#got) throw new Error(`a barrier came after ${this.#got} records`);
    }
    if (element.kind !== 'end') return false;
    this.#stopListening();
    this.resolve({ records: this.#got, barriers: this.#barriers, captured: this.#captured });
    return true;
  }
}

function idsOf(element: StreamElement): number[] {
  if (element.kind !== 'frame') return [];
  return element.records.map((record) => {
    const { timestamp, offset, value } = record as StreamRecord;
    if ((value['text'] as string).length !== offset) throw new Error(`record ${timestamp} has lost some of its text`);
    return timestamp;
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [records = '1000000', seed = '1'] = process.argv.slice(2);
  console.log(JSON.stringify(await stressRing(Number(records), Number(seed))));
}
