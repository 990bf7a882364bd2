/** Reading events: which one a reference means, what is known about it, and what `has` says of a value. */
import { EvaluationError } from './evaluation.js';
import type { CapturedEvents, EvaluationRecord } from './evaluation.js';
import { isInt } from './integer.js';
import { isMissing } from './propagate.js';
import type { EventReference, MetadataNode, TypedNode } from './tree.js';

/** For expressions outside of patterns. */
export const NO_CAPTURED: CapturedEvents = {
  events: () => [],
  count: () => 0,
  first: () => undefined,
  last: () => undefined,
};

const NO_INDEX = new EvaluationError('no_such_overload', 'the index of a stage is an int');

/** The nth event, counted from 0; absent beyond the last. */
export function nthEvent(
  events: readonly EvaluationRecord[],
  index: unknown,
): EvaluationRecord | undefined | EvaluationError {
  if (isMissing(index)) return index;
  return isInt(index) ? events[Number(index)] : NO_INDEX;
}

export function eventAt(
  reference: EventReference,
  environment: { readonly record: EvaluationRecord; readonly captured: CapturedEvents },
  evaluate: (index: TypedNode) => unknown,
): EvaluationRecord | undefined | EvaluationError {
  const { record, captured } = environment;
  switch (reference.kind) {
    case 'current':
      return record;
    case 'captured':
      return reference.at === 'last' ? captured.last(reference.stage) : captured.first(reference.stage);
    case 'nth':
      return nthEvent(captured.events(reference.stage), evaluate(reference.index));
    case 'latest':
      return captured.last();
  }
}

export function metadataOf(node: MetadataNode, event: EvaluationRecord, key: unknown, header: unknown): unknown {
  switch (node.name) {
    case 'key':
      return key;
    case 'source':
      return event.source;
    case 'eventTime':
      return event.timestamp;
    case 'alertRule':
      return event.alert?.rule;
    case 'alertSeverity':
      return event.alert?.severity;
    case 'header': {
      if (isMissing(header)) return header;
      const { headers } = event;
      return typeof header === 'string' && headers !== undefined && Object.hasOwn(headers, header)
        ? headers[header]
        : undefined;
    }
  }
}

/** `has(x)`: absent is false. In strict CEL a missing key is an error, and means false only for the last one of a path. */
export function presence(value: unknown): unknown {
  if (value === undefined) return false;
  if (value instanceof EvaluationError) return value.code === 'no_such_key' ? false : value;
  return true;
}

/** What `has(a.b)` selects from, in strict CEL: if that is an error, so is the whole. */
export function holderOf(node: TypedNode): TypedNode | undefined {
  if (node.kind === 'select') return node.operand;
  return node.kind === 'field' && node.path.length > 1 ? { ...node, path: node.path.slice(0, -1) } : undefined;
}
