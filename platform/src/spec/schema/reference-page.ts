/** The reference page of the application file, in Markdown, from the declarations. */
import type { Declaration, Field, Fields, ObjectDeclaration } from '@tidegate/connectors/api';
import { applicationDeclaration } from '../declaration/application.js';
import { expectation } from '../read/describe-fault.js';
import type { Registry } from '../registry.js';

interface Registered {
  readonly name: string;
  readonly description: string;
  readonly options: Fields;
  readonly shorthand?: string;
  readonly example: string;
  readonly warning?: string;
}

export function referencePage(registry: Registry): string {
  const application = applicationDeclaration(registry);
  const { ingresses, tables, rules, functions, routes, requests, egresses, tests, settings } = application.fields;
  const { sources, sinks, formats } = registry;
  const elsewhere = new Set(
    [...sources.values(), ...sinks.values(), ...formats.values()].map(({ options }) => options),
  );
  const part = (path: string, declaration: ObjectDeclaration): string[] =>
    section(declaration, { path, level: 2, elsewhere });
  return [
    '# Reference of the application file',
    '',
    'Generated from the declarations in `platform/src/spec/declaration` and in the connectors by `npm run schema`. Do not edit.',
    '',
    '## The file',
    '',
    ...described(application),
    ...part('settings', settings),
    ...part('ingresses.NAME', ingresses.of),
    ...registered('Connectors of ingresses', sources),
    ...part('tables.NAME', tables.of),
    ...part('rules.NAME', rules.of),
    ...part('functions.NAMESPACE/NAME', functions.of),
    ...part('routes.NAME', routes.of),
    ...part('requests', requests),
    ...part('egresses.NAME', egresses.of),
    ...registered('Connectors of egresses', sinks),
    ...registered('Formats', formats),
    ...part('tests.NAME', tests.of),
  ].join('\n');
}

/** Where a section stands. */
interface Place {
  readonly path: string;
  /** Of its heading. */
  readonly level: number;
  /** Keys of what has a section of its own: connectors and formats. */
  readonly elsewhere: ReadonlySet<Fields>;
}

const LEVEL_MAX = 4;

/** An object's own keys as a table, then the objects within it. */
function section(declaration: ObjectDeclaration, place: Place): string[] {
  const heading = `${'#'.repeat(place.level)} \`${place.path}\``;
  return [heading, '', ...described(declaration), ...within(declaration, place)];
}

function within(declaration: ObjectDeclaration, { path, level, elsewhere }: Place): string[] {
  const { variants = {}, fields } = declaration;
  return Object.entries({ ...variants, ...fields }).flatMap(([name, child]) => {
    const found = objectWithin(child, `${path}.${name}`);
    if (found === undefined) return [];
    const { object } = found;
    const hasKeys = Object.keys({ ...object.variants, ...object.fields }).length > 0;
    if (!hasKeys || object === declaration || elsewhere.has(object.fields) || hasOnly(object, elsewhere)) return [];
    return section(object, { path: found.path, level: Math.min(level + 1, LEVEL_MAX), elsewhere });
  });
}

/** It is one of those that are described elsewhere, and nothing more. */
function hasOnly({ variants = {}, fields }: ObjectDeclaration, elsewhere: ReadonlySet<Fields>): boolean {
  const kinds = Object.values(variants);
  const isElsewhere = (kind: Field): boolean => kind.type === 'object' && elsewhere.has(kind.fields);
  return kinds.length > 0 && Object.keys(fields).length === 0 && kinds.every(isElsewhere);
}

function described(declaration: ObjectDeclaration): string[] {
  return [declaration.description, '', ...table(declaration)];
}

function table({ variants = {}, fields, others }: ObjectDeclaration): string[] {
  const rows = [
    ...Object.entries(variants).map(([name, child]) => row(name, child, 'one of these')),
    ...Object.entries(fields).map(([name, child]) =>
      row(name, child, child.required === true ? 'required' : defaultText(child)),
    ),
    ...(others === undefined ? [] : [row(`NAME of an ${others.reference.join(' or ')}`, others.of, '')]),
  ];
  if (rows.length === 0) return ['It takes no keys.', ''];
  return ['| key | value | default | |', '| --- | --- | --- | --- |', ...rows, ''];
}

function row(name: string, declaration: Field, byDefault: string): string {
  const { description, example } = declaration;
  const shown = example === undefined ? '' : ` Example: \`${JSON.stringify(example)}\`.`;
  const text = `${whenText(declaration)}${description}${shown}`;
  return `| \`${name}\` | ${cell(expectation(declaration))} | ${cell(byDefault)} | ${cell(text)} |`;
}

function whenText({ when = {} }: Field): string {
  const needs = Object.entries(when).map(([key, values]) => `\`${key}: ${values.join('` or `')}\``);
  return needs.length === 0 ? '' : `With ${needs.join(' and ')}. `;
}

function defaultText(declaration: Declaration): string {
  if (!('default' in declaration) || declaration.default === undefined) return '';
  const { default: value } = declaration;
  return `\`${typeof value === 'object' ? JSON.stringify(value) : String(value)}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** The object that a value is or consists of, and its path. */
function objectWithin(
  declaration: Declaration,
  path: string,
): { readonly object: ObjectDeclaration; readonly path: string } | undefined {
  switch (declaration.type) {
    case 'object':
      return { object: declaration, path };
    case 'list':
      return objectWithin(declaration.of, `${path}[]`);
    case 'map':
      return objectWithin(declaration.of, `${path}.NAME`);
    case 'choice':
      return declaration.map === undefined ? undefined : objectWithin(declaration.map, path);
    default:
      return undefined;
  }
}

function registered(title: string, all: ReadonlyMap<string, Registered>): string[] {
  return [`## ${title}`, '', ...[...all.values()].flatMap(registeredSection)];
}

/** One connector or format. */
function registeredSection(one: Registered): string[] {
  const { name, description, options, shorthand, example, warning } = one;
  const declaration: ObjectDeclaration = {
    type: 'object',
    description,
    fields: options,
    ...(shorthand === undefined ? {} : { shorthand }),
  };
  return [
    `### \`${name}\``,
    '',
    description,
    ...(warning === undefined ? [] : ['', `Note: ${warning}`]),
    ...(shorthand === undefined ? [] : ['', `Its \`${shorthand}\` may be written alone.`]),
    '',
    ...table(declaration),
    '```yaml',
    example.trimEnd(),
    '```',
    '',
    ...within(declaration, { path: name, level: 3, elsewhere: new Set() }),
  ];
}
