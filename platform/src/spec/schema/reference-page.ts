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
  return [
    '# Reference of the application file',
    '',
    'Generated from the declarations in `platform/src/spec/declaration` and in the connectors by `npm run schema`. Do not edit.',
    '',
    '## The file',
    '',
    ...described(application),
    ...section('settings', settings),
    ...section('ingresses.NAME', ingresses.of),
    ...registered('Connectors of ingresses', registry.sources),
    ...section('tables.NAME', tables.of),
    ...section('rules.NAME', rules.of),
    ...section('functions.NAMESPACE/NAME', functions.of),
    ...section('routes.NAME', routes.of),
    ...section('requests', requests),
    ...section('egresses.NAME', egresses.of),
    ...registered('Connectors of egresses', registry.sinks),
    ...registered('Formats', registry.formats),
    ...section('tests.NAME', tests.of),
  ].join('\n');
}

/** An object's own keys as a table, then the objects within it, each once. */
function section(path: string, declaration: ObjectDeclaration, level = 2): string[] {
  const lines = [`${'#'.repeat(level)} \`${path}\``, '', ...described(declaration)];
  for (const [name, child] of Object.entries(declaration.fields)) {
    const inner = objectWithin(child);
    if (inner === undefined || inner === declaration || Object.keys(inner.fields).length === 0) continue;
    lines.push(...section(`${path}.${name}${child.type === 'list' ? '[]' : ''}`, inner, Math.min(level + 1, 4)));
  }
  return lines;
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
  return 'default' in declaration && declaration.default !== undefined ? `\`${String(declaration.default)}\`` : '';
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function objectWithin(declaration: Declaration): ObjectDeclaration | undefined {
  switch (declaration.type) {
    case 'object':
      return declaration;
    case 'list':
    case 'map':
      return objectWithin(declaration.of);
    case 'choice':
      return declaration.map === undefined ? undefined : objectWithin(declaration.map);
    default:
      return undefined;
  }
}

function registered(title: string, all: ReadonlyMap<string, Registered>): string[] {
  return [`## ${title}`, '', ...[...all.values()].flatMap(registeredSection)];
}

/** One connector or format, as `tidegate list` shows it too. */
export function registeredSection(one: Registered): string[] {
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
  ];
}
