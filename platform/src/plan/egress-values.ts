/**
 * The options of egresses that are expressions, typed: they read what flows to the egress, as rules over alerts do.
 *
 * The fields are those of all that flows there (the alerts of its rules, the late events of its ingresses, dead letters),
 * those of only some of them being optional.
 */
import { unionOfRecords, type ExpressionScope, type TypedTree } from '../expression/index.js';
import type { RecordType } from '../expression/type.js';
import { FUNCTIONS } from '../job/function-node.js';
import type { SinkValue } from '../job/stream-graph.js';
import type { Application, Egress, EgressExpression, ExpressionText } from '../spec/application.js';
import { deadLetterEgresses } from './dead-letters.js';
import type { ExpressionChecker, Place } from './expression-checker.js';
import type { Streams } from './streams.js';

const TEXT = { type: { kind: 'string' } } as const;
const DEAD_LETTER: RecordType = {
  kind: 'record',
  fields: { where: TEXT, split: TEXT, offset: { type: { kind: 'dyn' } }, reason: TEXT, raw: { type: { kind: 'dyn' } } },
  open: false,
};

/** By egress. What is wrong is reported, and left out. Asked when all rules have been planned. */
export function planEgressValues(
  application: Application,
  streams: Streams,
  checker: ExpressionChecker,
): ReadonlyMap<string, readonly SinkValue[]> {
  const withExpressions = [...application.egresses.values()].filter(({ expressions }) => expressions.length > 0);
  return new Map(
    withExpressions.map((egress) => {
      const { scope, inputs } = scopeOf(egress, application, streams);
      return [egress.name, egress.expressions.flatMap((one) => planValue(one, scope, inputs, checker) ?? [])];
    }),
  );
}

function planValue(
  { option, value, gives }: EgressExpression,
  scope: ExpressionScope,
  inputs: readonly string[],
  checker: ExpressionChecker,
): SinkValue | undefined {
  const place: Place = { inputs, ...(gives === undefined ? {} : { expect: gives }) };
  const path = option.join('.');
  if (isExpression(value)) {
    const tree = checker.value(value, scope, place)?.tree;
    return tree && { option: path, of: tree };
  }
  const parts = value.map((part) => (typeof part === 'string' ? part : checker.value(part, scope, { inputs })?.tree));
  return parts.includes(undefined) ? undefined : { option: path, of: parts as (string | TypedTree)[] };
}

/** `Array.isArray` does not narrow readonly arrays. */
function isExpression(value: EgressExpression['value']): value is ExpressionText {
  return !Array.isArray(value);
}

function scopeOf({ name, typename }: Egress, application: Application, streams: Streams) {
  const rules = [...application.rules.values()];
  const alerting = rules.filter(({ to, pattern }) => to.includes(name) || pattern?.onTimeout?.to.includes(name));
  const ingresses = [...application.ingresses.values()];
  const late = ingresses.filter((ingress) => ingress.late === name);
  const isDeadLetters =
    ingresses.some(({ onBadRecord }) => onBadRecord.kind === 'dead-letter' && onBadRecord.to === name) ||
    rules.some((rule) => rule.onError === 'dead-letter' && deadLetterEgresses(rule, application)[0] === name);
  const isOfFunctions = typename !== undefined && application.functions.size > 0;
  const inputs = [...[...alerting, ...late].map((producer) => producer.name), ...(isOfFunctions ? [FUNCTIONS] : [])];
  const records = [...inputs.map((producer) => streams.recordOf(producer)), ...(isDeadLetters ? [DEAD_LETTER] : [])];
  const scope: ExpressionScope = {
    event: unionOfRecords(records),
    tables: streams.tables,
    ...(alerting.length === 0 ? {} : { alert: true, key: { kind: 'dyn' } }),
  };
  return { scope, inputs };
}
