/** A value that does not fit its declaration, in words: what is expected, what was found, what to write. */
import type { Declaration } from '@tidegate/connectors/api';
import type { DiagnosticCode } from '../../common/diagnostic.js';
import { alternativeFor } from '../schema/shape.js';
import { blockStyle } from '../text/corrected-expression.js';
import type { Node, ScalarNode } from '../text/node.js';
import { nearestName } from '../../common/nearest-name.js';

export interface DescribedFault {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly suggestion?: string;
  readonly help?: string;
}

/** Words that YAML 1.1 reads as true or false, and 1.2 as text. */
export const YAML_1_1_BOOLEAN = /^(yes|no|on|off|Yes|No|On|Off|YES|NO|ON|OFF)$/;
export const LEADING_ZERO = /^[-+]?0\d/;

export function describeFault(declaration: Declaration, node: Node, place: string): DescribedFault {
  const expected = alternativeFor(declaration, node.kind);
  if (node.kind !== 'scalar' || expected === undefined) return wrongShape(declaration, node, place);
  if (expected.type === 'expression' && node.text.trim() === '') return emptyExpression(place);
  if (node.value === null)
    return { code: 'TG112', message: `${place} has no value; expected ${expectation(declaration)}` };
  const whole = declaration.type === 'choice' ? declaration : expected;
  const fault = describeScalar(expected, node, `${place} is ${quoted(node)}; expected ${expectation(whole)}`, place);
  const keys = declaration.type === 'choice' ? shapeHelp(declaration.map ?? declaration, node) : undefined;
  return keys === undefined || fault.suggestion !== undefined ? fault : { help: `As a map: ${keys}`, ...fault };
}

function describeScalar(expected: Declaration, node: ScalarNode, general: string, place: string): DescribedFault {
  const found = quoted(node);
  switch (expected.type) {
    case 'boolean':
      if (YAML_1_1_BOOLEAN.test(node.text)) {
        const meant = /^(yes|on)$/i.test(node.text);
        return { code: 'TG105', message: `${place} is ${found}, which is text in YAML 1.2`, help: `Write ${meant}.` };
      }
      break;
    case 'duration':
      if (typeof node.value === 'number') {
        return {
          code: 'TG112',
          message: `${place} is ${node.text}, a number without a unit`,
          help: `Write ${node.text}ms, ${node.text}s, ${node.text}m or ${node.text}h.`,
        };
      }
      return {
        code: 'TG113',
        message: general,
        help: 'Units are d, h, m, s and ms, from large to small: 250ms, 5s, 1h30m, 7d.',
      };
    case 'size':
      return { code: 'TG113', message: general, help: 'Units are B, KiB, MiB and GiB: 64KiB, 1MiB.' };
    case 'range':
      return {
        code: 'TG113',
        message: general,
        help: /^\d+\.$/.test(node.text)
          ? `Write ${node.text.slice(0, -1)} for exactly that many, ${node.text}. for at least.`
          : 'Write 3, 2..4 or 3.. .',
      };
    case 'string':
      if (expected.enum?.includes('none') === true && isOff(node))
        return { code: 'TG113', message: general, suggestion: 'none' };
      if (typeof node.value !== 'string')
        return {
          code: 'TG112',
          message: `${place} is ${describeValue(node)}; expected text`,
          help: `For text write ${JSON.stringify(node.text)}.`,
        };
      if (expected.enum !== undefined) {
        const suggestion = nearestName(node.text, expected.enum);
        return { code: 'TG113', message: general, ...(suggestion === undefined ? {} : { suggestion }) };
      }
      return { code: 'TG113', message: `${place} is ${found}, which does not match ${expected.pattern ?? ''}` };
    default:
      break;
  }
  const outOfRange = (expected.type === 'integer' || expected.type === 'number') && typeof node.value === 'number';
  return { code: outOfRange ? 'TG113' : 'TG112', message: general };
}

function wrongShape(declaration: Declaration, node: Node, place: string): DescribedFault {
  if (isExpressionSlot(declaration) && node.kind !== 'scalar') {
    const key = /(\w+)(\[\d+\])?$/.exec(place)?.[1] ?? 'where';
    const text = node.source.text.slice(node.start, node.end);
    const what = node.kind === 'map' ? 'a map' : 'a list';
    return {
      code: 'TG116',
      message: `YAML reads ${place} as ${what}; expected an expression`,
      help: `For an expression write:\n${blockStyle(key, text)}`,
    };
  }
  const what = node.kind === 'scalar' ? describeValue(node) : `a ${node.kind}`;
  const help = shapeHelp(declaration, node);
  return {
    code: 'TG112',
    message: `${place} is ${what}; expected ${expectation(declaration)}`,
    ...(help === undefined ? {} : { help }),
  };
}

/** How the shape that belongs here is written. */
function shapeHelp(declaration: Declaration, node: Node): string | undefined {
  if (declaration.type === 'list' && node.kind === 'map') return 'Begin each item with "- ".';
  if (declaration.type === 'map' && node.kind === 'list') return 'Write each as "NAME: ..." instead of "- ...".';
  if (declaration.type !== 'object') return undefined;
  const keys = Object.keys({ ...declaration.variants, ...declaration.fields });
  const word =
    node.kind === 'scalar' && typeof node.value === 'string' && keys.includes(node.text) ? node.text : undefined;
  return word === undefined
    ? `Its keys are ${keys.join(', ')}.`
    : `Write ${word}: and what it needs, as in { ${word}: {} }.`;
}

/** What one may write to switch something off. */
function isOff(node: ScalarNode): boolean {
  return /^(off|no|false|disabled|never|0)$/i.test(node.text);
}

function emptyExpression(place: string): DescribedFault {
  return {
    code: 'TG116',
    message: `the expression ${place} is empty`,
    help: 'Write an expression, or remove the key.',
  };
}

function isExpressionSlot(declaration: Declaration): boolean {
  return alternativeFor(declaration, 'scalar')?.type === 'expression';
}

function quoted(node: ScalarNode): string {
  if (typeof node.value !== 'string') return node.text;
  const text = node.written ?? node.text;
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
}

function describeValue(node: ScalarNode): string {
  if (node.value === null) return node.text === '' ? 'empty' : node.text;
  if (typeof node.value === 'boolean') return `the truth value ${node.text}`;
  if (typeof node.value === 'string') return `the text ${quoted(node)}`;
  return `the number ${node.text}`;
}

/** What a declaration takes, in a few words. */
export function expectation(declaration: Declaration): string {
  switch (declaration.type) {
    case 'string':
      if (declaration.enum === undefined) return 'text';
      return declaration.enum.length === 1 ? declaration.enum.join() : `one of ${declaration.enum.join(', ')}`;
    case 'integer':
    case 'number':
      return `${declaration.type === 'integer' ? 'a whole number' : 'a number'}${bounds(declaration.minimum, declaration.maximum)}`;
    case 'boolean':
      return 'true or false';
    case 'duration':
      return 'a duration such as 10s';
    case 'size':
      return 'a size such as 64KiB';
    case 'expression':
      return 'an expression';
    case 'template':
      return 'text';
    case 'range':
      return 'a count such as 3, 2..4 or 3..';
    case 'reference':
      return `the name of an ${declaration.to.join(' or ')}`.replace(/\ban (?=[rt])/, 'a ');
    case 'list':
      return declaration.oneOrMany === true ? `${expectation(declaration.of)}, or a list of them` : 'a list';
    case 'map':
    case 'record':
    case 'schema':
      return 'a map';
    case 'object':
      return declaration.shorthand === undefined ? 'a map' : `a map, or its ${declaration.shorthand} alone`;
    case 'choice':
      return [declaration.scalar, declaration.list, declaration.map]
        .flatMap((one) => (one === undefined ? [] : [expectation(one)]))
        .join(', or ');
    case 'any':
      return 'a value';
  }
}

function bounds(minimum: number | undefined, maximum: number | undefined): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return ` of at least ${minimum}`;
  return maximum === undefined ? '' : ` of at most ${maximum}`;
}
