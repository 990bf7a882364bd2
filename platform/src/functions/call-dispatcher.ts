/**
 * Makes requests of the addresses that are ready, and knows of each what it has asked for.
 *
 * Invariants
 * - A request takes what is ready when it may go: the oldest messages of each address, in their order.
 * - A type whose state nobody knows is asked for once: others of it wait for that answer. It is asked without state, also
 *   where some is kept, so that the answer is all that it declares now.
 */
import type { InvocationBatch, PersistedValue } from '@tidegate/functions-sdk/protocol';
import { traceparentOf } from '../tracing/trace-context.js';
import type { BusyAddress } from './busy-addresses.js';
import { CallTable } from './call-table.js';
import type { FunctionEndpoint } from './function-endpoint.js';
import type { WaitingMessage } from './function-message.js';
import type { FunctionTypeState } from './function-type-state.js';
import type { InvocationTraces } from './invocation-traces.js';
import type { FunctionGroupPorts } from './group-ports.js';

export interface CallPart {
  readonly address: BusyAddress;
  readonly messages: readonly WaitingMessage[];
}

export interface FunctionCall {
  readonly endpoint: FunctionEndpoint;
  readonly parts: readonly CallPart[];
}

/** In one request; a batch is closed before it exceeds the bytes, so one message may be more. */
const ADDRESSES_MAX = 256;
const REQUEST_BYTES_MAX = 256 * 1024;
/**
 * In one request to a thread. It answers at once, so that with few messages of many addresses in each request it would be asked
 * as soon as little waits, and would have little of each address: a request takes many of few, and the others wait for more.
 */
const THREAD_MESSAGES_MAX = 512;
const BATCH_BYTES_MAX = 4 * 1024 * 1024;

export class CallDispatcher {
  readonly #calls = new CallTable<FunctionCall>();

  constructor(
    private readonly ports: Pick<FunctionGroupPorts, 'call'>,
    private readonly traces: InvocationTraces | undefined,
  ) {}

  /** As many requests as may go now. */
  dispatch(endpoint: FunctionEndpoint, nowMs: number): void {
    while (endpoint.canCall(nowMs) && this.#request(endpoint, nowMs));
  }

  /** Undefined: nobody waits for the answer any more. */
  end(call: number): FunctionCall | undefined {
    const known = this.#calls.end(call);
    if (known === undefined) return undefined;
    known.endpoint.requestEnds();
    for (const { address } of known.parts) address.type.calling--;
    return known;
  }

  /** The first call of a type has come back. Its state is known now, or the next one asks. */
  release(type: FunctionTypeState, isKnown: boolean): void {
    type.knowledge = isKnown ? 'known' : 'none';
    const held = type.held;
    type.held = [];
    for (const address of held) type.endpoint.add(address);
  }

  #request(endpoint: FunctionEndpoint, nowMs: number): boolean {
    const parts: CallPart[] = [];
    const batches: InvocationBatch[] = [];
    const addressesMax = endpoint.isSharing ? ADDRESSES_MAX : 1;
    const messagesMax = endpoint.descriptor.kind === 'module' ? THREAD_MESSAGES_MAX : Infinity;
    let [bytes, count] = [0, 0];
    while (parts.length < addressesMax && bytes < REQUEST_BYTES_MAX && count < messagesMax) {
      const address = endpoint.next(parts.length === 0, nowMs);
      if (address === undefined) break;
      const { type, id } = address;
      const messages = type.backlog.peek(id, type.share(address.batchMax, nowMs), BATCH_BYTES_MAX);
      for (const { argument } of messages) bytes += argument.bytes.length;
      count += messages.length;
      const part = { address, messages };
      parts.push(part);
      const trace = this.traces?.begin(part);
      const target = { type: type.descriptor.type, id };
      const batch = { target, state: stateOf(address), invocations: messages };
      batches.push(trace === undefined ? batch : { ...batch, traceparent: traceparentOf(trace) });
      address.life.to('calling');
      type.calling++;
      type.limits?.take(messages.length, nowMs);
      type.metrics.calls.value++;
      if (type.knowledge !== 'none') continue;
      type.knowledge = 'asked';
      break;
    }
    if (parts.length === 0) return false;
    endpoint.requestBegins();
    this.ports.call(this.#calls.begin({ endpoint, parts }), endpoint.descriptor, batches);
    return true;
  }
}

function stateOf({ type, id, wanted }: BusyAddress): readonly PersistedValue[] {
  return type.knowledge === 'none' ? [] : type.state.read(id, wanted);
}
