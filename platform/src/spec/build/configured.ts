/** A connector or a format as written, to its name and its whole options. */
import type { Fields, FormatUse, OptionFault } from '@tidegate/connectors/api';
import type { Configured } from '../application.js';
import type { DiagnosticBag } from '../diagnostic-bag.js';
import type { Path, Positions } from '../positions.js';
import { fillDefaults } from '../read/defaults.js';
import { pathText } from '../read/path-text.js';
import type { BuildContext } from './context.js';

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

/** @param draft a word, or a variant with its options; undefined: json */
export function formatOf(
  draft: string | { readonly variant?: Variant } | undefined,
  use: FormatUse,
  path: Path,
  context: BuildContext,
): Configured {
  const { formats } = context.registry;
  const word = draft === undefined ? 'json' : typeof draft === 'string' ? draft : undefined;
  const written = typeof draft === 'object' ? configured(draft.variant) : undefined;
  const format =
    word === undefined
      ? (written ?? { type: 'json', options: {} })
      : byWord(formats.get(word), word, path, context.positions, context.diagnostics);
  const registered = formats.get(format.type);
  const at = word === undefined ? [...path, format.type] : path;
  refuseFault(registered, format.options, () => registered?.check?.(format.options as never, use), at, context);
  return format;
}

/** Asked only where nothing is missing, which was reported. @param path of what has the options */
export function refuseFault(
  registered: { readonly options: Fields } | undefined,
  options: Readonly<Record<string, unknown>>,
  check: () => OptionFault | undefined,
  path: Path,
  { positions, diagnostics }: BuildContext,
): void {
  const isMissing = ([name, { required }]: readonly [string, Fields[string]]): boolean =>
    required === true && options[name] === undefined;
  if (Object.entries(registered?.options ?? {}).some(isMissing)) return;
  const fault = check();
  if (fault === undefined) return;
  const [section, name] = path;
  diagnostics.error('TG113', `${String(section)}.${String(name)}: ${fault.reason}`, {
    range: positions.locate([...path, fault.option]),
  });
}
