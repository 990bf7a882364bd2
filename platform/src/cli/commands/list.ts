/** `tidegate list`: what an application may name: connectors, formats and functions, each with its fields and an example. */
import type { Fields } from '@tidegate/connectors/api';
import { nearestName } from '../../common/nearest-name.js';
import { functionReference } from '../../expression/index.js';
import { expectation } from '../../spec/read/describe-fault.js';
import { oneOf, parseArguments } from '../arguments.js';
import { clientOf, COORDINATOR_HELP, COORDINATOR_OPTIONS } from '../cluster/api-options.js';
import { CLUSTER_KINDS, listCluster } from '../cluster/list-cluster.js';
import { EXIT, UsageError, type Command, type Io } from '../io.js';
import { createRegistry } from '../registry.js';

const usage = `Usage: tidegate list [connectors|formats|functions] [NAME] [--format text|json]
       tidegate list jobs|workers [--coordinator HOST:PORT] [--format text|json]

Shows what an application may name. With NAME: its fields with their types and defaults, and an example. Or the jobs of a
cluster, or its workers.

${COORDINATOR_HELP}
`;

/** One thing of the list: connectors may be used in both directions. */
interface Item {
  readonly name: string;
  readonly description: string;
  /** `ingress`, `egress`, `read`, `write`, or a function's signatures. */
  readonly use: readonly string[];
  readonly fields?: Fields;
  readonly shorthand?: string;
  readonly example: string;
}

const KINDS = ['connectors', 'formats', 'functions'] as const;

const items: Readonly<Record<(typeof KINDS)[number], () => readonly Item[]>> = {
  connectors() {
    const { sources, sinks } = createRegistry();
    return [
      ...[...sources.values()].map((one) => ({ ...one, use: ['ingress'], fields: one.options })),
      ...[...sinks.values()].map((one) => ({ ...one, use: ['egress'], fields: one.options })),
    ];
  },
  formats() {
    return [...createRegistry().formats.values()].map((one) => ({
      ...one,
      use: [...(one.createFormat === undefined ? [] : ['read']), ...(one.createEncoder === undefined ? [] : ['write'])],
      fields: one.options,
    }));
  },
  functions() {
    return functionReference().map((one) => ({ ...one, use: one.signatures }));
  },
};

async function run(args: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parseArguments(args, {
    ...COORDINATOR_OPTIONS,
    format: { type: 'string', default: 'text' },
  });
  const format = oneOf('format', values.format, ['text', 'json']);
  const [word, name] = positionals;
  const ofCluster = CLUSTER_KINDS.find((kind) => kind === word);
  if (positionals.length > (ofCluster === undefined ? 2 : 1)) throw new UsageError('too many arguments');
  if (ofCluster !== undefined) {
    await listCluster(ofCluster, clientOf(values, io), format, io);
    return EXIT.fine;
  }
  const kind = word === undefined ? undefined : kindOf(word);
  const kinds = kind === undefined ? KINDS : [kind];
  if (name !== undefined && kind !== undefined) return show(kind, name, format, io);
  if (format === 'json') {
    io.out(`${JSON.stringify(Object.fromEntries(kinds.map((one) => [one, items[one]().map(plain)])), null, 2)}\n`);
  } else io.out(kinds.map((one) => overview(one, items[one]())).join('\n'));
  return EXIT.fine;
}

function kindOf(word: string): (typeof KINDS)[number] {
  const kind = KINDS.find((one) => one === word || one === `${word}s`);
  if (kind !== undefined) return kind;
  const suggestion = nearestName(word, [...KINDS, ...CLUSTER_KINDS]);
  throw new UsageError(
    `there is no list of ${JSON.stringify(word)}${suggestion === undefined ? '' : `; did you mean ${suggestion}?`}`,
  );
}

function show(kind: (typeof KINDS)[number], name: string, format: string, io: Io): number {
  const all = items[kind]();
  const found = all.filter((item) => item.name === name);
  if (found.length === 0) {
    const suggestion = nearestName(
      name,
      all.map((item) => item.name),
    );
    io.err(
      `tidegate list: there is no ${kind.slice(0, -1)} ${JSON.stringify(name)}${suggestion === undefined ? '' : `; did you mean ${JSON.stringify(suggestion)}?`}\n`,
    );
    return EXIT.failed;
  }
  io.out(format === 'json' ? `${JSON.stringify(found.map(plain), null, 2)}\n` : found.map(details).join('\n'));
  return EXIT.fine;
}

function overview(kind: string, all: readonly Item[]): string {
  const names = new Map<string, Item[]>();
  for (const item of all) names.set(item.name, [...(names.get(item.name) ?? []), item]);
  const width = Math.max(...[...names.keys()].map((name) => name.length));
  const lines = [...names].map(([name, same]) => {
    const use = kind === 'functions' ? '' : ` (${same.flatMap((item) => item.use).join(', ')})`;
    return `  ${name.padEnd(width)}  ${same[0]?.description ?? ''}${use}`;
  });
  return `${kind}\n${lines.join('\n')}\n`;
}

function details({ name, use, description, fields, shorthand, example }: Item): string {
  const isFunction = fields === undefined;
  const lines = [isFunction ? name : `${name} (${use.join(', ')})`, `  ${description}`, ''];
  if (isFunction) lines.push(...use.map((signature) => `  ${signature}`), '');
  for (const [field, declaration] of Object.entries(fields ?? {})) {
    const byDefault =
      'default' in declaration && declaration.default !== undefined ? `; default ${String(declaration.default)}` : '';
    const must = declaration.required === true ? '; must be written' : '';
    const alone = field === shorthand ? '; may be written alone' : '';
    lines.push(
      `  ${field}: ${expectation(declaration)}${byDefault}${must}${alone}`,
      `      ${declaration.description}`,
    );
  }
  if (fields !== undefined && Object.keys(fields).length > 0) lines.push('');
  lines.push(
    '  Example:',
    ...example
      .trimEnd()
      .split('\n')
      .map((line) => `    ${line}`),
    '',
  );
  return lines.join('\n');
}

/** Without what is no data. */
function plain({ name, use, description, fields, shorthand, example }: Item): object {
  return {
    name,
    use,
    description,
    ...(fields === undefined ? {} : { fields }),
    ...(shorthand === undefined ? {} : { shorthand }),
    example,
  };
}

export const list: Command = { usage, run };
