/**
 * The ingress of the benchmark: messages `key|due` as StateFun's strings, the warm-up at once, then the measured ones when
 * they may go: as fast as they are taken, or at a pace. It ends when nobody waits any more: a job that has read everything takes
 * checkpoints to find out whether it is done.
 */
import {
  declareSource,
  fields,
  type PollResult,
  type Source,
  type SourceReader,
  type SourceSplit,
} from '@tidegate/connectors/api';
import { monotonicMs, type Measurement } from './measurement.js';
import { Pacer } from './pacer.js';

const SPLIT = '0';
const BATCH_MAX = 512;
const LOOK_MS = 1;
/** About what a message has on the wire. */
const MESSAGE_BYTES = 40;

export function counterMessages(measurement: Measurement, rate: number) {
  return declareSource({
    name: 'counter-messages',
    description: 'Messages of the benchmark.',
    options: fields({}),
    example: 'counter-messages: {}',
    createSource: (): Source => ({
      boundedness: 'bounded',
      replayable: true,
      createEnumerator: () => ({
        discover: () => Promise.resolve<SourceSplit[]>([{ id: SPLIT }]),
        close: () => Promise.resolve(),
      }),
      createReader: () => new MessageReader(measurement, rate),
    }),
  });
}

class MessageReader implements SourceReader {
  #wake: () => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  #pacer: Pacer | undefined;
  #hasSplit = false;
  #isWhole = false;

  constructor(
    private readonly measurement: Measurement,
    private readonly rate: number,
  ) {}

  addSplits(splits: readonly SourceSplit[]): void {
    this.#hasSplit ||= splits.length > 0;
  }

  noMoreSplits(): void {
    this.#isWhole = true;
  }

  onAvailable(wake: () => void): void {
    this.#wake = wake;
  }

  poll(): PollResult {
    const { measurement } = this;
    const { sent, isOver } = measurement;
    if (!this.#hasSplit) return { kind: this.#isWhole ? 'end' : 'empty' };
    if (isOver) {
      this.#hasSplit = false;
      return { kind: 'split-end', split: SPLIT };
    }
    const due = this.#due();
    if (due > sent) return this.#batch(Math.min(due, sent + BATCH_MAX));
    // A pacer says when there is something to send.
    if (this.#pacer === undefined) this.#lookAgain();
    return { kind: 'empty' };
  }

  #lookAgain(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#wake();
    }, LOOK_MS);
  }

  /** How many should have been sent by now. */
  #due(): number {
    const { warm, n, hasBegun } = this.measurement;
    if (!hasBegun) return warm;
    if (this.rate === 0) return warm + n;
    this.#pacer ??= new Pacer(this.rate, n, () => this.#wake());
    return warm + this.#pacer.dueCount;
  }

  #batch(until: number): PollResult {
    const { measurement, rate } = this;
    const { sent: from, warm, keys } = measurement;
    const offsets: number[] = [];
    const payloads: object[] = [];
    const nowMs = monotonicMs();
    for (let i = from; i < until; i++) {
      const isPaced = rate > 0 && i >= warm;
      const dueMs = isPaced ? this.#pacer!.dueMs(i - warm) : nowMs;
      offsets.push(i);
      payloads.push({ key: `k${i % keys}`, value: stringWrapper(measurement.textOf(i, dueMs)) });
    }
    measurement.sent = until;
    return {
      kind: 'batch',
      batch: { split: SPLIT, payloads, offsets, bytes: payloads.length * MESSAGE_BYTES, nextOffset: until },
    };
  }

  snapshot(): readonly SourceSplit[] {
    return [{ id: SPLIT, offset: this.measurement.sent }];
  }

  pause(): void {}
  resume(): void {}
  notifyComplete(): void {}

  close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#pacer?.close();
    return Promise.resolve();
  }
}

/** A short text as `io.statefun.types/string` has it: field 1 of a Protobuf message. */
function stringWrapper(text: string): Uint8Array {
  const bytes = Buffer.allocUnsafe(2 + text.length);
  bytes[0] = 0x0a;
  bytes[1] = text.length;
  for (let at = 0; at < text.length; at++) bytes[2 + at] = text.charCodeAt(at);
  return bytes;
}
