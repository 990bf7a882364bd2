/**
 * The options of an egress that are computed for each record: expressions and templates, found by the connector's
 * declarations wherever they stand among its options.
 *
 * Invariant: a template without an expression in it is plain text, and no such option.
 */
import type { Declaration, ExpressionText, Fields } from '@tidegate/connectors/api';
import type { EgressExpression } from '../application.js';

type Options = Readonly<Record<string, unknown>>;
type Template = readonly (string | ExpressionText)[];

export interface SplitOptions {
  /** With the text of expressions and templates as it was written. */
  readonly options: Options;
  readonly expressions: readonly EgressExpression[];
}

export function splitExpressions(declared: Fields, options: Options): SplitOptions {
  const expressions: EgressExpression[] = [];
  const read = (declaration: Declaration | undefined, value: unknown, option: readonly string[]): unknown => {
    if (value === undefined) return undefined;
    switch (declaration?.type) {
      case 'expression': {
        const { gives } = declaration;
        expressions.push({ option, value: value as ExpressionText, ...(gives === undefined ? {} : { gives }) });
        return (value as ExpressionText).text;
      }
      case 'template':
        if (!(value as Template).every(isText)) expressions.push({ option, value: value as Template });
        return textOf(value as Template);
      case 'map':
        return members(value as Options, (name, member) => read(declaration.of, member, [...option, name]));
      case 'object': {
        const { fields } = declaration;
        return members(value as Options, (name, member) => read(fields[name], member, [...option, name]));
      }
      default:
        return value;
    }
  };
  const written = members(options, (name, value) => read(declared[name], value, [name]));
  return { options: written, expressions };
}

function members(values: Options, read: (name: string, value: unknown) => unknown): Options {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, read(name, value)]));
}

function isText(part: string | ExpressionText): part is string {
  return typeof part === 'string';
}

function textOf(template: Template): string {
  return template.map((part) => (isText(part) ? part : `{{${part.text}}}`)).join('');
}
