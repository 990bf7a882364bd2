/** Both ends of a channel as one, whatever lies between them. */
import type { CheckpointBarrier } from '../../src/job/checkpoint-barrier.js';
import type { Announcement, InputChannel, OutputChannel } from '../../src/network/channel.js';
import type { StreamElement } from '../../src/network/element.js';

export abstract class ChannelEnds implements InputChannel, OutputChannel {
  abstract readonly output: OutputChannel;
  abstract readonly input: InputChannel;

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
