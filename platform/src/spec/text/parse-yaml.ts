/**
 * One file's text to a Node tree, with every finding of the parser as a diagnostic. Of syntax errors only the first is
 * shown, as the others mostly follow from it; what leaves the rest of the text readable is reported in full.
 */
import { visit, type Document } from 'yaml';
import type { DiagnosticBag } from '../diagnostic-bag.js';
import { correctedExpression } from './corrected-expression.js';
import type { MapNode } from './node.js';
import { NodeBuilder } from './node-builder.js';
import type { SourceText } from './source-text.js';
import { readDocument } from './yaml-documents.js';
import { describeSyntaxError, isOneKey } from './yaml-messages.js';

/** The top-level map; undefined when there is none that could be read further. */
export function parseYaml(source: SourceText, diagnostics: DiagnosticBag): MapNode | undefined {
  const { document, more, stopped } = readDocument(source.text);
  if (stopped !== undefined) {
    diagnostics.error('TG101', `${source.file} is ${stopped.reason}`, {
      range: source.range(stopped.offset, stopped.offset + 1),
      ...(stopped.help === undefined ? {} : { help: stopped.help }),
    });
    return undefined;
  }
  // Unknown tags are found again, and better described, where the node is built.
  const faults = [...(document?.errors ?? []), ...(document?.warnings ?? [])].filter(
    (one) => one.code !== 'TAG_RESOLVE_FAILED',
  );
  const [first] = faults.sort((a, b) => a.pos[0] - b.pos[0]);
  if (first !== undefined) {
    const { message, help } = describeSyntaxError(first, source);
    // Only what stands on the line itself can be mended by writing the line anew.
    const isOfLine =
      first.code !== 'BAD_INDENT' && !(first.code === 'BLOCK_AS_IMPLICIT_KEY' && isOneKey(source, first.pos[0]));
    const corrected = isOfLine ? correctedExpression(source, first.pos[0]) : undefined;
    const quote = first.code === 'MISSING_CHAR' ? openQuote(document, first.pos[0]) : undefined;
    const [start, end] = quote === undefined ? first.pos : [quote, quote + 1];
    diagnostics.error('TG102', message, {
      range: source.range(start, Math.max(end, start + 1)),
      ...(corrected !== undefined ? { help: corrected } : help !== undefined ? { help } : {}),
    });
    return undefined;
  }
  if (more !== undefined) {
    diagnostics.error('TG104', 'a second document begins here; a file holds one application', {
      range: source.range(more, more + 3),
      help: 'Put the second one into a file of its own in the same folder.',
    });
  }
  const version = document?.directives.yaml;
  if (version?.explicit === true && version.version !== '1.2') {
    diagnostics.error('TG104', `the text declares YAML ${version.version}; applications are YAML 1.2`, {
      range: source.range(0, source.text.indexOf('\n')),
      help: 'Remove the %YAML line.',
    });
    return undefined;
  }
  const root = new NodeBuilder(source, diagnostics).build(document?.contents ?? null);
  if (root === undefined) return undefined;
  if (root.kind === 'map') return root;
  if (root.kind === 'scalar' && root.value === null)
    diagnostics.error('TG100', `${source.file} is empty`, { range: source.range(0, 0) });
  else
    diagnostics.error('TG112', `${source.file} is not an application: a map of sections such as rules: is expected`, {
      range: source.range(root.start, root.end),
    });
  return undefined;
}

/** Where the quote opens whose end is missing at the offset, which is mostly the end of the whole text. */
function openQuote(document: Document.Parsed | undefined, offset: number): number | undefined {
  let start: number | undefined;
  if (document === undefined) return undefined;
  visit(document, {
    Scalar(_key, { type, range }) {
      if (type?.startsWith('QUOTE') === true && range?.[1] === offset) start = range[0];
    },
  });
  return start;
}
