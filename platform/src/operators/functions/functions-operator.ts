/**
 * Stateful functions between channels: what comes from streams becomes messages, and what functions put out goes into the
 * loop, to sinks, and to dead letters. What waits, is called and is applied is the group's.
 *
 * Invariants
 * - The value of a record is the message: an event as it is, an alert as an egress would write it. JSON, in UTF-8; or the bytes or
 *   the text that an expression gives.
 * - A record without an id or value goes to the dead letters of its function, if there are any; it is counted either way.
 */
import { declaredFor } from '../../common/function-namespace.js';
import { compileCondition, compileValue, type Condition, type EvaluationLayout } from '../../expression/index.js';
import { FUNCTIONS, type FunctionInput, type FunctionNode } from '../../job/function-node.js';
import type { FunctionGroup } from '../../functions/function-group.js';
import { messageOf } from '../../functions/function-message.js';
import { recordMessageId } from '../../functions/message-id.js';
import type { Counter, MetricRegistry } from '../../metrics/registry.js';
import { DeadLetter } from '../../record/dead-letter.js';
import { fromKey, type Key } from '../../record/key.js';
import type { StreamRecord } from '../../record/stream-record.js';
import type { Operator } from '../operator.js';
import { toOutgoing, type RecordTypes } from '../sink/outgoing.js';

export interface FunctionsOperatorOptions {
  readonly node: FunctionNode;
  readonly group: FunctionGroup;
  readonly types: RecordTypes;
  readonly layout: EvaluationLayout;
  readonly metrics: MetricRegistry;
  deadLetter(sink: string, letter: DeadLetter): void;
}

export class FunctionsOperator implements Operator {
  readonly #inputs: readonly FunctionInput[];
  /** By input; undefined: every record. */
  readonly #conditions: readonly (Condition | undefined)[];
  /** By input; undefined: the record itself. */
  readonly #values: readonly (ValueOf | undefined)[];
  /** Sinks of dead letters, by input. */
  readonly #letters: readonly (string | undefined)[];
  readonly #withoutId: Counter;

  constructor(private readonly options: FunctionsOperatorOptions) {
    const { node, metrics, layout } = options;
    this.#values = node.inputs.map(({ value }) => (value === undefined ? undefined : compileValue(value, layout)));
    this.#conditions = node.inputs.map(({ condition }) => condition && compileCondition(condition, layout));
    this.#inputs = node.inputs;
    const types = new Map(node.types.map((one) => [one.type, one]));
    this.#letters = node.inputs.map((input) => declaredFor(input.function, types)?.onFailure.to);
    this.#withoutId = metrics.counter(FUNCTIONS, 'withoutId');
  }

  process(input: number, record: StreamRecord, key: Key | undefined): void {
    const from = this.#inputs[input - 1];
    if (from === undefined) return this.options.group.deliver(messageOf(record));
    if (from.decision !== undefined) return this.#decide(input, from, record, key);
    if (this.#conditions[input - 1]?.(record, undefined, record.alert?.key) === false) return;
    if (key === undefined) return this.#reject(input, record, 'id');
    const bytes = this.#bytesOf(record, this.#values[input - 1]);
    if (bytes === undefined) return this.#reject(input, record, 'value');
    const { group } = this.options;
    group.deliver({
      target: { type: from.function, id: fromKey(key) as string },
      caller: undefined,
      argument: { typename: from.type, hasValue: true, bytes },
      messageId: group.requests === undefined ? undefined : recordMessageId(`${from.where} ${from.function}`, record),
    });
  }

  /** An event that somebody waits for, or an alert that answers it. One that came with no request answers nobody. */
  #decide(
    input: number,
    { function: type, type: typename }: FunctionInput,
    record: StreamRecord,
    key: Key | undefined,
  ) {
    const { requests } = this.options.group;
    if (key === undefined || requests === undefined) return;
    const target = { type, id: fromKey(key) as string };
    if (record.alert === undefined) return requests.arrived(target);
    const bytes = this.#bytesOf(record, this.#values[input - 1]);
    if (bytes === undefined) return this.#reject(input, record, 'value');
    requests.decided(target, { typename, hasValue: true, bytes });
  }

  /** Undefined where there is no value, or one that is neither bytes nor a text. */
  #bytesOf(record: StreamRecord, valueOf: ValueOf | undefined): Uint8Array | undefined {
    if (valueOf === undefined) return Buffer.from(JSON.stringify(toOutgoing(record, this.options.types), plainly));
    const value = valueOf(record, undefined, record.alert?.key);
    if (value instanceof Uint8Array) return value;
    return typeof value === 'string' ? Buffer.from(value) : undefined;
  }

  watermark(): void {
    // Functions know no event time.
  }

  #reject(input: number, { split, offset, value }: StreamRecord, lacks: 'id' | 'value'): void {
    this.#withoutId.value++;
    const sink = this.#letters[input - 1];
    if (sink === undefined) return;
    const { function: type, where } = this.#inputs[input - 1]!;
    const what = lacks === 'id' ? 'no text' : 'neither bytes nor a text';
    const reason = `the ${lacks} of ${type} is null, absent or ${what}`;
    this.options.deadLetter(sink, new DeadLetter(where, split.id, offset, reason, value));
  }
}

type ValueOf = ReturnType<typeof compileValue>;

/** JSON has numbers of any size. */
function plainly(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}
