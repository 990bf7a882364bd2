/** Makes the operators of an application's rules. */
import type { KeptMatches } from '@tidegate/cep';
import type { EvaluationLayout } from '../expression/index.js';
import type { KeyGroupRange } from '../job/state-handle.js';
import type { JobVertex } from '../job/job-graph.js';
import type { MetricRegistry } from '../metrics/registry.js';
import type { ChannelStateCodec } from '../network/channel-state.js';
import { BufferedRecords } from '../operators/buffered-records.js';
import type { Operator } from '../operators/operator.js';
import { FilterOperator, type RuleOutputs } from '../operators/rule/filter-operator.js';
import { PatternOperator } from '../operators/rule/pattern-operator.js';
import { SuppressOperator } from '../operators/rule/suppress-operator.js';
import type { SourceSchemas } from '../record/codec/stream-record-codec.js';
import type { KeyedStore } from '../state/keyed-store.js';
import type { TaskState } from '../task/subtask-checkpoints.js';
import type { ChainBuilder } from './chain-builder.js';

/** What an operator may keep state in, and what it finds there. */
export interface OperatorState extends TaskState {
  readonly keyGroups: KeyGroupRange;
  /** What is kept of partial matches of an edited application. Undefined: all. */
  readonly kept?: ReadonlyMap<string, KeptMatches> | undefined;
}

/** How a task builder gets the operators behind sources; a simulated job brings operators of its own. */
export interface OperatorFactory {
  /** Whether the vertex's operator needs a keyed store. */
  keepsKeyedState(vertex: JobVertex): boolean;
  create(vertex: JobVertex, build: ChainBuilder, state: OperatorState): Operator;
}

export interface RuleOperatorOptions {
  readonly layout: EvaluationLayout;
  readonly metrics: MetricRegistry;
  readonly channelStates: ChannelStateCodec;
  /** Of all sources of records. */
  readonly sources: SourceSchemas;
  readonly maxParallelism: number;
}

export class RuleOperators implements OperatorFactory {
  constructor(private readonly options: RuleOperatorOptions) {}

  keepsKeyedState({ operator }: JobVertex): boolean {
    if (operator.kind === 'functions') return true;
    return operator.kind === 'suppress' || (operator.kind === 'rules' && operator.node.kind === 'pattern');
  }

  create(
    vertex: JobVertex,
    build: ChainBuilder,
    { keyed, operators: states, keyGroups, kept }: OperatorState,
  ): Operator {
    const { operator } = vertex;
    const { layout, metrics, channelStates: codec, sources, maxParallelism } = this.options;
    const outputsOf = (rule: string): RuleOutputs => ({
      main: build.output(vertex, 'main', rule),
      error: build.output(vertex, 'error', rule),
      timeout: build.output(vertex, 'timeout', rule),
    });
    switch (operator.kind) {
      case 'suppress': {
        const { rule } = operator;
        const owner = `rules.${rule.name}`;
        const buffered = new BufferedRecords(states, { owner, name: 'waiting', codec, keyGroups, maxParallelism });
        const output = build.output(vertex, 'main', rule.name);
        return new SuppressOperator(rule, output, storeOf(vertex, keyed), buffered, metrics);
      }
      case 'rules': {
        const { node } = operator;
        if (node.kind === 'filter') return new FilterOperator(node, outputsOf(node.rule.name), layout, metrics);
        const buffered = new BufferedRecords(states, {
          owner: node.id,
          name: 'waiting',
          codec,
          keyGroups,
          maxParallelism,
        });
        const state = { store: storeOf(vertex, keyed), buffered, sources, kept };
        return new PatternOperator(node, outputsOf, state, layout, metrics);
      }
      default:
        throw new Error(`${vertex.id} is not in the middle of a chain`);
    }
  }
}

function storeOf(vertex: JobVertex, store: KeyedStore | undefined): KeyedStore {
  if (store === undefined) throw new Error(`${vertex.id} keeps state, and its task has no store`);
  return store;
}
