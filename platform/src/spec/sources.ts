/** The texts of an application: one file, every YAML file of a folder, or texts that are already there. */
import type { DiagnosticBag } from './diagnostic-bag.js';
import type { SpecHost } from './host.js';
import { decodeSource } from './text/decode-source.js';
import type { SourceText } from './text/source-text.js';

/** A path as the user named it, or texts under the names that messages shall show. */
export type ApplicationInput =
  | { readonly path: string }
  | { readonly texts: readonly { readonly file: string; readonly text: string }[]; readonly baseDir: string };

export interface Sources {
  readonly sources: readonly SourceText[];
  /** Absolute. */
  readonly baseDir: string;
}

export function readSources(input: ApplicationInput, host: SpecHost, diagnostics: DiagnosticBag): Sources {
  if ('texts' in input) {
    const encoder = new TextEncoder();
    const sources = input.texts.flatMap(
      ({ file, text }) => decodeSource(file, encoder.encode(text), diagnostics) ?? [],
    );
    return { sources, baseDir: input.baseDir };
  }
  const { path } = input;
  const names = host.listFolder(path);
  if (names === undefined) return { sources: readFile(path, host, diagnostics), baseDir: host.resolve(path, '..') };
  const files = names.filter((name) => /^[^.].*\.ya?ml$/.test(name)).sort();
  if (files.length === 0) {
    diagnostics.error('TG100', `the folder ${path} holds no .yaml or .yml file`, {
      help: 'Name the file or folder of an application.',
    });
  }
  return {
    sources: files.flatMap((name) => readFile(`${path.replace(/\/+$/, '')}/${name}`, host, diagnostics)),
    baseDir: host.resolve(path),
  };
}

function readFile(file: string, host: SpecHost, diagnostics: DiagnosticBag): readonly SourceText[] {
  let bytes: Uint8Array;
  try {
    bytes = host.readFile(file);
  } catch (error) {
    diagnostics.error('TG100', `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    return [];
  }
  const source = decodeSource(file, bytes, diagnostics);
  return source === undefined ? [] : [source];
}
