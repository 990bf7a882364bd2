/** The channels of a task whose peers run in other slots, too: to them go rings, which it was given with its deployment. */
import type { JobEdge, JobGraph } from '../../job/job-graph.js';
import type { InputChannel, OutputChannel } from '../../network/channel.js';
import { PassingReader } from '../../network/passing/passing-reader.js';
import { PassingWriter } from '../../network/passing/passing-writer.js';
import type { SourceForms } from '../../network/passing/source-forms.js';
import { Doorbell } from '../../network/ring/doorbell.js';
import { RingInputChannel } from '../../network/ring/ring-input.js';
import { RingMemory } from '../../network/ring/ring-memory.js';
import { RingOutputChannel } from '../../network/ring/ring-output.js';
import { ChannelTable, channelName } from '../channel-table.js';
import type { LocalChannels } from '../local-channels.js';
import type { RingEnd } from './ring-end.js';

export interface RingOptions {
  readonly local: LocalChannels;
  readonly ends: readonly RingEnd[];
  readonly forms: SourceForms;
  readonly elementBytesMax: number;
}

export class RingChannels extends ChannelTable {
  readonly #ends: ReadonlyMap<string, RingEnd>;

  constructor(
    job: JobGraph,
    private readonly options: RingOptions,
  ) {
    super(job, options.local);
    this.#ends = new Map(options.ends.map((end) => [end.channel, end]));
  }

  protected hasRing(channel: string): boolean {
    return this.#ends.has(channel);
  }

  protected override output(edge: JobEdge, producer: number, consumer: number): OutputChannel {
    const end = this.#ends.get(channelName(edge, producer, consumer));
    if (end === undefined) return super.output(edge, producer, consumer);
    const { forms, elementBytesMax } = this.options;
    return new RingOutputChannel(memoryOf(end), new PassingWriter(forms), new Doorbell(end.peer), elementBytesMax);
  }

  protected override input(edge: JobEdge, producer: number, consumer: number): InputChannel {
    const end = this.#ends.get(channelName(edge, producer, consumer));
    if (end === undefined) return super.input(edge, producer, consumer);
    const { forms, elementBytesMax } = this.options;
    return new RingInputChannel(memoryOf(end), new PassingReader(forms), new Doorbell(end.peer), elementBytesMax);
  }
}

function memoryOf({ memory, attempt }: RingEnd): RingMemory {
  return new RingMemory(memory, attempt);
}
