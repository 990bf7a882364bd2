/**
 * Shortcuts for calls: when the overload is known and its parameters are texts, doubles or bools, it is called at once;
 * the size of a stage is its count of events, without a list of them.
 */
import { bindCall, implementationOf } from './call.js';
import { catalogueEntry } from './functions/catalogue.js';
import type { Generator } from './generate.js';
import { quoted } from './javascript.js';
import type { CallNode } from './tree.js';

const PRIMITIVES: Readonly<Record<string, string>> = { string: 'string', double: 'number', bool: 'boolean' };

/** Undefined where the call must be left to `call.ts`. */
export function callShortcut(generator: Generator, node: CallNode): string | undefined {
  const { values, constants, temporaries } = generator;
  const [first] = node.arguments;
  if (node.function === 'size' && first?.kind === 'stage') return `captured.count(${quoted(first.stage)})`;
  const overload = catalogueEntry(node.function)?.overloads.find(({ signature }) => signature.text === node.overload);
  if (values.strict || overload === undefined || overload.signature.variadic || node.arguments.length === 0)
    return undefined;
  const primitives = overload.signature.parameters.map(({ kind }) =>
    Object.hasOwn(PRIMITIVES, kind) ? PRIMITIVES[kind] : undefined,
  );
  if (primitives.includes(undefined)) return undefined;
  const names = node.arguments.map(() => temporaries.next());
  const loads = node.arguments.map((argument, at) => `${names[at]}=${generator.value(argument)}`);
  const tests = names.map((name, at) => `typeof ${name}===${JSON.stringify(primitives[at])}`);
  const call = (target: unknown): string => `${constants.add(target)}(${names.join(',')})`;
  return `(${loads.join(',')},${tests.join('&&')}?${call(implementationOf(overload, values))}:${call(bindCall(node, values))})`;
}
