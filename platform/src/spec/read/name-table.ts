/** The names that the application defines, for references. */
import type { ReferenceTarget } from '@tidegate/connectors/api';
import { isDeclared } from '../../common/function-namespace.js';
import { nearestName } from '../../common/nearest-name.js';

const NOUNS: Readonly<Record<ReferenceTarget, string>> = {
  ingress: 'ingress',
  rule: 'rule',
  egress: 'egress',
  table: 'table',
  function: 'function',
};

/** `unknown`: the section is missing or cannot be read, which was reported; then every name in it may exist. */
export type NamesOf = Readonly<Record<ReferenceTarget, ReadonlySet<string> | 'unknown'>>;

/** Suggestions for one application: a search costs as much as there are names, and a hostile text has many. */
const MAX_SEARCHES = 100;
const MAX_SHOWN = 10;

export class NameTable {
  private searches = 0;

  constructor(private readonly names: NamesOf) {}

  has(targets: readonly ReferenceTarget[], name: string): boolean {
    return targets.some((target) => {
      const names = this.names[target];
      return names === 'unknown' || (target === 'function' ? isDeclared(name, names) : names.has(name));
    });
  }

  nearest(targets: readonly ReferenceTarget[], name: string, others: readonly string[] = []): string | undefined {
    this.searches += 1;
    return this.searches > MAX_SEARCHES ? undefined : nearestName(name, [...this.all(targets), ...others]);
  }

  /** `ingress or rule` */
  static noun(targets: readonly ReferenceTarget[]): string {
    return targets.map((target) => NOUNS[target]).join(' or ');
  }

  /** A sentence that lists what exists. */
  existing(targets: readonly ReferenceTarget[]): string {
    const shown: string[] = [];
    for (const name of this.all(targets)) {
      if (shown.length === MAX_SHOWN) return `There is ${shown.join(', ')}, ...`;
      shown.push(name);
    }
    if (shown.length === 0) return `The application defines no ${NameTable.noun(targets)}.`;
    return `There is ${shown.join(', ')}.`;
  }

  private *all(targets: readonly ReferenceTarget[]): Generator<string> {
    for (const target of targets) {
      const names = this.names[target];
      if (names !== 'unknown') yield* names;
    }
  }
}
