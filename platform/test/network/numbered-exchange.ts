/** What goes in at one end of a channel, numbered, and what has come out at the other. */
import assert from 'node:assert/strict';
import type { CheckpointBarrier } from '../../src/job/checkpoint-barrier.js';
import type { StreamElement } from '../../src/network/element.js';
import { StreamRecord } from '../../src/record/stream-record.js';
import type { ChannelEnds } from './channel-ends.js';

const SPLIT = { ingress: 'in', id: 'a' };

/** A record of about so many bytes. */
export function recordOf(id: number, bytes: number): StreamRecord {
  return new StreamRecord({ text: 'x'.repeat(bytes) }, id, 'in', SPLIT, id, undefined, undefined);
}

/** A frame with one record of about so many bytes. */
export function frameOf(id: number, bytes: number): StreamElement {
  return { kind: 'frame', records: [recordOf(id, bytes)], keys: undefined };
}

export function barrierOf(checkpoint: number): CheckpointBarrier {
  return { checkpoint, timestamp: 0, type: 'checkpoint', alignment: { mode: 'unaligned' }, then: 'continue' };
}

/** What tells elements apart. */
export function labelOf(element: StreamElement): string {
  if (element.kind === 'frame') return element.records.map((record) => (record as StreamRecord).timestamp).join(' ');
  return element.kind === 'barrier' ? `barrier ${element.barrier.checkpoint}` : element.kind;
}

export class NumberedExchange<Ends extends ChannelEnds> {
  /** Labels. */
  readonly sent: string[] = [];
  readonly got: string[] = [];
  #ids = 0;
  #checkpoints = 0;

  constructor(readonly ends: Ends) {}

  /** One step of a producer that heeds credit: a frame of each size. */
  step(sizes: readonly number[]): void {
    if (!this.ends.hasCredit()) return;
    for (const bytes of sizes) {
      this.sent.push(String(this.#ids));
      this.ends.push(frameOf(this.#ids++, bytes));
    }
  }

  announce(): void {
    this.sent.push(`barrier ${++this.#checkpoints}`);
    this.ends.announce(barrierOf(this.#checkpoints));
  }

  /** @returns whether something came */
  poll(): boolean {
    const element = this.ends.poll();
    if (element !== undefined) this.got.push(labelOf(element));
    return element !== undefined;
  }

  /** @returns whether all that was overtaken is there, which then is what was sent before the barrier */
  look(): boolean {
    const announced = this.ends.announced();
    if (announced?.arrived !== true) return announced === undefined;
    const place = this.sent.indexOf(`barrier ${announced.barrier.checkpoint}`);
    assert.deepEqual(this.ends.beforeAnnounced().map(labelOf), this.sent.slice(this.got.length, place));
    return true;
  }
}
