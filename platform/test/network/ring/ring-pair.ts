/** Both ends of a ring in one thread, and how often each was rung. */
import type { CheckpointBarrier } from '../../../src/job/checkpoint-barrier.js';
import type { Announcement, InputChannel, OutputChannel } from '../../../src/network/channel.js';
import type { StreamElement } from '../../../src/network/element.js';
import { PassingReader } from '../../../src/network/passing/passing-reader.js';
import { PassingWriter } from '../../../src/network/passing/passing-writer.js';
import { SourceForms } from '../../../src/network/passing/source-forms.js';
import { RingInputChannel } from '../../../src/network/ring/ring-input.js';
import { RingMemory } from '../../../src/network/ring/ring-memory.js';
import { RingOutputChannel } from '../../../src/network/ring/ring-output.js';

const ELEMENT_BYTES_MAX = 2 ** 22;

export class RingPair implements InputChannel, OutputChannel {
  consumerRung = 0;
  producerRung = 0;
  readonly output: RingOutputChannel;
  readonly input: RingInputChannel;

  constructor(capacity: number) {
    const memory = new RingMemory(RingMemory.allocate(1, capacity), 1);
    const forms = new SourceForms({});
    this.output = new RingOutputChannel(
      memory,
      new PassingWriter(forms),
      { ring: () => this.consumerRung++ },
      ELEMENT_BYTES_MAX,
    );
    this.input = new RingInputChannel(
      memory,
      new PassingReader(forms),
      { ring: () => this.producerRung++ },
      ELEMENT_BYTES_MAX,
    );
  }

  hasCredit(): boolean {
    return this.output.hasCredit();
  }

  push(element: StreamElement): void {
    this.output.push(element);
  }

  announce(barrier: CheckpointBarrier): void {
    this.output.announce(barrier);
  }

  flush(): boolean {
    return this.output.flush();
  }

  usage(): number {
    return this.output.usage();
  }

  poll(): StreamElement | undefined {
    return this.input.poll();
  }

  announced(): Announcement | undefined {
    return this.input.announced();
  }

  beforeAnnounced(): readonly StreamElement[] {
    return this.input.beforeAnnounced();
  }
}
