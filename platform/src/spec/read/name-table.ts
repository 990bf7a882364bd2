/** The names that the application defines, for references. */
import type { ReferenceTarget } from '@tidegate/connectors/api';
import { nearestName } from '../../common/nearest-name.js';

const NOUNS: Readonly<Record<ReferenceTarget, string>> = {
  ingress: 'ingress',
  rule: 'rule',
  egress: 'egress',
  table: 'table',
};

/** `unknown`: the section is missing or cannot be read, which was reported; then every name in it may exist. */
export type NamesOf = Readonly<Record<ReferenceTarget, ReadonlySet<string> | 'unknown'>>;

export class NameTable {
  constructor(private readonly names: NamesOf) {}

  has(targets: readonly ReferenceTarget[], name: string): boolean {
    return targets.some((target) => {
      const names = this.names[target];
      return names === 'unknown' || names.has(name);
    });
  }

  nearest(targets: readonly ReferenceTarget[], name: string, others: readonly string[] = []): string | undefined {
    return nearestName(name, [...this.all(targets), ...others]);
  }

  /** `ingress or rule` */
  static noun(targets: readonly ReferenceTarget[]): string {
    return targets.map((target) => NOUNS[target]).join(' or ');
  }

  /** A sentence that lists what exists. */
  existing(targets: readonly ReferenceTarget[]): string {
    const all = this.all(targets);
    if (all.length === 0) return `The application defines no ${NameTable.noun(targets)}.`;
    const shown = all.slice(0, 10).join(', ');
    return `There is ${shown}${all.length > 10 ? ', ...' : ''}.`;
  }

  private all(targets: readonly ReferenceTarget[]): string[] {
    return targets.flatMap((target) => {
      const names = this.names[target];
      return names === 'unknown' ? [] : [...names];
    });
  }
}
