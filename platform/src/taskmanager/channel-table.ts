/**
 * The channels between the tasks of one attempt, made when one of their ends asks first.
 *
 * Invariants
 * - A forward edge of equal parallelism has one channel from i to i, every other edge one from each producer to each
 *   consumer.
 */
import { edgeId, type JobEdge, type JobGraph } from '../job/job-graph.js';
import type { InputChannel, OutputChannel } from '../network/channel.js';
import { LocalChannel } from '../network/local-channel.js';

export class ChannelTable {
  readonly #channels = new Map<string, LocalChannel>();
  readonly #parallelism: ReadonlyMap<string, number>;

  constructor(job: JobGraph) {
    this.#parallelism = new Map(job.vertices.map(({ id, parallelism }) => [id, parallelism]));
  }

  /** A forward edge connects i with i alone; if the parallelisms differ it is a rebalance. */
  isOneToOne(edge: JobEdge): boolean {
    return edge.partition === 'forward' && this.#of(edge.from) === this.#of(edge.to);
  }

  /** From one producer, in the order of its consumers. */
  outputs(edge: JobEdge, producer: number): readonly OutputChannel[] {
    if (this.isOneToOne(edge)) return [this.output(edge, producer, producer)];
    return Array.from({ length: this.#of(edge.to) }, (_, consumer) => this.output(edge, producer, consumer));
  }

  /** To one consumer, in the order of its producers. */
  inputs(edge: JobEdge, consumer: number): readonly { readonly producer: number; readonly channel: InputChannel }[] {
    const producers = this.isOneToOne(edge) ? [consumer] : Array.from({ length: this.#of(edge.from) }, (_, i) => i);
    return producers.map((producer) => ({ producer, channel: this.input(edge, producer, consumer) }));
  }

  /** The producer's end. */
  protected output(edge: JobEdge, producer: number, consumer: number): OutputChannel {
    return this.#channel(edge, producer, consumer);
  }

  /** The consumer's end. */
  protected input(edge: JobEdge, producer: number, consumer: number): InputChannel {
    return this.#channel(edge, producer, consumer);
  }

  #of(vertex: string): number {
    const parallelism = this.#parallelism.get(vertex);
    if (parallelism === undefined) throw new Error(`the job has no vertex ${vertex}`);
    return parallelism;
  }

  #channel(edge: JobEdge, producer: number, consumer: number): LocalChannel {
    const name = `${edgeId(edge)}#${producer}>${consumer}`;
    let channel = this.#channels.get(name);
    if (channel === undefined) this.#channels.set(name, (channel = new LocalChannel()));
    return channel;
  }
}
