/** All that a subtask has of one type of functions. */
import type { FunctionTypeDescriptor } from '../job/function-node.js';
import { FUNCTION_LATENCY } from '../metrics/collected-histograms.js';
import { CountedHistogram } from '../metrics/counted-histogram.js';
import type { Counter, MetricRegistry } from '../metrics/registry.js';
import type { ActiveAddress } from './active-address.js';
import { AddressBacklog } from './address-backlog.js';
import { AddressTroubles } from './address-troubles.js';
import { CallLimits } from './call-limits.js';
import type { FunctionEndpoint } from './function-endpoint.js';
import { FunctionState, type FunctionStateParts } from './function-state.js';
import { functionOwner } from './state-place.js';
import { WaitingLine } from './waiting-line.js';

export interface FunctionTypeParts extends FunctionStateParts {
  readonly metrics: MetricRegistry;
  /** Subtasks that have functions. */
  readonly parallelism: number;
}

export class FunctionTypeState {
  readonly backlog: AddressBacklog;
  readonly state: FunctionState;
  readonly troubles: AddressTroubles;
  /** By id: those that have messages. */
  readonly active = new Map<string, ActiveAddress<FunctionTypeState>>();
  /** Whether it is known which state the type has: `asked` while its first call is under way. */
  knowledge: 'none' | 'asked' | 'known' = 'none';
  /** Ready ones that wait for that call. */
  held: ActiveAddress<FunctionTypeState>[] = [];
  /** Undefined: it may be called for as much as there is. */
  readonly limits: CallLimits | undefined;
  /** Ready ones beyond these limits. */
  readonly aside = new WaitingLine<ActiveAddress<FunctionTypeState>>();
  readonly metrics: FunctionMetrics;
  /** Messages that are not applied yet. */
  waiting = 0;
  /** Addresses that are called now. */
  calling = 0;
  /** Addresses that failed and wait for their next attempt, or are parked. */
  blocked = 0;

  constructor(
    readonly descriptor: FunctionTypeDescriptor,
    readonly endpoint: FunctionEndpoint,
    parts: FunctionTypeParts,
  ) {
    const { place, store, metrics, parallelism } = parts;
    this.limits = CallLimits.of(descriptor, parallelism);
    this.backlog = new AddressBacklog(store, place);
    this.state = new FunctionState(descriptor.type, parts);
    this.troubles = new AddressTroubles(store, place, descriptor.onFailure.then);
    const owner = functionOwner(descriptor.type);
    const counter = (name: string): Counter => metrics.counter(owner, name);
    this.metrics = {
      messagesIn: counter('messagesIn'),
      messagesOut: counter('messagesOut'),
      messagesLocal: counter('messagesLocal'),
      messagesRemote: counter('messagesRemote'),
      emitted: counter('emitted'),
      calls: counter('calls'),
      failures: counter('failures'),
      givenUp: counter('givenUp'),
      latency: new CountedHistogram(metrics, owner, FUNCTION_LATENCY),
    };
  }

  /** Of addresses that are parked. */
  *parkedIds(): Generator<string> {
    for (const [id, { life }] of this.active) if (life.state === 'parked') yield id;
  }

  mayCall(nowMs: number): boolean {
    return this.limits === undefined || this.limits.addresses(this.calling, nowMs) > 0;
  }

  /** How many of so many messages a call may have that begins now. */
  share(messages: number, nowMs: number): number {
    return this.limits === undefined ? messages : Math.min(messages, this.limits.messages(nowMs));
  }

  /** Those that stand aside and may be called now get into line again. */
  readmit(nowMs: number): void {
    if (this.aside.length === 0) return;
    const places = this.limits!.addresses(this.calling, nowMs);
    for (let place = 0; place < places && this.aside.length > 0; place++) this.endpoint.add(this.aside.take());
  }

  /** Epoch milliseconds at which time lets some of them in again; +Infinity: they wait for something else. */
  get opensAt(): number {
    const opensAt = this.aside.length === 0 ? Infinity : this.limits!.opensAt;
    return opensAt === -Infinity ? Infinity : opensAt;
  }

  /** What it has now is told as the subtask's. @returns ends it */
  watch(metrics: MetricRegistry, subtask: number): () => void {
    const scope = `${functionOwner(this.descriptor.type)}[${subtask}]`;
    const endings = [
      metrics.gauge(scope, 'inFlight', () => this.calling),
      metrics.gauge(scope, 'backlog', () => this.waiting),
      metrics.gauge(scope, 'blocked', () => this.blocked),
    ];
    return () => endings.forEach((end) => end());
  }
}

export interface FunctionMetrics {
  readonly messagesIn: Counter;
  readonly messagesOut: Counter;
  /** Of those: to addresses of the same subtask, and of others. */
  readonly messagesLocal: Counter;
  readonly messagesRemote: Counter;
  readonly emitted: Counter;
  /** Of an address, whichever requests they share. */
  readonly calls: Counter;
  readonly failures: Counter;
  /** Messages: dead letters. */
  readonly givenUp: Counter;
  /** Of calls of an address, seconds. */
  readonly latency: CountedHistogram;
}
