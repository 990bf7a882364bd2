import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  compile,
  PatternOperator,
  type MatchStore,
  type PatternOperatorOptions,
  type PatternOutput,
  type RuleDefinition,
  type WaitingEvent,
} from '../../src/index.js';
import { items, rules, type Item, type Reading } from '../reference/arbitraries.js';
import { outcomeLine } from '../reference/plain-operator.js';
import { ForgetfulStore } from './forgetful-store.js';

type Options = Pick<PatternOperatorOptions<string, Reading>, 'windowsEndApart' | 'comparator' | 'time'>;

/** What came out for each key, in order, with the item that brought it. */
class Transcript implements PatternOutput<string, Reading> {
  item = 0;
  readonly #lines = new Map<string, string[]>();

  match({ rule, key, at, deadline, stages }: Parameters<PatternOutput<string, Reading>['match']>[0]): void {
    this.#note(key, `${rule} ${outcomeLine('match', at, stages)} ${deadline}`);
  }

  timeout({ rule, key, at, stages }: Parameters<PatternOutput<string, Reading>['timeout']>[0]): void {
    this.#note(key, `${rule} ${outcomeLine('timeout', at, stages)}`);
  }

  late(key: string, event: Reading): void {
    this.#note(key, `late ${JSON.stringify(event)}`);
  }

  #note(key: string, line: string): void {
    this.#lines.set(key, [...(this.#lines.get(key) ?? []), `${this.item}: ${line}`]);
  }

  get lines(): Record<string, string[]> {
    return Object.fromEntries([...this.#lines].sort(([left], [right]) => (left < right ? -1 : 1)));
  }
}

class Running {
  readonly store: MatchStore<string, Reading> & ForgetfulStore<Reading>;
  readonly operator: PatternOperator<string, Reading>;

  constructor(
    definitions: RuleDefinition<Reading>[],
    options: Options,
    readonly transcript: Transcript,
    given: { readonly texts: Iterable<[string, string]>; readonly waiting: readonly WaitingEvent<string, Reading>[] },
  ) {
    const set = compile(definitions);
    this.store = new ForgetfulStore<Reading>(set, undefined, undefined, options.time !== 'processing');
    for (const [key, text] of given.texts) this.store.texts.set(key, text);
    const { store } = this;
    this.operator = new PatternOperator(set, { output: transcript, store, origin: store.origin, ...options });
    this.operator.restore(given.waiting, store.dues());
  }
}

const NOTHING = { texts: [], waiting: [] };

function uncut(definitions: RuleDefinition<Reading>[], given: readonly Item[], options: Options): object {
  const transcript = new Transcript();
  const operator = new PatternOperator<string, Reading>(compile(definitions), { output: transcript, ...options });
  given.forEach((item, index) => {
    transcript.item = index;
    if ('watermark' in item) operator.advance(item.watermark);
    else operator.process(item.key, item, item.ts);
  });
  return transcript.lines;
}

/** One operator before each cut, and `parallelism` of them behind it, by key. */
function cut(
  definitions: RuleDefinition<Reading>[],
  given: readonly Item[],
  options: Options,
  cuts: ReadonlySet<number>,
  parallelism: number,
): object {
  const transcript = new Transcript();
  let running = [new Running(definitions, options, transcript, NOTHING)];
  given.forEach((item, index) => {
    transcript.item = index;
    if (cuts.has(index)) {
      const texts = running.flatMap(({ store }) => [...store.texts]);
      const waiting = running.flatMap(({ operator }) => [...operator.waiting()]);
      running = Array.from({ length: parallelism }, (_, subtask) => {
        const isOwn = (key: string): boolean => subtaskOf(key, parallelism) === subtask;
        return new Running(definitions, options, transcript, {
          texts: texts.filter(([key]) => isOwn(key)),
          waiting: waiting.filter(({ key }) => isOwn(key)),
        });
      });
    }
    if ('watermark' in item) for (const { operator } of running) operator.advance(item.watermark);
    else running[subtaskOf(item.key, running.length)]?.operator.process(item.key, item, item.ts);
  });
  return transcript.lines;
}

function subtaskOf(key: string, parallelism: number): number {
  return key.charCodeAt(0) % parallelism;
}

function byValue(left: Reading, right: Reading): number {
  return left.value - right.value;
}

const EPOCH = 1_700_000_000_000;

/** Without events that are late: which these are depends on what the sources have given before the cut. */
const timely = items.map((given) => {
  let watermark = -Infinity;
  return given.flatMap((item): Item[] => {
    if (!('watermark' in item)) return item.ts > watermark ? [{ ...item, ts: item.ts + EPOCH }] : [];
    watermark = Math.max(watermark, item.watermark);
    return [{ watermark: watermark + EPOCH }];
  });
});

/** The same by a clock that is shown to all before each event. */
const onArrival = timely.map((given) => {
  let now = 0;
  return given.flatMap((item): Item[] => {
    now = Math.max(now, 'watermark' in item ? item.watermark : item.ts);
    return 'watermark' in item ? [] : [{ watermark: now }, { ...item, ts: now }];
  });
});

const options: fc.Arbitrary<Options> = fc.constantFrom<Options>(
  {},
  { windowsEndApart: true },
  { windowsEndApart: true, comparator: byValue },
);

const cuts = fc.array(fc.nat({ max: 24 }), { minLength: 1, maxLength: 3 }).map((places) => new Set(places));

describe('an operator that takes over', function () {
  this.timeout(60_000);

  it('goes on from any point as if it had been there from the beginning, alone or with others', () => {
    fc.assert(
      fc.property(
        rules,
        timely,
        options,
        cuts,
        fc.constantFrom(1, 2),
        (definitions, given, how, places, parallelism) => {
          assert.deepEqual(cut(definitions, given, how, places, parallelism), uncut(definitions, given, how));
        },
      ),
      { numRuns: 600, seed: 3 },
    );
  });

  it('does so in processing time, where events of one time may lie on both sides of the cut', () => {
    const ways = fc.constantFrom<Options>({ time: 'processing' }, { time: 'processing', comparator: byValue });
    fc.assert(
      fc.property(
        rules,
        onArrival,
        ways,
        cuts,
        fc.constantFrom(1, 2),
        (definitions, given, how, places, parallelism) => {
          assert.deepEqual(cut(definitions, given, how, places, parallelism), uncut(definitions, given, how));
        },
      ),
      { numRuns: 300, seed: 4 },
    );
  });

  it('does so with many rules that share runs', () => {
    fc.assert(
      fc.property(fc.tuple(rules, rules, rules), timely, options, cuts, ([a, b, c], given, how, places) => {
        const definitions = [...a, ...b, ...c].map((rule, index) => ({ ...rule, name: `rule-${index}` }));
        assert.deepEqual(cut(definitions, given, how, places, 1), uncut(definitions, given, how));
      }),
      { numRuns: 100, seed: 5 },
    );
  });
});
