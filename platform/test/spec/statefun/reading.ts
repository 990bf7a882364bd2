/** A module's text as the tree of the application that it becomes, in plain values, with what was found on the way. */
import { DiagnosticBag } from '../../../src/spec/diagnostic-bag.js';
import { Placeholders } from '../../../src/spec/read/placeholders.js';
import { isModule } from '../../../src/spec/statefun/is-module.js';
import { moduleRoot } from '../../../src/spec/statefun/module-root.js';
import { decodeSource } from '../../../src/spec/text/decode-source.js';
import type { Node } from '../../../src/spec/text/node.js';
import { firstDocument, parseDocuments, topKeys } from '../../../src/spec/text/parse-yaml.js';

export interface ReadModule {
  readonly tree: Readonly<Record<string, unknown>>;
  /** `TG160 line 4: what it says`. */
  readonly found: readonly string[];
}

/** Of applications, as far as they matter here. */
const SECTIONS = ['name', 'ingresses', 'rules', 'functions', 'egresses'];

export function readModule(text: string, env: Readonly<Record<string, string>> = {}): ReadModule {
  const diagnostics = new DiagnosticBag();
  const source = decodeSource('module.yaml', new TextEncoder().encode(text), diagnostics)!;
  if (!isModule(topKeys(source, firstDocument(source)), SECTIONS)) throw new Error('it is not taken for a module');
  const never = (): never => {
    throw new Error('a module reads no file here');
  };
  const host = { env, resolve: never, readFile: never, listFolder: never };
  const placeholders = new Placeholders(host, diagnostics);
  const [first, ...others] = parseDocuments(source, diagnostics);
  const root =
    first === undefined ? undefined : moduleRoot([first, ...others], { name: 'module' }, { diagnostics, placeholders });
  return {
    tree: root === undefined ? {} : (plain(root) as Record<string, unknown>),
    found: diagnostics
      .sorted()
      .map(({ code, range, message, suggestion }) =>
        [`${code} line ${range?.line}: ${message}`, ...(suggestion === undefined ? [] : [`${suggestion}?`])].join('; '),
      ),
  };
}

function plain(node: Node): unknown {
  if (node.kind === 'scalar') return typeof node.value === 'string' ? node.text : node.value;
  if (node.kind === 'list') return node.items.map(plain);
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, plain(value)]));
}
