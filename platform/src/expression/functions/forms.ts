/** What is written like a function but is part of the language: it binds variables, or asks about events instead of values. */
export interface Form {
  readonly name: string;
  readonly signatures: readonly string[];
  readonly description: string;
  readonly example: string;
}

export const forms: readonly Form[] = [
  {
    name: 'has',
    signatures: ['has(field) -> bool'],
    description: 'Whether a field is present; a field that is null is.',
    example: 'has(country)',
  },
  {
    name: 'coalesce',
    signatures: ['coalesce(T...) -> T'],
    description: 'The first operand that is neither absent nor null; absent when all are.',
    example: 'coalesce(country, "??")',
  },
  {
    name: 'all',
    signatures: [
      'list.all(x, condition) -> bool',
      'list.all(i, x, condition) -> bool',
      'map.all(key, value, condition) -> bool',
    ],
    description: 'Whether the condition is true of every element; of a map, of every key.',
    example: 'probe.all(p, p.amount < 5)',
  },
  {
    name: 'exists',
    signatures: ['list.exists(x, condition) -> bool', 'list.exists(i, x, condition) -> bool'],
    description: 'Whether the condition is true of an element.',
    example: 'probe.exists(p, p.country != "NL")',
  },
  {
    name: 'exists_one',
    signatures: ['list.exists_one(x, condition) -> bool', 'list.existsOne(i, x, condition) -> bool'],
    description: 'Whether the condition is true of exactly one element.',
    example: '[1, 2, 3].exists_one(x, x > 2)',
  },
  {
    name: 'filter',
    signatures: ['list.filter(x, condition) -> list'],
    description: 'The elements of which the condition is true.',
    example: 'size(probe.filter(p, p.amount > 1))',
  },
  {
    name: 'map',
    signatures: ['list.map(x, value) -> list', 'list.map(x, condition, value) -> list'],
    description: 'The value for each element; with a condition, for those of which it is true.',
    example: 'probe.map(p, p.country)',
  },
  {
    name: 'transformList',
    signatures: ['list.transformList(i, x, value) -> list', 'map.transformList(key, value, filter, result) -> list'],
    description: 'A value for each element with its index, or for each entry of a map.',
    example: '[5, 6].transformList(i, x, i + x)',
  },
  {
    name: 'transformMap',
    signatures: ['map.transformMap(key, value, result) -> map'],
    description: 'A map with the same keys and another value for each.',
    example: '{"a": 1}.transformMap(k, v, v + 1)',
  },
  {
    name: 'transformMapEntry',
    signatures: ['map.transformMapEntry(key, value, {newKey: newValue}) -> map'],
    description: 'A map of the entries that are made for each entry.',
    example: '{"a": 1}.transformMapEntry(k, v, {v: k})',
  },
  {
    name: 'cel.bind',
    signatures: ['cel.bind(x, value, expression)'],
    description: 'The expression with a name for a value that it needs more than once.',
    example: 'cel.bind(x, amount * 2, x > 10 && x < 20)',
  },
  {
    name: 'first',
    signatures: ['first(stage)'],
    description: 'The first event of a stage that holds many.',
    example: 'first(probe).amount',
  },
  {
    name: 'last',
    signatures: ['last()', 'last(stage)'],
    description: 'The event that the match took last; with a stage, the last of that stage.',
    example: 'amount > last().amount',
  },
  {
    name: 'sum',
    signatures: ['sum(stage, expression)'],
    description:
      "The sum of the expression over the stage's events, whose fields it names; absent values are left out. 0 for none.",
    example: 'sum(probe, amount) > 100',
  },
  {
    name: 'avg',
    signatures: ['avg(stage, expression) -> double'],
    description: "The mean of the expression over the stage's events; absent for none.",
    example: 'avg(probe, amount)',
  },
  {
    name: 'min',
    signatures: ['min(stage, expression)'],
    description: "The least value of the expression over the stage's events; absent for none.",
    example: 'min(probe, amount)',
  },
  {
    name: 'max',
    signatures: ['max(stage, expression)'],
    description: "The greatest value of the expression over the stage's events; absent for none.",
    example: 'max(probe, amount)',
  },
  {
    name: 'key',
    signatures: ['key()'],
    description: "The partition's key; a list when the rule has several.",
    example: 'key()',
  },
  {
    name: 'source',
    signatures: ['source() -> string', 'source(event) -> string'],
    description: 'The name of the ingress or rule that an event comes from.',
    example: 'source() == "payments"',
  },
  {
    name: 'eventTime',
    signatures: ['eventTime() -> timestamp', 'eventTime(event) -> timestamp'],
    description: "The current event's time, or that of a captured one.",
    example: 'eventTime(cashout) - eventTime(first(probe)) > duration("5m")',
  },
  {
    name: 'header',
    signatures: ['header(string) -> string', 'header(event, string) -> string'],
    description: "A header of the event's record, absent without one.",
    example: 'header("trace-id")',
  },
];
