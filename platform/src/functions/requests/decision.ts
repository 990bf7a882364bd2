/**
 * Of requests that are to be answered in time, whatever the function does, or whichever rules fire: by when, and with what
 * where nobody has replied.
 */
import type { TypedValue } from '@tidegate/functions-sdk/protocol';
import { decisionType, type DecisionDescriptor, type FunctionNode } from '../../job/function-node.js';

export interface Decision {
  /** From when the request has come to its address. */
  readonly withinMs: number;
  readonly otherwise: TypedValue;
  /** It is asked by an event that comes through the graph, and made by alerts: no function is sent anything. */
  readonly isOfRules: boolean;
}

/** By the function's type, or the one that stands for the ingress. */
export function decisionsOf({
  requests,
  decisions = [],
}: Pick<FunctionNode, 'requests' | 'decisions'>): ReadonlyMap<string, Decision> {
  const byFunction = (requests?.functions ?? []).flatMap(({ type, decision }) =>
    decision === undefined ? [] : [[type, decisionOf(decision, false)] as const],
  );
  const byIngress = decisions.map((decision) => [decisionType(decision.ingress), decisionOf(decision, true)] as const);
  return new Map([...byFunction, ...byIngress]);
}

function decisionOf({ withinMs, type: typename, otherwise }: DecisionDescriptor, isOfRules: boolean): Decision {
  const bytes = Buffer.from(JSON.stringify(otherwise));
  return { withinMs, otherwise: { typename, hasValue: true, bytes }, isOfRules };
}
