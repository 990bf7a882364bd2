/** What the macros over lists and maps do. The callbacks give the value of the macro's body for one element. */
import { spendWork, workExceeded } from './budget.js';
import { EvaluationError } from './evaluation.js';
import { isMap, mapEntries } from './map-value.js';
import { isMissing, undecided } from './propagate.js';
import type { ComprehensionMacro } from './tree.js';
import type { Values } from './values.js';

/** Gets the element, or index and element, or a map's key, or key and value. */
export type Body = (first: unknown, second?: unknown) => unknown;

export type Comprehension = (source: unknown, body: Body, filter?: Body) => unknown;

const NOT_ITERABLE = new EvaluationError('no_such_overload', 'a macro goes over a list or a map');
const NOT_BOOL = new EvaluationError('no_such_overload', "a macro's condition is not a bool");

/** `variables`: how many the macro binds. */
export function comprehensionOf(macro: ComprehensionMacro, variables: number, values: Values): Comprehension {
  const run = macros(values)[macro];
  return (source, body, filter) => {
    if (isMissing(source)) return source;
    const elements = elementsOf(source, variables, values);
    return elements === undefined ? NOT_ITERABLE : run(elements, body, filter);
  };
}

type Elements = readonly (readonly [first: unknown, second?: unknown])[];

function elementsOf(source: unknown, variables: number, values: Values): Elements | undefined {
  if (Array.isArray(source)) {
    const list: readonly unknown[] = source;
    return variables === 1
      ? list.map((element) => [element])
      : list.map((element, at) => [values.fromResult({ kind: 'int' }, at), element]);
  }
  if (!isMap(source)) return undefined;
  return mapEntries(source).map(([key, value]) => (variables === 1 ? [key] : [key, value]));
}

function macros(
  values: Values,
): Readonly<Record<ComprehensionMacro, (elements: Elements, body: Body, filter?: Body) => unknown>> {
  return {
    all: (elements, body) => quantified(elements, body, false),
    exists: (elements, body) => quantified(elements, body, true),
    existsOne: (elements, body) => {
      let count = 0;
      const failure = each(elements, body, undefined, (value) => {
        if (typeof value !== 'boolean') return NOT_BOOL;
        if (value) count++;
        return true;
      });
      return failure.failed ? failure.value : count === 1;
    },
    filter: (elements, body) => {
      const kept: unknown[] = [];
      const failure = each(elements, body, undefined, (value, first) => {
        if (typeof value !== 'boolean') return NOT_BOOL;
        if (value) kept.push(first);
        return true;
      });
      return failure.failed ? failure.value : kept;
    },
    map: (elements, body, filter) => {
      const mapped: unknown[] = [];
      const failure = each(elements, body, filter, (value) => {
        mapped.push(value);
        return true;
      });
      return failure.failed ? failure.value : mapped;
    },
    transformMap: (elements, body, filter) => {
      const entries: (readonly [unknown, unknown])[] = [];
      const failure = each(elements, body, filter, (value, first) => {
        entries.push([first, value]);
        return true;
      });
      return failure.failed ? failure.value : values.makeMap(entries);
    },
    transformMapEntry: (elements, body, filter) => {
      const entries: (readonly [unknown, unknown])[] = [];
      const failure = each(elements, body, filter, (value) => {
        if (!isMap(value))
          return new EvaluationError('no_such_overload', 'transformMapEntry() needs a map for each entry');
        entries.push(...mapEntries(value));
        return true;
      });
      return failure.failed ? failure.value : values.makeMap(entries);
    },
  };
}

/** `all` (deciding: false) and `exists` (true): one element decides, else the first that has no bool. */
function quantified(elements: Elements, body: Body, deciding: boolean): unknown {
  let result: unknown = !deciding;
  for (const [first, second] of elements) {
    if (!spendWork(1)) return workExceeded();
    const value = body(first, second);
    if (value === deciding) return deciding;
    if (result === !deciding) result = undecided(value, deciding);
  }
  return result;
}

/** Visits the elements that pass the filter. What stops it is the result: an absent value, an error, or the visitor's. */
function each(
  elements: Elements,
  body: Body,
  filter: Body | undefined,
  visit: (value: unknown, first: unknown) => true | EvaluationError,
): { readonly failed: boolean; readonly value?: undefined | EvaluationError } {
  for (const [first, second] of elements) {
    if (!spendWork(1)) return { failed: true, value: workExceeded() };
    const passes = filter === undefined ? true : filter(first, second);
    if (isMissing(passes)) return { failed: true, value: passes };
    if (typeof passes !== 'boolean') return { failed: true, value: NOT_BOOL };
    if (!passes) continue;
    const value = body(first, second);
    if (isMissing(value)) return { failed: true, value };
    const outcome = visit(value, first);
    if (outcome !== true) return { failed: true, value: outcome };
  }
  return { failed: false };
}
