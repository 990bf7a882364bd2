/** A slot of a job of two, with what it exchanges with the other one's, and the tasks in it that a test needs. */
import { buildJobGraph, type JobGraph } from '../../src/job/job-graph.js';
import { MetricRegistry } from '../../src/metrics/registry.js';
import type { InputChannel, OutputChannel } from '../../src/network/channel.js';
import { SourceForms } from '../../src/network/passing/source-forms.js';
import type { AttemptId, SlotAddress } from '../../src/rpc/task-execution.js';
import { channelName } from '../../src/taskmanager/channel-table.js';
import { LocalChannels } from '../../src/taskmanager/local-channels.js';
import { ChannelNumbers } from '../../src/taskmanager/remote/channel-numbers.js';
import type { DataTransport } from '../../src/taskmanager/remote/data-transport.js';
import { RemoteChannels } from '../../src/taskmanager/remote/remote-channels.js';
import { SlotExchange } from '../../src/taskmanager/remote/slot-exchange.js';
import { planned } from '../taskmanager/harness.js';
import { ruleApplication } from '../taskmanager/rule-case.js';

const graph = planned(
  ruleApplication(`
  pair: { from: in, key: k, pattern: { within: 1h, steps: [{ begin: a }, { followedBy: b }] }, to: out }`),
);
export const JOB: JobGraph = buildJobGraph({ ...graph, settings: { ...graph.settings, parallelism: 2 } });
const PATTERN = JOB.vertices.find(({ id }) => id.startsWith('patterns.'))!.id;
const EDGE = JOB.edges.find(({ to, chained }) => to === PATTERN && !chained)!;
const PRODUCER = JOB.edges.find(({ chained, to }) => chained && to === EDGE.from)?.from ?? EDGE.from;

/** Of the connection between the two slots. */
export const NUMBERS = new ChannelNumbers(JOB, 0, 1);
/** The one that is tested. */
export const CHANNEL = NUMBERS.of(channelName(EDGE, 0, 1));

export const CAPACITY = 512 * 1024;
const ELEMENT_BYTES_MAX = 1 << 22;

const FORMS = new SourceForms({});
/** Where nobody looks at addresses. */
export const PEERS: readonly SlotAddress[] = ['a', 'b'].map((name) => ({ name: `slot 0 of ${name}`, address: name }));

export interface TaskFailure {
  readonly code: string;
  readonly message: string;
  readonly retriable: boolean;
}

export class SlotSide {
  readonly failures: TaskFailure[] = [];
  readonly metrics = new MetricRegistry();
  readonly exchange: SlotExchange;

  constructor(transport: DataTransport) {
    this.exchange = new SlotExchange(JOB, 'app', transport, this.metrics);
  }

  #channels(task: string, subtask: number, attempt: number, peers: readonly SlotAddress[]): RemoteChannels {
    const id: AttemptId = { epoch: 0, attempt, task, subtask };
    const owner = { fail: (error: Error) => void this.failures.push(error as never), wake: () => undefined };
    return new RemoteChannels(JOB, {
      id,
      owner,
      links: this.exchange.begin(id, peers, owner),
      local: new LocalChannels(),
      ends: [],
      forms: FORMS,
      elementBytesMax: ELEMENT_BYTES_MAX,
      capacity: CAPACITY,
    });
  }

  output(attempt: number, peers: readonly SlotAddress[]): OutputChannel {
    return this.#channels(PRODUCER, 0, attempt, peers).outputs(EDGE, 0)[1]!;
  }

  input(attempt: number, peers: readonly SlotAddress[]): InputChannel {
    return this.#channels(PATTERN, 1, attempt, peers).inputs(EDGE, 1)[0]!.channel;
  }

  release(task: 'producer' | 'consumer', attempt: number): void {
    const [name, subtask] = task === 'producer' ? [PRODUCER, 0] : [PATTERN, 1];
    this.exchange.release({ epoch: 0, attempt, task: name, subtask });
  }
}
