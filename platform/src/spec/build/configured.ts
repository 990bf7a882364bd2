/** A connector or a format as written, to its name and its whole options. */
import type { Fields } from '@tidegate/connectors/api';
import type { Configured } from '../application.js';
import type { DiagnosticBag } from '../diagnostic-bag.js';
import type { Path, Positions } from '../positions.js';
import { fillDefaults } from '../read/defaults.js';
import { pathText } from '../read/path-text.js';

interface Registered {
  readonly name: string;
  readonly options: Fields;
  readonly example: string;
}

/** The variant that was written, as the reader gives it. */
interface Variant {
  readonly kind: string;
  readonly value?: unknown;
}

export function configured(variant: Variant | undefined): Configured | undefined {
  if (variant === undefined) return undefined;
  return { type: variant.kind, options: (variant.value ?? {}) as Readonly<Record<string, unknown>> };
}

/** A word alone takes the defaults; it is refused where an option must be written. */
export function byWord(
  registered: Registered | undefined,
  word: string,
  path: Path,
  positions: Positions,
  diagnostics: DiagnosticBag,
): Configured {
  const options: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  if (registered === undefined) return { type: word, options };
  fillDefaults(registered.options, options);
  const missing = Object.keys(registered.options).filter(
    (name) => registered.options[name]?.required === true && options[name] === undefined,
  );
  if (missing.length > 0) {
    diagnostics.error('TG111', `${pathText(path)} is ${word} alone, which needs ${missing.join(' and ')}`, {
      range: positions.locate(path),
      help: `Write, for example:\n${registered.example.trimEnd()}`,
    });
  }
  return { type: word, options };
}
