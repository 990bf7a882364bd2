/** Loads texts in memory, with connectors that are only declared. */
import { fields, type Connector, type FormatFactory } from '@tidegate/connectors/api';
import type { Diagnostic } from '../../src/common/diagnostic.js';
import { loadApplication, type Loaded } from '../../src/spec/load.js';
import type { SpecHost } from '../../src/spec/host.js';
import type { Registry } from '../../src/spec/registry.js';

const never = () => {
  throw new Error('declarations only');
};

const connectors: readonly Connector[] = [
  {
    name: 'file',
    source: {
      name: 'file',
      description: 'Files.',
      options: fields({
        path: {
          type: 'list',
          of: { type: 'string', description: 'A path.' },
          oneOrMany: true,
          required: true,
          description: 'Files to read.',
        },
        follow: { type: 'boolean', default: false, description: 'Waits for more.' },
        pollInterval: { type: 'duration', default: '250ms', description: 'How often it looks.' },
      }),
      shorthand: 'path',
      example: 'file: { path: data/*.jsonl }',
      createSource: never,
    },
    sink: {
      name: 'file',
      description: 'A file.',
      options: fields({ path: { type: 'string', required: true, description: 'The file.' } }),
      shorthand: 'path',
      example: 'file: { path: out/alerts.jsonl }',
      deliveries: ['at-least-once', 'exactly-once'],
      maxParallelism: () => 1,
      createSink: never,
    },
  },
  {
    name: 'stdin',
    source: {
      name: 'stdin',
      description: 'Standard input.',
      options: fields({}),
      example: 'stdin: {}',
      warning: 'What was read is lost with the process.',
      createSource: never,
    },
  },
  {
    name: 'http',
    sink: {
      name: 'http',
      description: 'HTTP requests.',
      options: fields({
        url: { type: 'string', required: true, description: 'Where to.' },
        token: { type: 'string', secret: true, description: 'A bearer token.' },
        port: { type: 'integer', minimum: 1, maximum: 65535, default: 443, description: 'The port.' },
        compress: { type: 'boolean', default: false, description: 'Whether bodies are compressed.' },
        headers: { type: 'map', of: { type: 'string', description: 'A value.' }, description: 'Headers.' },
        path: { type: 'template', takesPlaceholders: true, description: 'A path.' },
        title: { type: 'template', description: 'A title.' },
      }),
      example: 'http: { url: "https://example.com" }',
      deliveries: ['at-least-once'],
      takesMessages: true,
      createSink: never,
    },
  },
];

const formats: readonly FormatFactory[] = [
  {
    name: 'json',
    description: 'JSON Lines.',
    options: fields({}),
    example: 'format: json',
    createFormat: never,
    createEncoder: never,
  },
  {
    name: 'lines',
    description: 'Text lines.',
    options: fields({ pattern: { type: 'string', required: true, description: 'A regular expression.' } }),
    shorthand: 'pattern',
    example: 'format: { lines: { pattern: "(?<user>\\w+)" } }',
    createFormat: never,
  },
  {
    name: 'packed',
    description: 'Messages in bytes.',
    options: fields({ to: { type: 'string', description: 'What is written to.' } }),
    example: 'format: packed',
    writesMessages: true,
    check: ({ to }, use) =>
      use === 'write' && to === undefined ? { option: 'to', reason: 'packed needs to know to what' } : undefined,
    createFormat: never,
    createEncoder: never,
  },
];

export const registry: Registry = {
  sources: new Map(connectors.flatMap(({ name, source }) => (source === undefined ? [] : [[name, source]]))),
  sinks: new Map(connectors.flatMap(({ name, sink }) => (sink === undefined ? [] : [[name, sink]]))),
  formats: new Map(formats.map((format) => [format.name, format])),
};

export interface World {
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
}

/** Paths are taken as they are, below `/app`. */
export function memoryHost({ env = {}, files = {} }: World = {}): SpecHost {
  const absolute = (...paths: readonly string[]) => {
    const joined = paths.reduce(
      (base, path) => (path.startsWith('/') ? path : path === '..' ? base.replace(/\/[^/]*$/, '') : `${base}/${path}`),
      '/app',
    );
    return joined.replace(/\/$/, '');
  };
  const stored = new Map(Object.entries(files).map(([path, content]) => [absolute(path), content]));
  return {
    env,
    resolve: absolute,
    readFile(path) {
      const content = stored.get(absolute(path));
      if (content === undefined) throw new Error('there is no such file');
      return typeof content === 'string' ? new TextEncoder().encode(content) : content;
    },
    listFolder(path) {
      const folder = `${absolute(path)}/`;
      const names = [...stored.keys()]
        .filter((name) => name.startsWith(folder))
        .map((name) => name.slice(folder.length));
      return stored.has(absolute(path)) || names.length === 0 ? undefined : names;
    },
  };
}

export function load(text: string, world?: World): Loaded {
  return loadApplication(
    { texts: [{ file: 'app.yaml', text }], baseDir: '/app' },
    { host: memoryHost(world), registry },
  );
}

/** One line a diagnostic: `TG110 3:5 message; did you mean "x"?` */
export function lines(diagnostics: readonly Diagnostic[]): string[] {
  return diagnostics.map(({ code, message, range, suggestion }) => {
    const place = range === undefined ? '' : ` ${range.line}:${range.column}`;
    return `${code}${place} ${message}${suggestion === undefined ? '' : `; did you mean ${JSON.stringify(suggestion)}?`}`;
  });
}

/** A whole application around a rule's body, which begins at line 4, column 5 (`r:` is line 3). */
export function withRule(body: string): string {
  const indented = body
    .split('\n')
    .map((line) => (line === '' ? '' : `    ${line}`))
    .join('\n');
  return `name: app\nrules:\n  r:\n${indented}\ningresses:\n  payments: { file: payments.jsonl }\n  logins: { file: logins.jsonl }\negresses:\n  alerts: { file: alerts.jsonl }\n`;
}

/** A rule with these lines as its `where`, as a user would write them. */
export function withWhere(written: string): string {
  return withRule(`from: payments\n${written}\nto: alerts`);
}
