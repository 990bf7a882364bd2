/**
 * An application as a StreamGraph: plain data that every engine runs, or what is wrong with the application.
 *
 * Invariants
 * - The graph is there exactly when there is no error. All errors come out at once; a wrong part is replaced by what
 *   gives no further errors (a `dyn` value, an untyped record).
 * - The graph holds what is used: an ingress that nothing reads and an egress that nothing writes are left out.
 * - JSON.parse(JSON.stringify(graph)) equals the graph.
 */
import type { Diagnostic } from '../common/diagnostic.js';
import type { FunctionInput } from '../job/function-node.js';
import type {
  Configured,
  OperatorNode,
  SinkNode,
  SinkValue,
  SourceNode,
  StreamGraph,
  TableNode,
} from '../job/stream-graph.js';
import type { Application, Egress, EgressExpression, Ingress, Rule, Table } from '../spec/application.js';
import type { Positions } from '../spec/positions.js';
import { deadLetterEgresses } from './dead-letters.js';
import { planEdges } from './edges.js';
import { planEgressValues } from './egress-values.js';
import { ExpressionChecker } from './expression-checker.js';
import { Findings } from './findings.js';
import { graphSettings } from './graph-settings.js';
import { groupRules } from './group-rules.js';
import { functionNode, planFunctionInputs, refuseSharedTypenames, requestSource } from './plan-functions.js';
import { planRule } from './plan-rule.js';
import type { RuleScopes } from './rule-scopes.js';
import { orderRules, producersOf } from './rule-order.js';
import { Streams } from './streams.js';
import { warnOfUnused } from './unused.js';

export interface Plan {
  readonly graph?: StreamGraph;
  readonly diagnostics: readonly Diagnostic[];
  /** By rule. */
  readonly scopes: ReadonlyMap<string, RuleScopes>;
}

export function planApplication(application: Application, positions: Positions): Plan {
  const findings = new Findings(positions);
  const checker = new ExpressionChecker(findings);
  const streams = new Streams(application, checker, findings);
  const ordered = orderRules(application.rules, findings);
  const planned = new Map(ordered.map((rule) => [rule.name, planRule(rule, streams, checker, findings)]));
  for (const rule of application.rules.values()) checkConnections(rule, application, findings);
  const toFunctions = planFunctionInputs(application, streams, checker, findings);
  refuseSharedTypenames(application, findings);
  const values = planEgressValues(application, streams, checker);
  const scopes = new Map([...planned].map(([name, rule]) => [name, rule.scopes]));
  if (findings.errorCount > 0) return { diagnostics: findings.diagnostics, scopes };
  warnOfUnused(application, checker.tables, findings);
  const active = [...application.rules.keys()].flatMap((name) => {
    const one = planned.get(name);
    return one === undefined || one.rule.mode === 'disabled' ? [] : [one];
  });
  return {
    graph: assemble(application, groupRules(active, oldNames(application)), toFunctions, values),
    diagnostics: findings.diagnostics,
    scopes,
  };
}

/** Of what rules read: the names before, by the id of today. */
function oldNames({ ingresses, rules }: Application): ReadonlyMap<string, string> {
  const sections = { ingresses, rules };
  return new Map(
    Object.entries(sections).flatMap(([section, things]) =>
      [...things.values()].flatMap(({ name, renamedFrom }) =>
        renamedFrom === undefined ? [] : [[`${section}.${name}`, renamedFrom] as const],
      ),
    ),
  );
}

function assemble(
  application: Application,
  operators: readonly OperatorNode[],
  toFunctions: readonly FunctionInput[],
  values: ReadonlyMap<string, readonly SinkValue[]>,
): StreamGraph {
  const functions = functionNode(application, toFunctions);
  const edges = planEdges(application, operators, functions);
  const ends = new Set(edges.flatMap((edge) => [edge.from, edge.to]));
  return {
    version: 1,
    name: application.name,
    settings: graphSettings(application),
    tables: [...application.tables.values()].map(tableNode),
    sources: [...application.ingresses.values()]
      .map(sourceNode)
      .concat(requestSource(functions) ?? [])
      .filter(({ id }) => ends.has(id)),
    operators,
    ...(functions === undefined ? {} : { functions }),
    sinks: [...application.egresses.values()]
      .map((egress) => sinkNode(egress, values.get(egress.name) ?? []))
      .filter(({ id }) => ends.has(id)),
    edges,
  };
}

function sourceNode({ name, renamedFrom, connector, format, schema, time, onBadRecord }: Ingress): SourceNode {
  const ofEvent = time.kind === 'event' ? time : { ...time, maxOutOfOrderness: 0, order: 'sorted' as const };
  return {
    id: `ingresses.${name}`,
    name,
    ...(renamedFrom === undefined ? {} : { renamedFrom }),
    connector: plain(connector),
    format: plain(format),
    schema,
    time: ofEvent,
    onBadRecord: onBadRecord.kind,
  };
}

function tableNode({ name, file, format, key, schema }: Table): TableNode {
  return { id: `tables.${name}`, name, file, format, key, schema };
}

function sinkNode(egress: Egress, values: readonly SinkValue[]): SinkNode {
  const { name, renamedFrom, connector, expressions, format, delivery, parallelism } = egress;
  return {
    id: `egresses.${name}`,
    name,
    ...(renamedFrom === undefined ? {} : { renamedFrom }),
    connector: { ...connector, options: expressions.reduce(without, plain(connector).options) },
    ...(values.length === 0 ? {} : { values }),
    format: plain(format),
    delivery,
    ...(parallelism === 1 ? {} : { parallelism }),
  };
}

/** What is computed for each record is no option of the sink. */
function without(
  options: Configured['options'],
  { option: [name = '', ...inner] }: Pick<EgressExpression, 'option'>,
): Configured['options'] {
  const { [name]: member, ...others } = options;
  if (inner.length === 0) return others;
  return { ...others, [name]: without(member as Configured['options'], { option: inner }) };
}

/** Options come as objects without a prototype; what is read back from JSON has one. */
function plain(configured: Configured): Configured {
  return structuredClone(configured);
}

/** Whether what the rule gives arrives somewhere, and what it reads is given. */
function checkConnections(rule: Rule, application: Application, findings: Findings): void {
  const path = ['rules', rule.name];
  const readers = [...application.rules.values()].filter((other) => producersOf(other).includes(rule.name));
  const isRouted = [...application.routes.values()].some(({ inputs }) => inputs.some(({ name }) => name === rule.name));
  if (
    rule.to.length === 0 &&
    rule.toFunctions.length === 0 &&
    rule.decision === undefined &&
    readers.length === 0 &&
    !isRouted
  ) {
    findings.warning('TG341', `the alerts of "${rule.name}" go nowhere`, path, {
      part: 'key',
      help: 'add to: with the name of an egress',
    });
  }
  if (rule.onError === 'dead-letter' && deadLetterEgresses(rule, application).length === 0) {
    findings.error('TG330', `no ingress of "${rule.name}" says where dead letters go`, [...path, 'onError'], {
      help: 'add onBadRecord: { to: ... } to the ingress, or write onError: skip or fail',
    });
  }
  for (const input of rule.inputs) {
    if (rule.mode === 'disabled' || application.rules.get(input.name)?.mode !== 'disabled') continue;
    findings.error('TG306', `"${rule.name}" reads the alerts of "${input.name}", which is disabled`, input.path, {
      help: `disable "${rule.name}" too, or enable "${input.name}"`,
    });
  }
}
