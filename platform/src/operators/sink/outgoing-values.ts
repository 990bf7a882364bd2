/**
 * The options of an egress that are computed for each record: a job's priority, a message's header.
 *
 * Invariants
 * - An alert is read as a rule over alerts reads it: its fields by their names, `alert.rule`, `key()`. A dead letter has the
 *   fields of its JSON.
 * - A value that is absent is not there; an erroneous one neither, and is counted. Text with an absent part is absent.
 */
import {
  compileValue,
  EvaluationError,
  renderValue,
  type EvaluationLayout,
  type EvaluationRecord,
  type TypedTree,
} from '../../expression/index.js';
import type { SinkValue } from '../../job/stream-graph.js';
import type { Counter, MetricRegistry } from '../../metrics/registry.js';
import type { Payload } from '../../network/element.js';
import { DeadLetter } from '../../record/dead-letter.js';

type Scalar = string | number | boolean;
/** Undefined: absent. */
type Compute = (record: EvaluationRecord, key: unknown) => Scalar | undefined;

export class OutgoingValues {
  readonly #computed: readonly { readonly option: string; readonly compute: Compute }[];
  readonly #errors: Counter;

  constructor(egress: string, values: readonly SinkValue[], layout: EvaluationLayout, metrics: MetricRegistry) {
    this.#errors = metrics.counter(egress, 'errors');
    this.#computed = values.map(({ option, of }) => ({
      option,
      compute: 'root' in of ? this.#scalar(of, layout) : this.#text(of, layout),
    }));
  }

  of(payload: Payload): Readonly<Record<string, Scalar>> {
    const record = payload instanceof DeadLetter ? deadRecord(payload) : payload;
    const values: Record<string, Scalar> = {};
    for (const { option, compute } of this.#computed) {
      const value = compute(record, record.alert?.key);
      if (value !== undefined) values[option] = value;
    }
    return values;
  }

  #scalar(tree: TypedTree, layout: EvaluationLayout): Compute {
    const valueOf = compileValue(tree, layout);
    const { type } = tree.root;
    return (record, key) => {
      const value = this.#present(valueOf(record, undefined, key));
      switch (typeof value) {
        case 'undefined':
        case 'boolean':
          return value;
        case 'number':
          return type.kind === 'timestamp' ? renderValue(value, type) : value;
        case 'bigint':
          return Number(value);
        default:
          return renderValue(value, type);
      }
    };
  }

  #text(parts: readonly (string | TypedTree)[], layout: EvaluationLayout): Compute {
    const compiled = parts.map((part) =>
      typeof part === 'string' ? part : { valueOf: compileValue(part, layout), type: part.root.type },
    );
    return (record, key) => {
      let text = '';
      for (const part of compiled) {
        if (typeof part === 'string') text += part;
        else {
          const value = this.#present(part.valueOf(record, undefined, key));
          if (value === undefined) return undefined;
          text += renderValue(value, part.type);
        }
      }
      return text;
    };
  }

  /** Null says that there is no value, as an absent field does. */
  #present(value: unknown): unknown {
    if (value instanceof EvaluationError) this.#errors.value++;
    return value instanceof EvaluationError || value === null ? undefined : value;
  }
}

function deadRecord({ where, split, offset, reason, raw }: DeadLetter): EvaluationRecord & { alert?: undefined } {
  return { value: { where, split, offset, reason, raw }, timestamp: 0, source: where };
}
