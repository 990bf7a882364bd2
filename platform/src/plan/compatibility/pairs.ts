/**
 * What two plans have in common: each thing of the plan after with the one of the plan before whose state is its own.
 * The same name decides first, so that a `renamedFrom` may stay in the file when it has done its work.
 */
export interface Named {
  readonly name: string;
  readonly renamedFrom?: string;
}

export interface Pairs<T> {
  readonly kept: readonly { readonly before: T; readonly after: T }[];
  readonly added: readonly T[];
  readonly gone: readonly T[];
}

export function pairsOf<T extends Named>(before: readonly T[], after: readonly T[]): Pairs<T> {
  const byName = new Map(before.map((one) => [one.name, one]));
  const kept: { before: T; after: T }[] = [];
  const added: T[] = [];
  for (const one of after) {
    const former = byName.get(one.name) ?? byName.get(one.renamedFrom ?? '');
    if (former === undefined) added.push(one);
    else kept.push({ before: former, after: one });
  }
  const heirs = new Set(kept.map((pair) => pair.before));
  return { kept, added, gone: before.filter((one) => !heirs.has(one)) };
}

/** Names that changed: after to before. */
export function renamesOf<T extends Named>({ kept }: Pairs<T>): ReadonlyMap<string, string> {
  return new Map(
    kept.flatMap(({ before, after }) => (before.name === after.name ? [] : [[after.name, before.name] as const])),
  );
}
