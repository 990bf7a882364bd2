/** Command-line arguments, with `node:util`'s errors as UsageErrors that name the nearest option. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { nearestName } from '../common/nearest-name.js';
import { UsageError } from './io.js';

type Options = NonNullable<ParseArgsConfig['options']>;
type Parsed<O extends Options> = ReturnType<typeof parseArgs<{ options: O; allowPositionals: true; strict: true }>>;

export function parseArguments<const O extends Options>(args: readonly string[], options: O): Parsed<O> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const unknown = /Unknown option '--?([^']+)'/.exec(error.message)?.[1];
    if (unknown === undefined) throw new UsageError(error.message);
    const suggestion = nearestName(unknown, Object.keys(options));
    throw new UsageError(
      `unknown option --${unknown}${suggestion === undefined ? '' : `; did you mean --${suggestion}?`}`,
    );
  }
}

/** The value of an option that takes one of a few words. */
export function oneOf<const W extends readonly string[]>(option: string, value: string, words: W): W[number] {
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  throw new UsageError(`--${option} is ${JSON.stringify(value)}; expected ${words.join(', ')}`);
}
