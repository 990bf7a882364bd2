/**
 * The interpreter of typed trees: slower than compiled code and of the same meaning, node by node. `tidegate explain`
 * shows the values of sub-expressions with it, and tests hold the compiler against it.
 */
import { aggregateOf } from './aggregate.js';
import { resetWork } from './budget.js';
import { bindCall } from './call.js';
import { comprehensionOf } from './comprehension.js';
import type { CapturedEvents, EvaluationLayout, EvaluationRecord } from './evaluation.js';
import { plainValues } from './plain-values.js';
import { isMissing, missingIn, propagating, propagatingUnary, undecided } from './propagate.js';
import { NO_CAPTURED, eventAt, holderOf, metadataOf, presence } from './reference.js';
import { strictValues } from './strict-values.js';
import type { TypedNode, TypedTree } from './tree.js';
import type { Values } from './values.js';

/** What an evaluation reads; variables of macros by number. */
interface Environment {
  readonly values: Values;
  readonly layout: EvaluationLayout;
  readonly record: EvaluationRecord;
  readonly captured: CapturedEvents;
  readonly key: unknown;
  readonly variables: ReadonlyMap<number, unknown>;
}

export interface Observation {
  readonly node: TypedNode;
  readonly value: unknown;
}

/** The value of the expression. `observe` is told the value of every sub-expression that was evaluated, innermost first. */
export function interpret(
  tree: TypedTree,
  layout: EvaluationLayout,
  record: EvaluationRecord,
  captured: CapturedEvents = NO_CAPTURED,
  key?: unknown,
  observe?: (observation: Observation) => void,
): unknown {
  resetWork();
  const values = tree.profile === 'strict' ? strictValues : plainValues;
  return evaluate(tree.root, { values, layout, record, captured, key, variables: new Map() }, observe);
}

type Observe = ((observation: Observation) => void) | undefined;

function evaluate(node: TypedNode, environment: Environment, observe: Observe): unknown {
  const value = valueOf(node, environment, (child, within = environment) => evaluate(child, within, observe));
  observe?.({ node, value });
  return value;
}

type Recurse = (child: TypedNode, within?: Environment) => unknown;

function valueOf(node: TypedNode, environment: Environment, recurse: Recurse): unknown {
  const { values } = environment;
  switch (node.kind) {
    case 'literal':
      return values.literal(node);
    case 'field': {
      const event = eventAt(node.of, environment, (index) => recurse(index));
      if (isMissing(event)) return event;
      return node.path.reduce<unknown>(
        (value, name) => (isMissing(value) ? value : values.select(value, name)),
        event.value,
      );
    }
    case 'stage':
      return environment.captured.events(node.stage).map((event) => event.value);
    case 'metadata': {
      const event = node.name === 'key' ? environment.record : eventAt(node.of, environment, (index) => recurse(index));
      if (isMissing(event)) return event;
      return metadataOf(node, event, environment.key, node.header === undefined ? undefined : recurse(node.header));
    }
    case 'lookup': {
      const key = recurse(node.key);
      return isMissing(key) ? key : environment.layout.tables?.get(node.table)?.get(key);
    }
    case 'variable':
      return environment.variables.get(node.variable);
    case 'select':
      return propagatingUnary((operand) => values.select(operand, node.field))(recurse(node.operand));
    case 'index':
      return propagating(values.index)(recurse(node.operand), recurse(node.index));
    case 'has': {
      const holder = values.strict ? holderOf(node.operand) : undefined;
      const held = holder === undefined ? null : recurse(holder);
      return isMissing(held) ? held : presence(recurse(node.operand));
    }
    case 'coalesce': {
      for (const operand of node.operands) {
        const value = recurse(operand);
        if (value !== undefined && value !== null) return value;
      }
      return undefined;
    }
    case 'unary':
      return propagatingUnary(values.unary(node))(recurse(node.operand));
    case 'binary':
      return propagating(values.binary(node))(recurse(node.left), recurse(node.right));
    case 'logical':
      return logical(node.operands, node.operator === '||', recurse);
    case 'conditional': {
      const condition = recurse(node.condition);
      if (typeof condition === 'boolean') return recurse(condition ? node.then : node.otherwise);
      return undecided(condition, false);
    }
    case 'list': {
      const elements = node.elements.map((element) => recurse(element));
      const missing = missingIn(elements);
      return missing === undefined ? elements : missing.missing;
    }
    case 'map': {
      const entries = node.entries.map(([key, value]) => [recurse(key), recurse(value)] as const);
      const missing = missingIn(entries.flat());
      return missing === undefined ? values.makeMap(entries) : missing.missing;
    }
    case 'call':
      return bindCall(node, values)(...node.arguments.map((argument) => recurse(argument)));
    case 'comprehension': {
      const within =
        (body: TypedNode) =>
        (...elements: readonly unknown[]) =>
          recurse(body, bound(environment, node.variables, elements));
      const run = comprehensionOf(node.macro, node.variables.length, values);
      return run(recurse(node.source), within(node.body), node.filter === undefined ? undefined : within(node.filter));
    }
    case 'bind':
      return recurse(node.body, bound(environment, [node.variable], [recurse(node.value)]));
    case 'aggregate':
      return aggregateOf(node)(environment.captured.events(node.stage), (record) =>
        recurse(node.body, { ...environment, record }),
      );
  }
}

function bound(environment: Environment, variables: readonly number[], elements: readonly unknown[]): Environment {
  const next = new Map(environment.variables);
  for (const [at, variable] of variables.entries()) next.set(variable, elements[at]);
  return { ...environment, variables: next };
}

function logical(operands: readonly TypedNode[], deciding: boolean, recurse: Recurse): unknown {
  let result: unknown = !deciding;
  for (const operand of operands) {
    const value = recurse(operand);
    if (value === deciding) return deciding;
    if (result === !deciding) result = undecided(value, deciding);
  }
  return result;
}
