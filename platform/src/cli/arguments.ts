/**
 * Command-line arguments, with `node:util`'s errors as UsageErrors that name the nearest option.
 *
 * A negative number is a word, wherever it stands: no option begins with a digit.
 */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { nearestName } from '../common/nearest-name.js';
import { UsageError } from './io.js';

type Options = NonNullable<ParseArgsConfig['options']>;
type Parsed<O extends Options> = ReturnType<typeof parseArgs<{ options: O; allowPositionals: true; strict: true }>>;

const NEGATIVE = /^-\d/;
/** Before a negative number, which parseArgs would take for options. No argument of a process has it. */
const MARK = '\0';

export function parseArguments<const O extends Options>(args: readonly string[], options: O): Parsed<O> {
  const marked = args.map((arg) => (NEGATIVE.test(arg) ? `${MARK}${arg}` : arg));
  try {
    const { values, positionals } = parseArgs({ args: marked, options, allowPositionals: true, strict: true });
    const named = Object.entries(values).map(([name, value]) => [name, unmarked(value)] as const);
    return { values: Object.fromEntries(named), positionals: positionals.map(unmarked) } as Parsed<O>;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const [, dashes, unknown] = /Unknown option '(--?)([^']+)'/.exec(error.message) ?? [];
    if (unknown === undefined) throw new UsageError(error.message.replaceAll(MARK, ''));
    const suggestion = nearestName(unknown, Object.keys(options));
    throw new UsageError(
      `unknown option ${dashes}${unknown}${suggestion === undefined ? '' : `; did you mean --${suggestion}?`}`,
    );
  }
}

function unmarked<V>(value: V): V {
  if (Array.isArray(value)) return value.map(unmarked) as V;
  return (typeof value === 'string' && value.startsWith(MARK) ? value.slice(MARK.length) : value) as V;
}

/** The value of an option that takes one of a few words. */
export function oneOf<const W extends readonly string[]>(option: string, value: string, words: W): W[number] {
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  throw new UsageError(`--${option} is ${JSON.stringify(value)}; expected ${words.join(', ')}`);
}
