/**
 * The channels of a task: all inside its slot, unless a subclass knows better.
 *
 * Invariants
 * - A forward edge of equal parallelism has one channel from i to i, every other edge one from each producer to each
 *   consumer.
 */
import { edgeId, type JobEdge, type JobGraph } from '../job/job-graph.js';
import type { InputChannel, OutputChannel } from '../network/channel.js';
import { LocalChannels } from './local-channels.js';

export class ChannelTable {
  readonly #parallelism: ReadonlyMap<string, number>;

  /** @param local shared by the tasks of an attempt */
  constructor(
    job: JobGraph,
    private readonly local = new LocalChannels(),
  ) {
    this.#parallelism = new Map(job.vertices.map(({ id, parallelism }) => [id, parallelism]));
  }

  /** A forward edge connects i with i alone; if the parallelisms differ it is a rebalance. */
  isOneToOne(edge: JobEdge): boolean {
    return edge.partition === 'forward' && this.#of(edge.from) === this.#of(edge.to);
  }

  /** Whether these two subtasks have a channel. */
  connects(edge: JobEdge, producer: number, consumer: number): boolean {
    if (this.isOneToOne(edge)) return producer === consumer;
    return producer < this.#of(edge.from) && consumer < this.#of(edge.to);
  }

  /** The consumers of one producer, in order. */
  consumers(edge: JobEdge, producer: number): readonly number[] {
    return this.isOneToOne(edge) ? [producer] : indices(this.#of(edge.to));
  }

  /** The producers of one consumer, in order. */
  producers(edge: JobEdge, consumer: number): readonly number[] {
    return this.isOneToOne(edge) ? [consumer] : indices(this.#of(edge.from));
  }

  /** From one producer, in the order of its consumers. */
  outputs(edge: JobEdge, producer: number): readonly OutputChannel[] {
    return this.consumers(edge, producer).map((consumer) => this.output(edge, producer, consumer));
  }

  /** To one consumer, in the order of its producers. */
  inputs(edge: JobEdge, consumer: number): readonly { readonly producer: number; readonly channel: InputChannel }[] {
    return this.producers(edge, consumer).map((producer) => {
      return { producer, channel: this.input(edge, producer, consumer) };
    });
  }

  /** The producer's end. */
  protected output(edge: JobEdge, producer: number, consumer: number): OutputChannel {
    return this.local.channel(channelName(edge, producer, consumer));
  }

  /** The consumer's end. */
  protected input(edge: JobEdge, producer: number, consumer: number): InputChannel {
    return this.local.channel(channelName(edge, producer, consumer));
  }

  #of(vertex: string): number {
    const parallelism = this.#parallelism.get(vertex);
    if (parallelism === undefined) throw new Error(`the job has no vertex ${vertex}`);
    return parallelism;
  }
}

/** A channel's name within an attempt of the job. */
export function channelName(edge: JobEdge, producer: number, consumer: number): string {
  return `${edgeId(edge)}#${producer}>${consumer}`;
}

function indices(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
