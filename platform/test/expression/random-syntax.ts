/**
 * Random expressions, right and wrong ones: syntax trees over a fixed scope, and events that keep to its schema or not.
 * A seed gives the same ones in every run.
 */
import { functionReference } from '../../src/expression/index.js';
import { catalogueEntry } from '../../src/expression/functions/catalogue.js';
import { parseSignature } from '../../src/expression/functions/signature.js';
import type { ParameterType } from '../../src/expression/functions/signature.js';
import type { ExpressionScope } from '../../src/expression/scope.js';
import type { BinarySyntaxOperator, Syntax } from '../../src/expression/syntax.js';
import type { RecordType } from '../../src/expression/type.js';

export class Random {
  #state: number;
  constructor(seed: number) {
    this.#state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  }
  /** 0 up to `limit`, which is not among them. */
  below(limit: number): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x >>> 0;
    return this.#state % limit;
  }
  pick<T>(values: readonly T[]): T {
    const value = values[this.below(values.length)];
    if (value === undefined) throw new Error('nothing to pick from');
    return value;
  }
}

const INNER: RecordType = {
  kind: 'record',
  open: true,
  fields: { n: { type: { kind: 'int' } }, t: { type: { kind: 'string' }, optional: true } },
};
const EVENT: RecordType = {
  kind: 'record',
  open: false,
  fields: {
    a: { type: { kind: 'double' } },
    i: { type: { kind: 'int' } },
    u: { type: { kind: 'uint' } },
    s: { type: { kind: 'string' } },
    b: { type: { kind: 'bool' } },
    ts: { type: { kind: 'timestamp' } },
    d: { type: { kind: 'duration' } },
    y: { type: { kind: 'bytes' } },
    l: { type: { kind: 'list', element: { kind: 'int' } } },
    m: { type: { kind: 'map', key: { kind: 'string' }, value: { kind: 'double' } } },
    o: { type: INNER },
    x: { type: { kind: 'dyn' } },
    constructor: { type: { kind: 'dyn' as const } },
  },
};

export const SCOPE: ExpressionScope = {
  event: EVENT,
  key: { kind: 'string' },
  stages: new Map([
    ['one', { holds: 'one', event: EVENT }],
    ['many', { holds: 'many', event: EVENT }],
  ]),
  tables: new Map([['rows', { row: INNER, key: { kind: 'string' } }]]),
};

const FIELDS = Object.keys(EVENT.fields);
const NAMES = ['n', 't', 'a', 'x', 'constructor', '__proto__', 'toString', 'length'];
const TEXTS = [
  '',
  'a',
  'abc',
  '7',
  '-2.5',
  'true',
  '1h30m',
  '2026-01-31T12:00:00Z',
  '10.0.0.0/8',
  '10.1.2.3',
  '^a+$',
  '%s %d',
  'é😀',
  'UTC',
  'n',
  '__proto__',
];
const NUMBERS = [0, 1, 2, 7, -1, 2.5, -0.5, 1e308, 253402300799];
const INTEGERS = [0n, 1n, 2n, 3n, 60n, -1n, 9007199254740993n, -9223372036854775808n, 9223372036854775807n];
const AT = { start: 0, end: 0 };

/** What kind of value an expression should have; `any` leaves it open. */
type Want = 'number' | 'string' | 'bool' | 'list' | 'map' | 'timestamp' | 'duration' | 'bytes' | 'any';
const WANTS: readonly Want[] = ['number', 'string', 'bool', 'list', 'map', 'timestamp', 'duration', 'bytes'];

const FIELDS_OF: Readonly<Record<Want, readonly string[]>> = {
  number: ['a', 'i', 'u'],
  string: ['s'],
  bool: ['b'],
  list: ['l'],
  map: ['m', 'o', 'event'],
  timestamp: ['ts'],
  duration: ['d'],
  bytes: ['y'],
  any: [...FIELDS, 'one', 'many', 'nothing'],
};

const FUNCTIONS = functionReference().flatMap(({ name: full, signatures }) =>
  catalogueEntry(full) === undefined ? [] : signatures.map((text) => ({ full, signature: parseSignature(text) })),
);

function wantOf(type: ParameterType): Want {
  if (
    type.kind === 'int' ||
    type.kind === 'uint' ||
    type.kind === 'double' ||
    (type.kind === 'variable' && type.name === 'N')
  )
    return 'number';
  return WANTS.find((want) => want === type.kind) ?? 'any';
}

interface Context {
  readonly random: Random;
  readonly depth: number;
  readonly variables: readonly string[];
}

/** One part in twelve is something else than what its place wants. */
export function randomSyntax(
  random: Random,
  depth: number,
  variables: readonly string[] = [],
  want: Want = 'any',
): Syntax {
  const wanted = random.below(12) === 0 ? 'any' : want;
  const exact = wanted === 'any' ? random.pick(WANTS) : wanted;
  const context: Context = { random, depth: depth - 1 - random.below(2), variables };
  if (depth <= 0) return leaf(context, wanted);
  switch (random.below(8)) {
    case 0:
      return leaf(context, wanted);
    case 1:
      return {
        kind: 'conditional',
        condition: inner(context, 'bool'),
        then: inner(context, exact),
        otherwise: inner(context, exact),
        ...AT,
      };
    case 2:
    case 3:
      return call(context, exact);
    default:
      return ofKind(context, exact);
  }
}

function inner(context: Context, want: Want): Syntax {
  return randomSyntax(context.random, context.depth, context.variables, want);
}

function ofKind(context: Context, want: Want): Syntax {
  const { random } = context;
  const binary = (operators: readonly BinarySyntaxOperator[], left: Want, right: Want): Syntax => ({
    kind: 'binary',
    operator: random.pick(operators),
    operatorStart: 0,
    left: inner(context, left),
    right: inner(context, right),
    ...AT,
  });
  switch (want) {
    case 'bool':
      return condition(context, binary);
    case 'number':
      if (random.below(6) === 0) return stageCall(context);
      return random.below(5) === 0
        ? { kind: 'unary', operator: '-', operand: inner(context, 'number'), ...AT }
        : binary(['+', '-', '*', '/', '%'], 'number', 'number');
    case 'list':
      return random.below(2) === 0
        ? {
            kind: 'list',
            elements: Array.from({ length: random.below(4) }, () => inner(context, random.pick(WANTS))),
            ...AT,
          }
        : macro(context, ['filter', 'map', 'transformList']);
    case 'map':
      return random.below(2) === 0
        ? {
            kind: 'map',
            entries: Array.from(
              { length: random.below(3) },
              () => [inner(context, 'string'), inner(context, 'any')] as const,
            ),
            ...AT,
          }
        : macro(context, ['transformMap', 'transformMapEntry']);
    case 'timestamp':
      return binary(['+', '-'], 'timestamp', 'duration');
    case 'duration':
      return random.below(2) === 0
        ? binary(['-'], 'timestamp', 'timestamp')
        : binary(['+', '-'], 'duration', 'duration');
    case 'string':
    case 'bytes':
      return random.below(4) === 0 ? stageCall(context) : binary(['+'], want, want);
    case 'any':
      return stageCall(context);
  }
}

type MakeBinary = (operators: readonly BinarySyntaxOperator[], left: Want, right: Want) => Syntax;

function condition(context: Context, binary: MakeBinary): Syntax {
  const { random } = context;
  const operand = random.pick(WANTS);
  switch (random.below(7)) {
    case 0:
      return { kind: 'unary', operator: '!', operand: inner(context, 'bool'), ...AT };
    case 1:
    case 2:
      return {
        kind: 'logical',
        operator: random.pick(['&&', '||']),
        operands: Array.from({ length: 2 + random.below(2) }, () => inner(context, 'bool')),
        ...AT,
      };
    case 3:
      return binary(['in'], random.pick(['string', 'number']), random.pick(['list', 'map']));
    case 4:
      return macro(context, ['all', 'exists', 'exists_one']);
    case 5:
      return binary(['<', '<=', '>', '>='], 'number', 'number');
    default:
      return binary(['==', '!='], operand, operand);
  }
}

function leaf({ random, variables }: Context, want: Want): Syntax {
  if (want === 'any' && variables.length > 0 && random.below(2) === 0) return name(random.pick(variables));
  const isField = random.below(2) === 0;
  if (!isField) {
    if (want === 'string') return { kind: 'literal', type: 'string', value: random.pick(TEXTS), ...AT };
    if (want === 'number' && random.below(2) === 0)
      return { kind: 'literal', type: 'double', value: random.pick(NUMBERS), ...AT };
    if (want === 'number') return { kind: 'literal', type: 'int', value: random.pick(INTEGERS), ...AT };
    if (want === 'any') return random.pick(ODD_LITERALS);
  }
  const root = name(random.pick(FIELDS_OF[want]));
  return want === 'any' && random.below(3) === 0
    ? { kind: 'select', operand: root, field: random.pick(NAMES), fieldStart: 0, ...AT }
    : root;
}

const ODD_LITERALS: readonly Syntax[] = [
  { kind: 'literal', type: 'null', value: null, ...AT },
  { kind: 'literal', type: 'bool', value: true, ...AT },
  { kind: 'literal', type: 'bytes', value: Uint8Array.of(1, 255), ...AT },
  { kind: 'literal', type: 'uint', value: 18446744073709551615n, ...AT },
];

function name(text: string): Syntax {
  return { kind: 'identifier', name: text, ...AT };
}

function macro(context: Context, macros: readonly string[]): Syntax {
  const { random, depth, variables } = context;
  const chosen = random.pick(macros);
  const isTwo = chosen.startsWith('transform') || random.below(4) === 0;
  const names = [`v${variables.length}`, `w${variables.length}`].slice(0, isTwo ? 2 : 1);
  const isCondition = ['all', 'exists', 'exists_one', 'filter'].includes(chosen);
  const want = isCondition ? 'bool' : chosen === 'transformMapEntry' ? 'map' : 'any';
  const body = randomSyntax(random, depth - 1, [...variables, ...names], want);
  const filter =
    !isCondition && random.below(3) === 0 ? [randomSyntax(random, depth - 1, [...variables, ...names], 'bool')] : [];
  const target = random.below(4) === 0 ? name('many') : inner(context, chosen.includes('Map') ? 'map' : 'list');
  return { kind: 'call', target, name: chosen, nameStart: 0, arguments: [...names.map(name), ...filter, body], ...AT };
}

/** Forms that take a stage, a table or a variable, which random arguments would rarely be. */
function stageCall(context: Context): Syntax {
  const { random, depth, variables } = context;
  const called = (text: string, ...values: Syntax[]): Syntax => ({
    kind: 'call',
    name: text,
    nameStart: 0,
    arguments: values,
    ...AT,
  });
  const field = (operand: Syntax, names: readonly string[]): Syntax => ({
    kind: 'select',
    operand,
    field: random.pick(names),
    fieldStart: 0,
    ...AT,
  });
  const bound = `v${variables.length}`;
  switch (random.below(8)) {
    case 0:
      return called(random.pick(['first', 'last', 'size', 'eventTime', 'source']), name(random.pick(['many', 'one'])));
    case 1:
      return called(random.pick(['sum', 'avg', 'min', 'max']), name('many'), inner(context, 'number'));
    case 2:
      return field(called('last'), FIELDS);
    case 3:
      return field({ kind: 'index', operand: name('many'), index: inner(context, 'number'), ...AT }, FIELDS);
    case 4: {
      const table = { kind: 'select', operand: name('tables'), field: 'rows', fieldStart: 0, ...AT } as const;
      return field({ kind: 'index', operand: table, index: inner(context, 'string'), ...AT }, NAMES);
    }
    case 5: {
      const body = randomSyntax(random, depth, [...variables, bound], 'any');
      return {
        kind: 'call',
        target: name('cel'),
        name: 'bind',
        nameStart: 0,
        arguments: [name(bound), inner(context, 'any'), body],
        ...AT,
      };
    }
    case 6:
      return {
        kind: 'index',
        operand: inner(context, random.pick(['list', 'map'])),
        index: inner(context, random.pick(['number', 'string'])),
        ...AT,
      };
    default:
      return called(
        random.pick(['has', 'coalesce', 'key', 'header', 'eventTime']),
        ...Array.from({ length: random.below(3) }, () => inner(context, 'any')),
      );
  }
}

function call(context: Context, want: Want): Syntax {
  const { random } = context;
  const fitting = FUNCTIONS.filter(({ signature }) => wantOf(signature.result) === want);
  const { full, signature } = random.pick(fitting.length > 0 ? fitting : FUNCTIONS);
  const operands = signature.parameters.map((parameter) => inner(context, wantOf(parameter)));
  const namespace = /^(\w+)\.(\w+)$/.exec(full);
  const [first, ...rest] = operands;
  const target = namespace !== null ? name(namespace[1] ?? '') : signature.member ? first : undefined;
  const values = signature.member ? rest : operands;
  return {
    kind: 'call',
    name: namespace?.[2] ?? full,
    nameStart: 0,
    arguments: values,
    ...(target === undefined ? {} : { target }),
    ...AT,
  };
}

const ODD: readonly unknown[] = [
  null,
  undefined,
  NaN,
  -0,
  Infinity,
  'text',
  '',
  true,
  2n ** 60n,
  [1, 'a', null],
  { n: 1 },
  { n: { t: 'x' } },
  1.5,
  3,
  Uint8Array.of(7),
];

/** A value of an event: mostly as the schema says, sometimes absent or something else. */
export function randomEvent(random: Random): Record<string, unknown> {
  const event: Record<string, unknown> = {};
  const regular: Record<string, () => unknown> = {
    a: () => random.pick(NUMBERS),
    i: () => random.pick([0, 1, 2, -3, 9007199254740991, 2n ** 62n]),
    u: () => random.pick([0, 1, 5, 2n ** 63n]),
    s: () => random.pick(TEXTS),
    b: () => random.below(2) === 0,
    ts: () => random.pick([0, 1769860800000, -1]),
    d: () => random.pick([0, 1500, 86400000]),
    y: () => Uint8Array.of(random.below(256)),
    l: () => [1, 2, 3].slice(0, random.below(4)),
    m: () => ({ a: 1.5, n: 2 }),
    o: () => ({ n: random.below(5), t: 'abc', x: { a: 1 } }),
  };
  for (const field of FIELDS) {
    const make = Object.hasOwn(regular, field) && random.below(8) > 0 ? regular[field] : undefined;
    const value = make === undefined ? (random.below(3) === 0 ? ABSENT : ODD[random.below(ODD.length)]) : make();
    if (value !== ABSENT)
      Object.defineProperty(event, field, { value, enumerable: true, configurable: true, writable: true });
  }
  return event;
}

const ABSENT = Symbol('absent');
