/**
 * The channels between two subtasks' slots by their numbers on the connection: both sides come to the same ones, as they
 * know the same job.
 */
import { crc32 } from 'node:zlib';
import type { JobGraph } from '../../job/job-graph.js';
import { channelName, ChannelTable } from '../channel-table.js';

export class ChannelNumbers {
  readonly #numbers: ReadonlyMap<string, number>;
  /** Differs where the two sides do not mean the same channels. */
  readonly plan: number;

  constructor(job: JobGraph, a: number, b: number) {
    const table = new ChannelTable(job);
    const [low, high] = a < b ? [a, b] : [b, a];
    const names = job.edges
      .filter(({ chained }) => !chained)
      .flatMap((edge) => {
        const both = [
          [low, high],
          [high, low],
        ] as const;
        return both
          .filter(([producer, consumer]) => table.connects(edge, producer, consumer))
          .map(([producer, consumer]) => channelName(edge, producer, consumer));
      });
    this.#numbers = new Map(names.map((name, index) => [name, index + 1]));
    this.plan = crc32(names.join('\n'));
  }

  /** From 1 on. */
  of(channel: string): number {
    const number = this.#numbers.get(channel);
    if (number === undefined) throw new Error(`${channel} is not between these slots`);
    return number;
  }

  has(number: number): boolean {
    return number >= 1 && number <= this.#numbers.size;
  }
}
