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

export class RingChannels extends ChannelTable {
  readonly #ends: ReadonlyMap<string, RingEnd>;

  constructor(
    job: JobGraph,
    local: LocalChannels,
    ends: readonly RingEnd[],
    private readonly forms: SourceForms,
    private readonly elementBytesMax: number,
  ) {
    super(job, local);
    this.#ends = new Map(ends.map((end) => [end.channel, end]));
  }

  protected override output(edge: JobEdge, producer: number, consumer: number): OutputChannel {
    const end = this.#ends.get(channelName(edge, producer, consumer));
    if (end === undefined) return super.output(edge, producer, consumer);
    return new RingOutputChannel(
      memoryOf(end),
      new PassingWriter(this.forms),
      new Doorbell(end.peer),
      this.elementBytesMax,
    );
  }

  protected override input(edge: JobEdge, producer: number, consumer: number): InputChannel {
    const end = this.#ends.get(channelName(edge, producer, consumer));
    if (end === undefined) return super.input(edge, producer, consumer);
    return new RingInputChannel(
      memoryOf(end),
      new PassingReader(this.forms),
      new Doorbell(end.peer),
      this.elementBytesMax,
    );
  }
}

function memoryOf({ memory, attempt }: RingEnd): RingMemory {
  return new RingMemory(memory, attempt);
}
