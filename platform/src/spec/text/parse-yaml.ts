/**
 * One file's text to a Node tree, with every finding of the parser as a diagnostic. Of syntax errors only the first is
 * shown, as the others mostly follow from it; what leaves the rest of the text readable is reported in full.
 */
import { isMap, isScalar, visit, type Document } from 'yaml';
import type { DiagnosticBag } from '../diagnostic-bag.js';
import { correctedExpression } from './corrected-expression.js';
import type { MapNode, Node } from './node.js';
import { NodeBuilder } from './node-builder.js';
import type { SourceText } from './source-text.js';
import { readDocuments, type ParsedText } from './yaml-documents.js';
import { describeSyntaxError, isOneKey } from './yaml-messages.js';

/** Of a module of Apache StateFun: one for each component. */
const DOCUMENTS_MAX = 1000;

/** What tells what a file is, and is parsed once where that is an application. */
export function firstDocument(source: SourceText): ParsedText {
  return readDocuments(source.text, 1);
}

/** The keys at the top of each document that is a map, as far as they can be read. */
export function topKeys(source: SourceText, first: ParsedText): readonly ReadonlySet<string>[] {
  const all = first.more === undefined ? first : readDocuments(source.text, DOCUMENTS_MAX);
  const { documents } = all.stopped === undefined ? all : first;
  return documents.flatMap(({ contents }) => {
    if (!isMap(contents)) return [];
    return [new Set(contents.items.flatMap(({ key }) => (isScalar(key) ? String(key.value) : [])))];
  });
}

/** The top-level map; undefined when there is none that could be read further. */
export function parseYaml(
  source: SourceText,
  diagnostics: DiagnosticBag,
  parsed: ParsedText = firstDocument(source),
): MapNode | undefined {
  const [document] = parsed.documents;
  if (!isReadable(parsed, source, diagnostics)) return undefined;
  if (parsed.more !== undefined) {
    diagnostics.error('TG104', 'a second document begins here; a file holds one application', {
      range: source.range(parsed.more, parsed.more + 3),
      help: 'Put the second one into a file of its own in the same folder.',
    });
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

/** Every document of a file that may hold several; none when one of them could not be read. */
export function parseDocuments(source: SourceText, diagnostics: DiagnosticBag): readonly Node[] {
  const parsed = readDocuments(source.text, DOCUMENTS_MAX);
  if (!isReadable(parsed, source, diagnostics)) return [];
  if (parsed.more !== undefined) {
    diagnostics.error('TG101', `${source.file} holds more than ${DOCUMENTS_MAX} documents`, {
      range: source.range(parsed.more, parsed.more + 3),
    });
    return [];
  }
  // Anchors are those of their document.
  const nodes = parsed.documents.map(({ contents }) => new NodeBuilder(source, diagnostics).build(contents));
  return nodes.flatMap((node) => node ?? []);
}

/** Whether it is YAML that this project reads; otherwise what is wrong has been reported. */
function isReadable({ documents, stopped }: ParsedText, source: SourceText, diagnostics: DiagnosticBag): boolean {
  if (stopped !== undefined) {
    diagnostics.error('TG101', `${source.file} is ${stopped.reason}`, {
      range: source.range(stopped.offset, stopped.offset + 1),
      ...(stopped.help === undefined ? {} : { help: stopped.help }),
    });
    return false;
  }
  if (!documents.every((document) => isWellFormed(document, source, diagnostics))) return false;
  if (!documents.some(({ directives: { yaml } }) => yaml.explicit === true && yaml.version !== '1.2')) return true;
  const declared = documents.find(({ directives: { yaml } }) => yaml.explicit === true)?.directives.yaml.version;
  diagnostics.error('TG104', `the text declares YAML ${declared}; applications are YAML 1.2`, {
    range: source.range(0, source.text.indexOf('\n')),
    help: 'Remove the %YAML line.',
  });
  return false;
}

function isWellFormed(document: Document.Parsed, source: SourceText, diagnostics: DiagnosticBag): boolean {
  // Unknown tags are found again, and better described, where the node is built.
  const faults = [...document.errors, ...document.warnings].filter((one) => one.code !== 'TAG_RESOLVE_FAILED');
  const [first] = faults.sort((a, b) => a.pos[0] - b.pos[0]);
  if (first === undefined) return true;
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
  return false;
}

/** Where the quote opens whose end is missing at the offset, which is mostly the end of the whole text. */
function openQuote(document: Document.Parsed, offset: number): number | undefined {
  let start: number | undefined;
  visit(document, {
    Scalar(_key, { type, range }) {
      if (type?.startsWith('QUOTE') === true && range?.[1] === offset) start = range[0];
    },
  });
  return start;
}
