/** The arguments of `npm run simulate`. */
export type SimulateCommand =
  | {
      readonly kind: 'seeds';
      readonly first: number;
      readonly last: number;
      readonly budgetMs: number | undefined;
      readonly jobs: number;
    }
  | { readonly kind: 'seed'; readonly seed: number; readonly trace: boolean; readonly mutant: string | undefined }
  | { readonly kind: 'mutants'; readonly jobs: number };

export const USAGE = `npm run simulate -- --seeds 1..5000 [--budget 60s] [--jobs 2]  many worlds, then a summary
npm run simulate -- --seed 42 [--trace] [--mutant NAME]         one world, with all that happens in it
npm run simulate -- --mutants [--jobs 2]                        every planted bug must be found
--jobs: in so many threads (1)`;

const MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/** @returns undefined when the words are not understood */
export function parseCommandLine(words: readonly string[]): SimulateCommand | undefined {
  const options = new Map<string, string | undefined>();
  for (let i = 0; i < words.length; i++) {
    const name = words[i]!;
    if (!name.startsWith('--') || options.has(name)) return undefined;
    const value = words[i + 1];
    if (value === undefined || value.startsWith('--')) options.set(name, undefined);
    else {
      options.set(name, value);
      i++;
    }
  }
  return commandOf(options);
}

function commandOf(options: ReadonlyMap<string, string | undefined>): SimulateCommand | undefined {
  const names = [...options.keys()];
  const only = (...allowed: string[]): boolean => names.every((name) => allowed.includes(name));
  const jobs = options.has('--jobs') ? integer(options.get('--jobs')) : 1;
  if (jobs === undefined || jobs < 1) return undefined;
  if (options.has('--mutants')) return only('--mutants', '--jobs') ? { kind: 'mutants', jobs } : undefined;
  if (options.has('--seed')) {
    const seed = integer(options.get('--seed'));
    if (seed === undefined || !only('--seed', '--trace', '--mutant')) return undefined;
    return { kind: 'seed', seed, trace: options.has('--trace'), mutant: options.get('--mutant') };
  }
  const [, first, last] = /^(\d+)\.\.(\d+)$/.exec(options.get('--seeds') ?? '') ?? [];
  if (first === undefined || !only('--seeds', '--budget', '--jobs')) return undefined;
  const budgetMs = duration(options.get('--budget'));
  if (options.has('--budget') && budgetMs === undefined) return undefined;
  return { kind: 'seeds', first: Number(first), last: Number(last), budgetMs, jobs };
}

function integer(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

function duration(text: string | undefined): number | undefined {
  const [, number, unit] = /^(\d+)(ms|s|m)$/.exec(text ?? '') ?? [];
  return number === undefined ? undefined : Number(number) * MS[unit!]!;
}
