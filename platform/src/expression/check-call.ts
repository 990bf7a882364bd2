/** Calls: of functions of the catalogue, and of the forms that look like them. */
import { checkAggregate } from './check-aggregate.js';
import { checkMetadata, eventOperand, refuseNotStage, refuseOne, stageNamed } from './check-event.js';
import { checkMacro } from './check-macro.js';
import { dotted } from './check-name.js';
import type { Checking } from './checking.js';
import { checkLiteralArguments } from './check-literal-argument.js';
import { catalogueEntry, catalogueNames } from './functions/catalogue.js';
import type { CatalogueEntry } from './functions/catalogue.js';
import { match } from './functions/signature.js';
import { typeName } from './type-relation.js';
import { DYN } from './type-relation.js';
import type { Syntax } from './syntax.js';
import type { CallNode, TypedNode } from './tree.js';
import type { ValueType } from './type.js';

type Call = Syntax & { kind: 'call' };

export function checkCall(checking: Checking, syntax: Call): TypedNode {
  const { start, end } = syntax;
  const operand = eventOperand(checking, syntax);
  if (operand !== undefined) return { kind: 'field', of: operand.of, path: [], type: operand.record, start, end };
  const form =
    checkMacro(checking, syntax) ??
    checkMetadata(checking, syntax) ??
    checkAggregate(checking, syntax) ??
    misusedStage(checking, syntax);
  if (form !== undefined) return form;
  const namespaced = namespacedName(checking, syntax);
  const name = namespaced ?? syntax.name;
  const isMember = namespaced === undefined && syntax.target !== undefined;
  const operands = isMember && syntax.target !== undefined ? [syntax.target, ...syntax.arguments] : syntax.arguments;
  const entry = catalogueEntry(name);
  if (entry === undefined) return unknownFunction(checking, syntax, name, operands);
  const values = operands.map((argument) => checking.node(argument));
  return resolve(checking, syntax, entry, isMember, values);
}

/** `math.abs(x)`: the catalogue's name, unless `math` is something that the scope holds. */
function namespacedName(checking: Checking, syntax: Call): string | undefined {
  const prefix = syntax.target === undefined ? undefined : dotted(syntax.target);
  if (prefix === undefined) return undefined;
  const [head = ''] = prefix.split('.');
  const isName =
    checking.variables.has(head) || (checking.event !== undefined && Object.hasOwn(checking.event.fields, head));
  const name = `${prefix}.${syntax.name}`;
  if (isName) return undefined;
  const isNamespace = catalogueNames().some((known) => known.startsWith(`${prefix}.`));
  return isNamespace ? name : undefined;
}

/** What other languages call it. */
const FOREIGN_NAMES: ReadonlyMap<string, string> = new Map([
  ['not', 'For "not" write !.'],
  ['includes', 'Write text.contains("x") for a part of a text, and x in list for an element.'],
  ['len', 'Write size(x).'],
  ['length', 'Write size(x).'],
  ['lower', 'Write text.lowerAscii().'],
  ['toLowerCase', 'Write text.lowerAscii().'],
  ['upper', 'Write text.upperAscii().'],
  ['toUpperCase', 'Write text.upperAscii().'],
]);

function unknownFunction(checking: Checking, syntax: Call, name: string, operands: readonly Syntax[]): TypedNode {
  for (const operand of operands)
    if (operand !== syntax.target || dotted(operand) === undefined) checking.node(operand);
  const place = {
    start: name === syntax.name ? syntax.nameStart : syntax.start,
    end: syntax.nameStart + syntax.name.length,
  };
  return checking.refuse('TG204', place, `unknown function "${name}"`, {
    near: [name, catalogueNames()],
    hint: FOREIGN_NAMES.get(syntax.name),
  });
}

/** Stages of one event have no size, first or last. */
function misusedStage(checking: Checking, syntax: Call): TypedNode | undefined {
  const [argument] = syntax.arguments;
  if (syntax.target !== undefined || argument === undefined || !['first', 'last', 'size'].includes(syntax.name))
    return undefined;
  const named = stageNamed(checking, argument);
  if (named?.stage.holds === 'one') return refuseOne(checking, named.name, named.stage.event, syntax);
  if (syntax.name === 'size') return undefined;
  const absent = refuseNotStage(checking, argument);
  if (absent !== undefined) return absent;
  const names = [...(checking.scope.stages?.keys() ?? [])];
  const hint = names.length === 0 ? 'It needs a pattern.' : undefined;
  const near = [argument.kind === 'identifier' ? argument.name : '', names] as const;
  return checking.refuse('TG205', argument, `${syntax.name}() takes a stage that holds a list of events`, {
    hint,
    near,
  });
}

function resolve(
  checking: Checking,
  syntax: Call,
  entry: CatalogueEntry,
  isMember: boolean,
  values: readonly TypedNode[],
): TypedNode {
  const { name } = entry.definition;
  const { start, end } = syntax;
  const types = values.map((value) => value.type);
  const candidates = entry.overloads.flatMap((overload) => {
    const found =
      overload.signature.member === isMember ? match(overload.signature, types, checking.mixNumbers) : undefined;
    return found === undefined ? [] : [{ overload, ...found }];
  });
  if (candidates.length === 0) return wrongArguments(checking, syntax, entry, isMember, types);
  const call: Omit<CallNode, 'type'> = { kind: 'call', function: name, arguments: values, start, end };
  checkLiteralArguments(checking, name, values);
  const certain = candidates.find(({ fit }) => fit === 'exact') ?? candidates.find(({ fit }) => fit === 'promoted');
  const chosen = certain ?? (candidates.length === 1 ? candidates[0] : undefined);
  if (chosen !== undefined) return { ...call, overload: chosen.overload.signature.text, type: chosen.result };
  const [first, ...others] = candidates;
  const same =
    first !== undefined && others.every(({ result }) => JSON.stringify(result) === JSON.stringify(first.result));
  return { ...call, type: same ? first.result : DYN };
}

function wrongArguments(
  checking: Checking,
  syntax: Call,
  entry: CatalogueEntry,
  isMember: boolean,
  types: readonly ValueType[],
): TypedNode {
  const { name } = entry.definition;
  const shown = entry.overloads.map(({ signature }) => signature.text.replace(/ -> .*/, ''));
  const [target, ...rest] = types.map(typeName);
  const call = isMember ? `${target}.${name}(${rest.join(', ')})` : `${name}(${types.map(typeName).join(', ')})`;
  return checking.refuse('TG205', syntax, `there is no ${call}`, {
    hint: `There is ${shown.slice(0, 4).join(' and ')}${shown.length > 4 ? ', and more' : ''}.`,
  });
}
