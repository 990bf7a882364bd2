/**
 * What rules read: the streams of ingresses and, as the rules are planned one after the other, of rules' alerts. Gives a
 * rule's inputs their record types and their typed keys.
 */
import { unionOfRecords, type ExpressionScope, type TableScope } from '../expression/index.js';
import type { TypedTree } from '../expression/tree.js';
import { UNTYPED, type RecordType, type ValueType } from '../expression/type.js';
import type { OperatorInput } from '../job/stream-graph.js';
import type { Application, Rule, RuleInput, Table } from '../spec/application.js';
import type { Findings } from './findings.js';
import type { ExpressionChecker } from './expression-checker.js';
import { agreeKeys, refuseUnusableKey } from './key-type.js';
import { PersonalData } from './personal-data.js';

/** A rule's inputs, typed. */
export interface RuleStreams {
  readonly inputs: readonly OperatorInput[];
  /** Record types by input name. */
  readonly records: ReadonlyMap<string, RecordType>;
  /** Type of `key()`; absent without a key. */
  readonly key?: ValueType;
  /** Whether the key is made of personal data. */
  readonly personalKey: boolean;
  /** Whether some input is another rule's alerts. */
  readonly alerts: boolean;
  readonly tables: ReadonlyMap<string, TableScope>;
}

interface KeyPart {
  readonly type: ValueType;
  readonly tree?: TypedTree;
  readonly personal: boolean;
}

export class Streams {
  readonly #records = new Map<string, RecordType>();
  readonly #tables: ReadonlyMap<string, TableScope>;

  constructor(
    application: Application,
    private readonly checker: ExpressionChecker,
    private readonly findings: Findings,
  ) {
    for (const ingress of application.ingresses.values()) this.#records.set(ingress.name, ingress.schema);
    this.#tables = new Map([...application.tables.values()].map((table) => [table.name, tableScope(table)]));
  }

  /** The type of a rule's alerts, for the rules that read them. */
  addAlerts(rule: string, fields: RecordType): void {
    this.#records.set(rule, fields);
  }

  /** What an ingress or a rule that has been planned gives. */
  recordOf(name: string): RecordType {
    return this.#records.get(name) ?? UNTYPED;
  }

  get tables(): ReadonlyMap<string, TableScope> {
    return this.#tables;
  }

  of(rule: Rule): RuleStreams {
    refuseRepeatedInputs(rule, this.findings);
    const records = new Map(rule.inputs.map(({ name }) => [name, this.#records.get(name) ?? UNTYPED]));
    const keys = rule.inputs.map((input) =>
      this.#keysOf(input, records.get(input.name) ?? UNTYPED, rule.inputs.length > 1),
    );
    const key = agreeKeys(
      rule.inputs.map((input, index) => ({ input, types: keys[index]?.map(({ type }) => type) ?? [] })),
      this.findings,
    );
    return {
      inputs: rule.inputs.map(({ kind, name }, index) => ({
        from: kind === 'rule' ? `rules.${name}` : `ingresses.${name}`,
        name,
        key: keys[index]?.flatMap(({ tree }) => tree ?? []) ?? [],
      })),
      records,
      ...(key === undefined ? {} : { key }),
      personalKey: keys.some((parts) => parts.some((part) => part.personal)),
      alerts: rule.inputs.some((input) => input.kind === 'rule'),
      tables: this.#tables,
    };
  }

  /** A key that is wrong counts as `dyn`, so that it gives no second error. Tables change, so keys do not read them. */
  #keysOf(input: RuleInput, record: RecordType, isShared: boolean): KeyPart[] {
    const scope: ExpressionScope = { event: record, ...(input.kind === 'rule' ? { alert: true } : {}) };
    const hint = isShared
      ? `The key is read from every input, also from ${input.name}; to give each its own: from: { ${input.name}: { key: ... }, ... }`
      : undefined;
    return input.key.map((expression) => {
      const checked = this.checker.value(expression, scope, {
        inputs: [input.name],
        ...(hint === undefined ? {} : { hint }),
      });
      if (checked === undefined) return { type: { kind: 'dyn' }, personal: false };
      refuseUnusableKey(checked.type, expression, this.findings);
      return { ...checked, personal: new PersonalData(scope, false).isReadBy(checked.tree) };
    });
  }
}

/**
 * The scope of conditions over the current event of some of a rule's inputs (default: all). The fields are those of all
 * these inputs, those of only one being optional.
 */
export function eventScope(streams: RuleStreams, from?: readonly string[]): ExpressionScope {
  const names = from ?? [...streams.records.keys()];
  return {
    event: unionOfRecords(names.flatMap((name) => streams.records.get(name) ?? [])),
    ...matchScope(streams),
    ...(streams.alerts ? { alert: true } : {}),
  };
}

/** The scope without a current event: what a match has of itself. */
export function matchScope(streams: RuleStreams): ExpressionScope {
  return { tables: streams.tables, ...(streams.key === undefined ? {} : { key: streams.key }) };
}

function refuseRepeatedInputs({ inputs }: Rule, findings: Findings): void {
  const names = inputs.map(({ name }) => name);
  for (const [index, { name, path }] of inputs.entries()) {
    if (names.indexOf(name) < index)
      findings.error('TG309', `the rule reads "${name}" twice`, path, { help: 'remove one of them' });
  }
}

function tableScope(table: Table): TableScope {
  return { row: table.schema, key: table.schema.fields[table.key]?.type ?? { kind: 'dyn' } };
}
