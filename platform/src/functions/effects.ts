/**
 * Applies what a call led to, in StateFun's order: messages, delayed messages, what is emitted, state.
 *
 * Invariants
 * - All of it or nothing: what cannot be applied is found before anything is.
 */
import type { Address, Effects } from '@tidegate/functions-sdk/protocol';
import type { StreamRecord } from '../record/stream-record.js';
import { nearestName } from '../common/nearest-name.js';
import type { DelayedMessages } from './delayed-messages.js';
import type { FunctionEgress } from '../job/function-node.js';
import { emittedMessage, messageHeaders } from './emitted-message.js';
import { EmittedValueError } from './emitted-value-error.js';
import { egressRecord, emittedFields } from './function-egress.js';
import type { FunctionMessage } from './function-message.js';
import type { FunctionTypeState } from './function-type-state.js';
import type { FunctionTypes } from './function-types.js';
import { sentMessageId } from './message-id.js';

export interface EffectsOptions {
  readonly types: FunctionTypes;
  /** Sinks by the names that functions use. */
  readonly egresses: ReadonlyMap<string, FunctionEgress>;
  readonly delayed: DelayedMessages;
  send(message: FunctionMessage): void;
  emit(sink: string, record: StreamRecord): void;
  /** Whether a type is that of answers to who asks from outside. Absent: nobody does. */
  isAnswer?(type: string): boolean;
}

/** A record for a sink. */
interface Emission {
  readonly sink: string;
  readonly record: StreamRecord;
}

export class EffectsApplier {
  constructor(private readonly options: EffectsOptions) {}

  /**
   * @param call see message-id.ts; undefined where messages have no names
   * @returns why they cannot be applied, nothing having been; undefined when they are
   */
  apply(type: FunctionTypeState, id: string, effects: Effects, nowMs: number, call?: string): string | undefined {
    const self: Address = { type: type.descriptor.type, id };
    const { messages, delayed, egresses, state } = effects;
    const { options } = this;
    const unfit = this.#unknownTarget(effects) ?? type.state.refuse(state) ?? this.#refuseDelayed(self, delayed);
    if (unfit !== undefined) return unfit;
    const emitted = this.#emissions(effects, nowMs);
    if (typeof emitted === 'string') return emitted;
    for (let i = 0; i < messages.length; i++) {
      const { target, argument } = messages[i]!;
      options.send({ target, caller: self, argument, messageId: sentMessageId(call, 's', i) });
    }
    if (delayed.length > 0) options.delayed.apply(self, delayed, nowMs, call);
    for (const { sink, record } of emitted) options.emit(sink, record);
    type.state.apply(id, state);
    type.metrics.messagesOut.value += messages.length;
    type.metrics.emitted.value += egresses.length;
    return undefined;
  }

  #unknownTarget({ messages, delayed }: Effects): string | undefined {
    const { types } = this.options;
    for (const { target } of messages)
      if (!types.has(target.type) && this.options.isAnswer?.(target.type) !== true) return this.#unknown(target.type);
    for (const message of delayed)
      if (message.kind === 'send' && !types.has(message.target.type)) return this.#unknown(message.target.type);
    return undefined;
  }

  #unknown(type: string): string {
    const names = [...this.options.types.values()].map(({ descriptor }) => descriptor.type);
    return `the answer sends to ${type}, which the application does not have${meant(type, names)}`;
  }

  #refuseDelayed(self: Address, delayed: Effects['delayed']): string | undefined {
    return delayed.length === 0 ? undefined : this.options.delayed.refuse(self, delayed);
  }

  /** @returns why what is emitted cannot be, if it cannot */
  #emissions({ egresses }: Effects, nowMs: number): readonly Emission[] | string {
    const emissions: Emission[] = [];
    for (const { egress, argument } of egresses) {
      const known = this.options.egresses.get(egress);
      if (known === undefined)
        return `the answer emits to ${egress}, which is the typename of no egress${meant(egress, this.options.egresses.keys())}`;
      try {
        const fields = known.form === 'value' ? emittedFields(argument) : emittedMessage(argument);
        emissions.push({ sink: known.to, record: egressRecord(fields, messageHeaders(argument), nowMs) });
      } catch (error) {
        if (error instanceof EmittedValueError) return `the answer emits what cannot be read: ${error.message}`;
        throw error;
      }
    }
    return emissions;
  }
}

function meant(name: string, candidates: Iterable<string>): string {
  const nearest = nearestName(name, candidates);
  return nearest === undefined ? '' : `; did you mean ${nearest}?`;
}
