/** `sum(stage, expression)` and its like: the expression is read with the stage's event as the current one. */
import { refuseNotStage, refuseOne, stageNamed } from './check-event.js';
import type { Checking } from './checking.js';
import type { Syntax } from './syntax.js';
import type { AggregateNode, TypedNode } from './tree.js';
import { DOUBLE, isNumeric, typeName } from './type-relation.js';

const AGGREGATES = new Set(['sum', 'avg', 'min', 'max']);

/** Undefined when the call is no aggregate over a stage. */
export function checkAggregate(checking: Checking, syntax: Syntax & { kind: 'call' }): TypedNode | undefined {
  const { name, start, end } = syntax;
  const [stage, body] = syntax.arguments;
  if (syntax.target !== undefined || !AGGREGATES.has(name) || checking.scope.stages === undefined) return undefined;
  const named = stage === undefined ? undefined : stageNamed(checking, stage);
  const absent = stage === undefined ? undefined : refuseNotStage(checking, stage);
  if (absent !== undefined) return absent;
  if (stage === undefined || named === undefined || body === undefined || syntax.arguments.length > 2) {
    const near = [stage?.kind === 'identifier' ? stage.name : '', checking.scope.stages.keys()] as const;
    return checking.refuse('TG205', stage ?? syntax, `${name}() takes a stage and an expression`, {
      hint: `Write ${name}(stage, field).`,
      near,
    });
  }
  if (named.stage.holds === 'one') return refuseOne(checking, named.name, named.stage.event, syntax);
  const node = checking.within(named.stage.event).node(body);
  const isDuration = node.type.kind === 'duration';
  const isOrdered =
    isNumeric(node.type) ||
    isDuration ||
    node.type.kind === 'dyn' ||
    node.type.kind === 'timestamp' ||
    node.type.kind === 'string';
  const fitting =
    name === 'min' || name === 'max' ? isOrdered : isNumeric(node.type) || isDuration || node.type.kind === 'dyn';
  if (!fitting) return checking.refuse('TG207', node, `${name}() does not apply to ${typeName(node.type)}`);
  const type = name === 'avg' && !isDuration ? DOUBLE : node.type;
  return {
    kind: 'aggregate',
    function: name as AggregateNode['function'],
    stage: named.name,
    body: node,
    type,
    start,
    end,
  };
}
