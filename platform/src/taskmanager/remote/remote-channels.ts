/**
 * The channels of a task whose peers may run in other processes: to the slots there lead connections, to the others of
 * this process rings.
 *
 * Invariants
 * - All the input channels of the task together are given as much credit as their capacity allows.
 */
import type { JobEdge, JobGraph } from '../../job/job-graph.js';
import type { InputChannel, OutputChannel } from '../../network/channel.js';
import { CreditInputChannel } from '../../network/credit/credit-input.js';
import { CreditOutputChannel } from '../../network/credit/credit-output.js';
import { CreditPool, EXCLUSIVE_CREDITS } from '../../network/credit/credit-pool.js';
import { FRAME_BYTES } from '../../network/credit/packet.js';
import type { PacketPort } from '../../network/credit/packet-port.js';
import { PassingReader } from '../../network/passing/passing-reader.js';
import { PassingWriter } from '../../network/passing/passing-writer.js';
import { attemptNumber, type AttemptId } from '../../rpc/task-execution.js';
import { channelName } from '../channel-table.js';
import { RingChannels, type RingOptions } from '../threads/ring-channels.js';
import type { TaskLinks } from './slot-exchange.js';
import type { LinkEnd, LinkOwner } from './slot-link.js';

export interface RemoteOptions extends RingOptions {
  readonly id: AttemptId;
  readonly links: TaskLinks;
  readonly owner: LinkOwner;
  /** Bytes that a channel may hold. */
  readonly capacity: number;
}

export class RemoteChannels extends RingChannels {
  readonly #pool: CreditPool;

  constructor(
    job: JobGraph,
    private readonly remote: RemoteOptions,
  ) {
    super(job, remote);
    const { id, capacity } = remote;
    const floating = Math.max(0, Math.floor(capacity / FRAME_BYTES) - EXCLUSIVE_CREDITS);
    const inputs = job.edges
      .filter(({ chained, to }) => !chained && to === id.task)
      .flatMap((edge) => this.producers(edge, id.subtask).filter((peer) => this.#isRemote(edge, peer, id.subtask)));
    this.#pool = new CreditPool(floating * inputs.length);
  }

  #isRemote(edge: JobEdge, producer: number, consumer: number): boolean {
    return producer !== consumer && !this.hasRing(channelName(edge, producer, consumer));
  }

  protected override output(edge: JobEdge, producer: number, consumer: number): OutputChannel {
    if (!this.#isRemote(edge, producer, consumer)) return super.output(edge, producer, consumer);
    const { id, forms, elementBytesMax } = this.remote;
    return this.#attach(consumer, channelName(edge, producer, consumer), (port) => {
      return new CreditOutputChannel(new PassingWriter(forms), port, attemptNumber(id), elementBytesMax);
    });
  }

  protected override input(edge: JobEdge, producer: number, consumer: number): InputChannel {
    if (!this.#isRemote(edge, producer, consumer)) return super.input(edge, producer, consumer);
    const { id, forms, elementBytesMax } = this.remote;
    return this.#attach(producer, channelName(edge, producer, consumer), (port) => {
      return new CreditInputChannel(new PassingReader(forms), port, attemptNumber(id), elementBytesMax, this.#pool);
    });
  }

  #attach<E extends LinkEnd>(peer: number, channel: string, make: (port: PacketPort) => E): E {
    return this.remote.links.with(peer).attach(channel, this.remote.owner, make);
  }
}
