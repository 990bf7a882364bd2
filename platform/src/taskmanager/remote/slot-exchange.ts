/**
 * What a slot exchanges with the slots of other processes: it takes their connections and makes its own, one with each slot
 * for each attempt of the job. Of two slots the one with the lower subtask makes it.
 *
 * Invariants
 * - Connections of an attempt that is over are refused, and closed when no task here has a channel in them.
 * - One that comes before any task of its attempt was deployed here waits for it.
 */
import type { JobGraph } from '../../job/job-graph.js';
import type { MetricRegistry } from '../../metrics/registry.js';
import { attemptName, attemptNumber, type AttemptId, type SlotAddress } from '../../rpc/task-execution.js';
import type { Exchange } from '../../wire/hello.js';
import { ChannelNumbers } from './channel-numbers.js';
import type { DataLink, DataLinkEvents, DataTransport, Refusal } from './data-transport.js';
import { SlotLink, type LinkOwner, type LinkPeer, type LinkTraffic } from './slot-link.js';

/** For one task: its way to the slots of other processes. */
export interface TaskLinks {
  /** The link with the slot of another subtask. */
  with(subtask: number): SlotLink;
}

export class SlotExchange {
  readonly #links = new Map<string, SlotLink>();
  /** By attempt. */
  readonly #owners = new Map<string, LinkOwner>();
  /** Of the subtasks, as the youngest deployment had them. */
  #peers: readonly SlotAddress[] = [];
  /** The youngest of which a task was deployed here. */
  #latest = 0;
  readonly #parallelism: number;
  readonly #traffic: LinkTraffic;

  /** @param name of the job */
  constructor(
    private readonly job: JobGraph,
    private readonly name: string,
    private readonly transport: DataTransport,
    metrics: MetricRegistry,
  ) {
    this.#traffic = {
      sent: metrics.counter('network', 'sentBytes'),
      received: metrics.counter('network', 'receivedBytes'),
    };
    this.#parallelism = Math.max(...job.vertices.map(({ parallelism }) => parallelism));
  }

  listen(): Promise<string> {
    return this.transport.listen((exchange, link) => this.#accept(exchange, link));
  }

  /** A task is deployed here. @param peers the slots of all subtasks */
  begin(id: AttemptId, peers: readonly SlotAddress[], owner: LinkOwner): TaskLinks {
    const attempt = attemptNumber(id);
    if (attempt >= this.#latest) this.#peers = peers;
    this.#latest = Math.max(this.#latest, attempt);
    this.#owners.set(attemptName(id), owner);
    this.#closeUnused();
    return { with: (subtask) => this.#connected(attempt, id.subtask, subtask, peers) };
  }

  /** The attempt has ended. */
  release(id: AttemptId): void {
    const name = attemptName(id);
    const owner = this.#owners.get(name);
    if (owner === undefined) return;
    this.#owners.delete(name);
    for (const link of this.#links.values()) link.detach(owner);
    this.#closeUnused();
  }

  close(): void {
    for (const link of this.#links.values()) link.close('the slot is closed');
    this.transport.close();
  }

  #connected(attempt: number, own: number, peer: number, peers: readonly SlotAddress[]): SlotLink {
    const link = this.#link(attempt, own, peer);
    if (own < peer && !link.isTaken) {
      const { plan } = link.numbers;
      const exchange = { job: this.name, attempt, plan, from: own, to: peer };
      link.use(this.transport.dial(peers[peer]!.address, exchange, link), false);
    }
    return link;
  }

  #accept({ job, attempt, plan, from, to }: Exchange, connection: DataLink): DataLinkEvents | Refusal {
    if (job !== this.name) return { refused: `this slot is of job "${this.name}", and not of "${job}"` };
    if (attempt < this.#latest) return { refused: `attempt ${attempt} is over here, ${this.#latest} runs` };
    if (!(from >= 0 && from < to && to < this.#parallelism))
      return { refused: `subtask ${from} makes no connection with subtask ${to}` };
    if (plan !== new ChannelNumbers(this.job, from, to).plan) return { refused: 'the job has other channels here' };
    const link = this.#link(attempt, to, from);
    if (link.isTaken) return { refused: 'there is, or was, another connection of the same attempt' };
    link.use(connection, true);
    return link;
  }

  #link(attempt: number, own: number, peer: number): SlotLink {
    const key = `${attempt} ${own} ${peer}`;
    let link = this.#links.get(key);
    if (link === undefined) {
      const peerOf = (): LinkPeer => this.#peers[peer] ?? { name: `the slot of subtask ${peer}` };
      const numbers = new ChannelNumbers(this.job, own, peer);
      this.#links.set(key, (link = new SlotLink(attempt, numbers, peerOf, this.#traffic)));
    }
    return link;
  }

  #closeUnused(): void {
    for (const [key, link] of this.#links) {
      if (link.attempt >= this.#latest || link.isUsed) continue;
      link.close('its attempt is over');
      this.#links.delete(key);
    }
  }
}
