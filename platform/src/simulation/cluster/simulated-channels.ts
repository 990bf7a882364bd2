/**
 * The channels of the simulated cluster: a queue between tasks of one worker, and the two ends of a credit channel, with
 * the simulated network between them, where producer and consumer are on different workers.
 *
 * Invariants
 * - A channel belongs to an attempt. When its connection breaks, the tasks at its ends fail.
 * - Whatever the ends find wrong with each other is a violation: this network damages nothing.
 */
import type { CheckpointBarrier } from '../../job/checkpoint-barrier.js';
import { edgeId, type JobEdge } from '../../job/job-graph.js';
import { ChannelError } from '../../network/channel-error.js';
import type { InputChannel, OutputChannel } from '../../network/channel.js';
import { CreditInputChannel } from '../../network/credit/credit-input.js';
import { CreditOutputChannel } from '../../network/credit/credit-output.js';
import { CreditPool } from '../../network/credit/credit-pool.js';
import { ElementCodec } from '../../network/element-codec.js';
import type { StreamElement } from '../../network/element.js';
import { LocalChannel } from '../../network/local-channel.js';
import { attemptName, attemptNumber, type AttemptId } from '../../rpc/task-execution.js';
import { ChannelTable } from '../../taskmanager/channel-table.js';
import type { TaskControl } from '../../taskmanager/task-launcher.js';
import { CreditCheck } from '../check/credit-check.js';
import type { SimulatedProcess } from '../kernel/simulated-process.js';
import type { StreamEnd } from '../world/network.js';
import { PROBE_SCHEMAS } from '../workload/probe-record.js';
import type { JobVersion } from './simulated-job.js';
import { PacketLine } from './packet-line.js';
import { PassedElements } from './passed-elements.js';
import type { SimulatedWorld } from './simulated-world.js';

const ELEMENT_BYTES_MAX = 1 << 20;
/** Of all worlds: what it has learnt of the probes' records holds for each. */
const CODEC = new ElementCodec(PROBE_SCHEMAS);

/** The task for which channels are made. */
export interface ChannelOwner {
  readonly id: AttemptId;
  readonly process: SimulatedProcess;
  readonly control: Pick<TaskControl, 'fail' | 'wake'>;
}

/** A queue whose ends tell each other that something has changed. */
class WakingChannel extends LocalChannel {
  producer: ChannelOwner | undefined;
  consumer: ChannelOwner | undefined;

  override push(element: StreamElement): void {
    super.push(element);
    this.consumer?.control.wake();
  }

  override announce(barrier: CheckpointBarrier): void {
    super.announce(barrier);
    this.consumer?.control.wake();
  }

  override poll(): StreamElement | undefined {
    const hadCredit = this.hasCredit();
    const element = super.poll();
    // Who has credit waits for nothing here.
    if (!hadCredit) this.producer?.control.wake();
    return element;
  }
}

export class SimulatedChannels {
  readonly #local = new Map<string, WakingChannel>();
  readonly #lines = new Map<string, PacketLine>();

  /** @param placeOf the process that an attempt is deployed to */
  constructor(
    private readonly world: SimulatedWorld,
    private readonly placeOf: (attempt: string) => SimulatedProcess | undefined,
  ) {}

  /** The channels of one task. */
  of(version: JobVersion, owner: ChannelOwner): ChannelTable {
    const pool = new CreditPool(this.world.options.creditFrames);
    const violate = this.world.violate.bind(this.world);
    return new OwnersChannels(version, owner, this, new CreditCheck(attemptName(owner.id), pool, violate));
  }

  /** Whether the peer runs in the same process. @internal */
  isLocal({ id, process }: ChannelOwner, task: string, subtask: number): boolean {
    return this.placeOf(attemptName({ ...id, task, subtask })) === process;
  }

  /** @internal */
  local(name: string): WakingChannel {
    let channel = this.#local.get(name);
    if (channel === undefined) this.#local.set(name, (channel = new WakingChannel()));
    return channel;
  }

  /** @internal */
  output(name: string, owner: ChannelOwner): OutputChannel {
    const line = this.#line(name);
    const port = { send: (packet: Uint8Array) => line.forward(packet) };
    const end = new CreditOutputChannel(line.codec.writer(), port, attemptNumber(owner.id), ELEMENT_BYTES_MAX);
    line.from(
      owner.process,
      this.#end(owner, (packet) => end.receive(packet)),
    );
    return end;
  }

  /** @internal */
  input(name: string, owner: ChannelOwner, credit: CreditCheck): InputChannel {
    const line = this.#line(name);
    const port = {
      send: (packet: Uint8Array) => {
        credit.check();
        line.back(packet);
      },
    };
    const end = new CreditInputChannel(line.codec, port, attemptNumber(owner.id), ELEMENT_BYTES_MAX, credit.pool);
    credit.watch(end);
    line.to(
      owner.process,
      this.#end(owner, (packet) => end.receive(packet)),
    );
    return end;
  }

  #line(name: string): PacketLine {
    let line = this.#lines.get(name);
    if (line === undefined) {
      const { network, options } = this.world;
      this.#lines.set(name, (line = new PacketLine(network, options.encodes ? CODEC : new PassedElements())));
    }
    return line;
  }

  /** @param receive tells whether the task may go on by what has come */
  #end({ control, id }: ChannelOwner, receive: (packet: Uint8Array) => boolean): StreamEnd {
    return {
      packet: (packet) => {
        try {
          if (receive(packet as Uint8Array)) control.wake();
        } catch (error) {
          if (!(error instanceof ChannelError)) throw error;
          const property = error.problem === 'credit' ? 'credit-bounds' : 'order';
          this.world.violate(property, `${attemptName(id)}: ${error.problem}: ${error.message}`);
        }
      },
      broken: () => control.fail(new Error(`${attemptName(id)}: a connection to another worker is lost`)),
    };
  }
}

class OwnersChannels extends ChannelTable {
  constructor(
    { job }: JobVersion,
    private readonly owner: ChannelOwner,
    private readonly channels: SimulatedChannels,
    private readonly credit: CreditCheck,
  ) {
    super(job);
  }

  protected override output(edge: JobEdge, producer: number, consumer: number): OutputChannel {
    const name = this.#name(edge, producer, consumer);
    if (!this.channels.isLocal(this.owner, edge.to, consumer)) return this.channels.output(name, this.owner);
    const channel = this.channels.local(name);
    channel.producer = this.owner;
    return channel;
  }

  protected override input(edge: JobEdge, producer: number, consumer: number): InputChannel {
    const name = this.#name(edge, producer, consumer);
    if (!this.channels.isLocal(this.owner, edge.from, producer))
      return this.channels.input(name, this.owner, this.credit);
    const channel = this.channels.local(name);
    channel.consumer = this.owner;
    return channel;
  }

  #name(edge: JobEdge, producer: number, consumer: number): string {
    return `${attemptNumber(this.owner.id)} ${edgeId(edge)}#${producer}>${consumer}`;
  }
}
