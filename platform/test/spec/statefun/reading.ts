/** A module's text as the tree of the application that it becomes, in plain values, with what was found on the way. */
import { DiagnosticBag } from '../../../src/spec/diagnostic-bag.js';
import { isModule } from '../../../src/spec/statefun/component.js';
import { moduleRoot } from '../../../src/spec/statefun/module-root.js';
import { decodeSource } from '../../../src/spec/text/decode-source.js';
import type { Node } from '../../../src/spec/text/node.js';
import { parseDocuments } from '../../../src/spec/text/parse-yaml.js';

export interface ReadModule {
  readonly tree: Readonly<Record<string, unknown>>;
  /** `TG160 line 4: what it says`. */
  readonly found: readonly string[];
}

export function readModule(text: string): ReadModule {
  if (!isModule(text)) throw new Error('it is not taken for a module');
  const diagnostics = new DiagnosticBag();
  const source = decodeSource('module.yaml', new TextEncoder().encode(text), diagnostics)!;
  const [first, ...others] = parseDocuments(source, diagnostics);
  const root = first === undefined ? undefined : moduleRoot([first, ...others], { name: 'module' }, diagnostics);
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
