/** Both ends of a channel between the slots of two processes, and a network between them that delivers when it is told to. */
import type { CheckpointBarrier } from '../../src/job/checkpoint-barrier.js';
import type { Announcement, InputChannel, OutputChannel } from '../../src/network/channel.js';
import type { StreamElement } from '../../src/network/element.js';
import type {
  AcceptLink,
  DataLink,
  DataLinkEvents,
  DataTransport,
} from '../../src/taskmanager/remote/data-transport.js';
import { PEERS, SlotSide } from './slot-side.js';

/** What is under way in one direction, in order. */
type Line = (() => void)[];

class MemoryNetwork {
  readonly there: Line = [];
  readonly back: Line = [];
  #accept: AcceptLink | undefined;

  readonly dialler: DataTransport = {
    listen: () => Promise.resolve('a'),
    dial: (_, exchange, events) => {
      let accepted: DataLinkEvents | undefined;
      this.there.push(() => {
        const link = this.#link(this.back, () => events);
        accepted = this.#accept!(exchange, link) as DataLinkEvents;
        this.back.push(() => events.opened());
      });
      return this.#link(this.there, () => accepted!);
    },
    close: () => undefined,
  };

  readonly listener: DataTransport = {
    listen: (accept) => {
      this.#accept = accept;
      return Promise.resolve('b');
    },
    dial: () => {
      throw new Error('the lower subtask makes the connection');
    },
    close: () => undefined,
  };

  #link(line: Line, other: () => DataLinkEvents): DataLink {
    return {
      send: (packet, channel) => void line.push(() => other().received(packet, channel)),
      close: (reason) => void line.push(() => other().closed(reason)),
    };
  }
}

export class RemotePair implements InputChannel, OutputChannel {
  readonly #network = new MemoryNetwork();
  readonly #output: OutputChannel;
  readonly #input: InputChannel;

  constructor() {
    const [a, b] = [new SlotSide(this.#network.dialler), new SlotSide(this.#network.listener)];
    void b.exchange.listen();
    this.#output = a.output(1, PEERS);
    this.#input = b.input(1, PEERS);
  }

  get isQuiet(): boolean {
    return this.#network.there.length + this.#network.back.length === 0;
  }

  /** Brings up to so many packets over in each direction. */
  deliver(packets: number): void {
    for (const arrive of this.#network.there.splice(0, packets)) arrive();
    for (const arrive of this.#network.back.splice(0, packets)) arrive();
  }

  hasCredit(): boolean {
    return this.#output.hasCredit();
  }

  push(element: StreamElement): void {
    this.#output.push(element);
  }

  announce(barrier: CheckpointBarrier): void {
    this.#output.announce(barrier);
  }

  flush(): boolean {
    return this.#output.flush();
  }

  usage(): number {
    return this.#output.usage();
  }

  poll(): StreamElement | undefined {
    return this.#input.poll();
  }

  announced(): Announcement | undefined {
    return this.#input.announced();
  }

  beforeAnnounced(): readonly StreamElement[] {
    return this.#input.beforeAnnounced();
  }
}
