/**
 * Stateful functions as one node of the graph, with what flows to them from routes and rules, round them, and out of them.
 *
 * Invariants
 * - There is a node exactly when a stream leads to a function; what leads to functions and has no stream (a disabled rule) is
 *   left out, or reported where a route asks for it.
 * - Types that are served in the same way share an endpoint, so that they can share requests.
 */
import { resolve } from 'node:path';
import { isNamespace } from '../common/function-namespace.js';
import { conjunction, type ExpressionScope } from '../expression/index.js';
import type { TypedTree } from '../expression/tree.js';
import { UNTYPED, type ValueType } from '../expression/type.js';
import type { EndpointDescriptor } from '../job/function-endpoint.js';
import {
  FUNCTIONS,
  REQUESTS,
  decisionType,
  type DecisionDescriptor,
  type FunctionInput,
  type FunctionNode,
  type FunctionTypeDescriptor,
  type IngressDecision,
  type RequestedFunction,
  type RequestsDescriptor,
} from '../job/function-node.js';
import { rulesOf } from '../job/graph-index.js';
import type { OperatorNode, SourceNode, StreamEdge } from '../job/stream-graph.js';
import type {
  Application,
  Decision,
  Egress,
  ExpressionText,
  FunctionDestination,
  FunctionType,
  Requests,
  Rule,
} from '../spec/application.js';
import { JSON_MESSAGE } from '../spec/declaration/names.js';
import { functionEndpoint } from './function-endpoint.js';
import type { ExpressionChecker } from './expression-checker.js';
import type { Findings } from './findings.js';
import type { Streams } from './streams.js';

/** What an id may be made of: it is a text. */
const ID_KINDS: ReadonlySet<ValueType['kind']> = new Set(['string', 'int', 'bool', 'dyn']);

const ID_HELP = 'An id is a text, an integer or a bool: string(...) makes a text of other values.';
const VALUE_KINDS: ReadonlySet<ValueType['kind']> = new Set(['string', 'bytes', 'dyn']);
const VALUE_HELP = 'A value is bytes or a text: string(...) makes a text of other values.';

/** Asked when all rules have been planned. What is wrong is reported, and left out. */
export function planFunctionInputs(
  application: Application,
  streams: Streams,
  checker: ExpressionChecker,
  findings: Findings,
): FunctionInput[] {
  const planner = new InputPlanner(streams, checker, findings);
  const active = [...application.rules.values()].filter(({ mode }) => mode !== 'disabled');
  const ofRules = active.flatMap((rule) => planner.ofRule(rule));
  const ofRoutes = [...application.routes.values()].flatMap((route) =>
    route.inputs.flatMap(({ kind, name, path }) => {
      if (application.rules.get(name)?.mode === 'disabled')
        findings.error('TG306', `the route "${route.name}" reads the alerts of "${name}", which is disabled`, path, {
          help: `enable "${name}", or remove the route`,
        });
      const from: Origin = { name, isAlert: kind === 'rule', where: `routes.${route.name}`, only: route.where };
      return route.to.flatMap((to) => planner.input(from, to));
    }),
  );
  return [...ofRules, ...ofRoutes, ...planDecisions(application, planner, findings)];
}

/** What becomes messages. */
interface Origin {
  /** Of an ingress or a rule. */
  readonly name: string;
  readonly isAlert: boolean;
  /** The route, or the rule, that says so. */
  readonly where: string;
  readonly tag?: 'timeout';
  readonly only?: readonly ExpressionText[];
}

/** What is asked and what is decided of the events of ingresses whose senders wait. */
function planDecisions({ ingresses, rules }: Application, planner: InputPlanner, findings: Findings): FunctionInput[] {
  const active = [...rules.values()].filter(({ mode }) => mode !== 'disabled');
  const asked = [...ingresses.values()].flatMap(({ name, decision }): FunctionInput[] => {
    if (decision === undefined) return [];
    const path = ['ingresses', name, 'decision'];
    if (!active.some((rule) => rule.decision?.ingress === name))
      findings.warning('TG358', `no rule decides on the events of "${name}": all are answered with the default`, path, {
        part: 'key',
        help: `add decision: ${name} to a rule`,
      });
    return [decisionInput(`ingresses.${name}`, name, name, path.join('.'))];
  });
  return [...asked, ...active.flatMap((rule) => planner.decided(rule, ingresses, rules))];
}

function decisionInput(from: string, name: string, ingress: string, where: string): FunctionInput {
  return { from, name, function: decisionType(ingress), type: JSON_MESSAGE, decision: ingress, where };
}

class InputPlanner {
  constructor(
    private readonly streams: Streams,
    private readonly checker: ExpressionChecker,
    private readonly findings: Findings,
  ) {}

  ofRule({ name, toFunctions, pattern }: Rule): FunctionInput[] {
    const alerts: Origin = { name, isAlert: true, where: `rules.${name}` };
    const timeouts: Origin = { ...alerts, where: `rules.${name}.pattern.onTimeout`, tag: 'timeout' };
    return [
      ...toFunctions.flatMap((to) => this.input(alerts, to)),
      ...(pattern?.onTimeout?.toFunctions ?? []).flatMap((to) => this.input(timeouts, to)),
    ];
  }

  /** None where it decides nothing, or cannot. */
  decided(rule: Rule, ingresses: Application['ingresses'], rules: Application['rules']): FunctionInput[] {
    const { name, decision } = rule;
    if (decision === undefined) return [];
    const { ingress, path, value } = decision;
    const refuse = (message: string, help: string): FunctionInput[] => {
      this.findings.error('TG357', `rules.${name} cannot decide on the events of "${ingress}": ${message}`, path, {
        help,
      });
      return [];
    };
    if (ingresses.get(ingress)?.decision === undefined)
      return refuse('nobody waits for that', `Add decision: { within, default } to the ingress ${ingress}.`);
    if (!readsFrom(rule, ingress, rules))
      return refuse('it does not read them', `Add ${ingress} to from:, or remove the decision.`);
    const scope: ExpressionScope = { event: this.streams.recordOf(name), alert: true, key: { kind: 'dyn' } };
    const what = `what ${name} decides`;
    const tree = value && this.#value(value, scope, name, VALUE_KINDS, what, VALUE_HELP);
    return [{ ...decisionInput(`rules.${name}`, name, ingress, `rules.${name}`), ...(tree && { value: tree }) }];
  }

  /** None when something is wrong with it. */
  input({ name, isAlert, where, tag, only = [] }: Origin, to: FunctionDestination): FunctionInput[] {
    const scope: ExpressionScope = {
      event: this.streams.recordOf(name),
      ...(isAlert ? { alert: true, key: { kind: 'dyn' } } : {}),
    };
    const id = this.#value(to.id, scope, name, ID_KINDS, `the id of ${to.function}`, ID_HELP);
    const value =
      to.value &&
      this.#value(to.value, scope, name, VALUE_KINDS, `the value of a message for ${to.function}`, VALUE_HELP);
    const conditions = only.flatMap((one) => this.checker.condition(one, scope, [name]) ?? []);
    if (id === undefined) return [];
    return [
      {
        ...{ from: isAlert ? `rules.${name}` : `ingresses.${name}`, name },
        ...(tag === undefined ? {} : { tag }),
        ...{ function: to.function, type: to.type, id },
        ...(conditions.length === 0 ? {} : { condition: conjunction(conditions) }),
        ...(value && { value }),
        where,
      },
    ];
  }

  #value(
    expression: ExpressionText,
    scope: ExpressionScope,
    input: string,
    kinds: ReadonlySet<ValueType['kind']>,
    what: string,
    help: string,
  ): TypedTree | undefined {
    const checked = this.checker.value(expression, scope, { inputs: [input] });
    if (checked !== undefined && !kinds.has(checked.type.kind))
      this.findings.error('TG355', `${what} is a ${checked.type.kind}`, expression.path, { help });
    return checked?.tree;
  }
}

/** Itself, or by the rules whose alerts it reads. */
function readsFrom(rule: Rule, ingress: string, rules: Application['rules']): boolean {
  const seen = new Set([rule]);
  for (const { inputs } of seen)
    for (const { kind, name } of inputs) {
      if (kind === 'ingress' && name === ingress) return true;
      const producer = rules.get(name);
      if (producer !== undefined) seen.add(producer);
    }
  return false;
}

/** Of an application without errors. */
export function functionNode(application: Application, inputs: readonly FunctionInput[]): FunctionNode | undefined {
  const { requests } = application;
  if (inputs.length === 0 && requests === undefined) return undefined;
  const decisions = [...application.ingresses.values()].flatMap(({ name, decision }): IngressDecision[] =>
    decision === undefined ? [] : [{ ingress: name, ...decisionDescriptor(decision) }],
  );
  const endpoints = new Map<string, EndpointDescriptor>();
  const types = [...application.functions.values()].map((type): FunctionTypeDescriptor => {
    const endpoint = functionEndpoint(type, application.baseDir);
    const { id: _, ...way } = endpoint.kind === 'http' ? endpoint : { ...endpoint, functions: [] };
    const shared = endpoints.get(JSON.stringify(way)) ?? endpoint;
    endpoints.set(JSON.stringify(way), shared);
    const called = { maxBatch: maxBatchOf(type), ...limitsOf(type), onFailure: failureOf(type) };
    return { type: type.name, endpoint: shared.id, ...called };
  });
  return {
    kind: 'functions',
    id: FUNCTIONS,
    inputs,
    types,
    endpoints: [...endpoints.values()].map((endpoint) => withFunctions(endpoint, types)),
    egresses: [...application.egresses.values()].flatMap(({ typename, name, format }) =>
      typename === undefined
        ? []
        : [{ typename, to: `egresses.${name}`, form: format.type === 'bytes' ? 'message' : 'value' }],
    ),
    memoryBytes: application.settings.memory.functions,
    ...(requests === undefined ? {} : { requests: requestsDescriptor(requests, application.baseDir) }),
    ...(decisions.length === 0 ? {} : { decisions }),
  };
}

function requestsDescriptor(
  {
    host,
    port,
    functions,
    decisions = {},
    maxBody,
    maxConnections,
    wait,
    keepReplies,
    playground,
    allowedHosts,
    tokens,
    tls,
  }: Requests,
  baseDir: string,
): RequestsDescriptor {
  const path = (file: string): string => resolve(baseDir, file);
  return {
    ...{ host, port, maxConnections, maxBodyBytes: maxBody, waitMs: wait, keptMs: keepReplies },
    functions: Object.entries(functions).map(([type, message]) => ({ type, message, ...decided(decisions[type]) })),
    ...(playground ? { playground } : {}),
    ...(allowedHosts === undefined ? {} : { allowedHosts }),
    ...(tokens === undefined ? {} : { tokens: path(tokens) }),
    ...(tls === undefined
      ? {}
      : { tls: { cert: path(tls.cert), key: path(tls.key), ...(tls.ca === undefined ? {} : { ca: path(tls.ca) }) } }),
  };
}

function decided(decision: Decision | undefined): Pick<RequestedFunction, 'decision'> {
  return decision === undefined ? {} : { decision: decisionDescriptor(decision) };
}

function decisionDescriptor({ within, type, default: otherwise }: Decision): DecisionDescriptor {
  return { withinMs: within, type, otherwise };
}

/**
 * A job's checkpoints begin at its sources, and it runs as long as one of them does: where functions answer requests there is one
 * that has no records and no end.
 */
export function requestSource(node: FunctionNode | undefined): SourceNode | undefined {
  if (node?.requests === undefined) return undefined;
  return {
    id: REQUESTS,
    name: `(${REQUESTS})`,
    connector: { type: REQUESTS, options: {} },
    format: { type: 'json', options: {} },
    schema: UNTYPED,
    time: { kind: 'ingestion', maxOutOfOrderness: 0, order: 'sorted' },
    onBadRecord: 'fail',
  };
}

/** A module is asked at its start whether it has them. */
function withFunctions(endpoint: EndpointDescriptor, types: readonly FunctionTypeDescriptor[]): EndpointDescriptor {
  if (endpoint.kind === 'http') return endpoint;
  const named = types.filter((one) => one.endpoint === endpoint.id && !isNamespace(one.type));
  return { ...endpoint, functions: named.map(({ type }) => type) };
}

function maxBatchOf({ way }: FunctionType): number {
  return way.kind === 'http' ? way.http.maxBatch : way.module.maxBatch;
}

function limitsOf({ concurrency, rate, priority, maxTypes }: FunctionType): Partial<FunctionTypeDescriptor> {
  return {
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(rate === undefined ? {} : { rate: { messages: rate.messages, perMs: rate.per } }),
    ...(priority === 0 ? {} : { priority }),
    ...(maxTypes === undefined ? {} : { typesMax: maxTypes }),
  };
}

function failureOf({ onFailure: { retries, then, to } }: FunctionType): FunctionTypeDescriptor['onFailure'] {
  return { retries, then, ...(to === undefined ? {} : { to: `egresses.${to}` }) };
}

/** Into the node, round it, and out of it. */
export function functionEdges(node: FunctionNode, operators: readonly OperatorNode[]): StreamEdge[] {
  const running = new Map(operators.flatMap((one) => rulesOf(one).map((rule) => [rule.name, one.id] as const)));
  const toFunctions = { to: FUNCTIONS, tag: 'main', partition: 'hash' } as const;
  const letters = new Set(node.types.flatMap(({ onFailure: { to } }) => (to === undefined ? [] : [to])));
  return [
    ...node.inputs.map(({ from, name, tag }, index): StreamEdge => {
      const producer = from.startsWith('rules.') ? running.get(name) : undefined;
      return {
        from: producer ?? from,
        ...(producer === undefined ? {} : { rule: name }),
        ...toFunctions,
        tag: tag ?? 'main',
        input: index + 1,
      };
    }),
    { from: FUNCTIONS, ...toFunctions, input: 0, feedback: true },
    ...(node.requests === undefined ? [] : [{ from: REQUESTS, ...toFunctions, input: node.inputs.length + 1 }]),
    ...node.egresses.map(({ to }): StreamEdge => ({ from: FUNCTIONS, to, tag: 'egress', partition: 'forward' })),
    ...[...letters].map((to): StreamEdge => ({ from: FUNCTIONS, to, tag: 'error', partition: 'forward' })),
  ];
}

/** Functions call an egress by one name, and a name is one egress. */
export function refuseSharedTypenames(application: Application, findings: Findings): void {
  const seen = new Map<string, Egress>();
  for (const egress of application.egresses.values()) {
    const { typename, name } = egress;
    if (typename === undefined) continue;
    const other = seen.get(typename);
    if (other === undefined) seen.set(typename, egress);
    else
      findings.error('TG356', `the egresses "${other.name}" and "${name}" have the same typename ${typename}`, [
        'egresses',
        name,
        'typename',
      ]);
  }
}
