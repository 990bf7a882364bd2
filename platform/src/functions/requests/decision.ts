/**
 * Of requests that are to be answered in time, whatever the function does: by when, and with what where it has not replied.
 */
import type { TypedValue } from '@tidegate/functions-sdk/protocol';
import type { RequestsDescriptor } from '../../job/function-node.js';

export interface Decision {
  /** From when the request has come to its address. */
  readonly withinMs: number;
  readonly otherwise: TypedValue;
}

/** By the function's type. */
export function decisionsOf({ functions }: Pick<RequestsDescriptor, 'functions'>): ReadonlyMap<string, Decision> {
  const decisions = functions.flatMap(({ type, decision }) => {
    if (decision === undefined) return [];
    const { withinMs, type: typename, otherwise } = decision;
    const bytes = Buffer.from(JSON.stringify(otherwise));
    return [[type, { withinMs, otherwise: { typename, hasValue: true, bytes } }] as const];
  });
  return new Map(decisions);
}
