import assert from 'node:assert/strict';
import fc from 'fast-check';
import { workerReport } from '../../src/rpc/report-shape.js';
import { decodeWorkerReport } from '../../src/rpc/message-codec.js';
import { encodeJsonWithBytes } from '../../src/record/codec/json-with-bytes.js';
import { WireError } from '../../src/wire/wire-error.js';

const id = { epoch: 2, attempt: 1, task: 'rules.r', subtask: 3 };
const file = { name: 'state/2/7/rules.r/3/000012.sst', bytes: 10, crc32: 0xffff_ffff };
const state = { owner: 'rules.r', name: 'runs', kind: 'value', codec: 'record/1', schema: { fields: [{ name: 'n' }] } };
const keyGroups = { first: 0, last: 127 };

const ACKNOWLEDGE = {
  ...{ kind: 'acknowledge', id, checkpoint: 7 },
  snapshot: {
    keyed: [
      {
        keyGroups,
        states: [state],
        content: { format: 'rocksdb', version: 1, ids: [1], files: [{ local: '000012.sst', file }] },
      },
    ],
    operators: [{ owner: 'in', name: 'splits', mode: 'union', entries: [{ inline: Buffer.of(1) }, { file }] }],
    channels: [{ edge: 'a/b>c/0', producer: 0, consumer: 1, elements: { inline: Buffer.of(2) } }],
  },
  staged: [{ subtask: 0, epoch: 7, staged: Buffer.of(3) }],
  metrics: { alignmentMs: 0.5, syncMs: 1, asyncMs: 2, bytes: 3, inFlightBytes: 0 },
};

const HEARTBEAT = {
  kind: 'heartbeat',
  attempts: [
    {
      ...{ id, state: 'failed', exhausted: false, found: { splits: 1, more: true } },
      failure: { code: 'TG400', message: 'x', retriable: true },
    },
  ],
  addresses: ['127.0.0.1:7000'],
};

type Tree = Readonly<Record<string, unknown>>;

const reported = (report: Tree): Tree => ({ kind: 'report', assignment: 1, taskManager: 'w/1/1', report });

const WHOLE: readonly Tree[] = [
  { kind: 'offer', slots: 2 },
  { kind: 'broken', assignment: 1, failure: { code: 'TG404', message: 'no table', retriable: false } },
  { kind: 'log', assignment: 1, entry: { time: 5, level: 'warn', message: 'slow', job: 'j', attempt: '1.2' } },
  { kind: 'metrics', assignment: 1, changes: [['rules.r', 'alerts', 'sum', 3]] },
  reported({ kind: 'register', slots: 2, addresses: ['[::1]:7000', 'worker-1:7000'] }),
  reported(HEARTBEAT),
  reported({ kind: 'state', id, state: 'running' }),
  reported({ kind: 'decline', id, checkpoint: 7, reason: 'no room' }),
  reported(ACKNOWLEDGE),
];

/** Every property and member of a tree, by the way to it. */
function placesIn(tree: unknown, way: readonly string[] = []): (readonly string[])[] {
  if (typeof tree !== 'object' || tree === null || tree instanceof Uint8Array) return [];
  return Object.entries(tree).flatMap(([name, member]) => {
    const place = [...way, name];
    return [place, ...placesIn(member, place)];
  });
}

function changed(tree: unknown, [name, ...rest]: readonly string[], change: (member: unknown) => unknown): unknown {
  const copy = (Array.isArray(tree) ? [...(tree as unknown[])] : { ...(tree as object) }) as Record<string, unknown>;
  const member = rest.length === 0 ? change(copy[name!]) : changed(copy[name!], rest, change);
  if (member === undefined && !Array.isArray(copy)) delete copy[name!];
  else copy[name!] = member;
  return copy;
}

const kindText = (tree: Tree): string => {
  const { kind, report } = tree as { kind: string; report?: Tree };
  return report === undefined ? kind : `${kind} ${String(report['kind'])}`;
};

/** What may be left out. */
const OPTIONAL = new Set(['addresses', 'failure', 'job', 'task', 'attempt']);

describe('what a worker says', () => {
  for (const tree of WHOLE) {
    it(`F93: is believed where it is whole, and nowhere where a part of it is of another type: ${kindText(tree)}`, () => {
      assert.ok(workerReport(tree));
      const places = placesIn(tree).filter((place) => !place.includes('schema'));
      for (const place of places) {
        for (const other of [null, Number.NaN, -2, 1.5e300, { length: 1 }, Symbol('x'), () => 1]) {
          const harmed = changed(tree, place, (member) => (typeof member === typeof other ? { other } : other));
          const isNumber = typeof other === 'number' && Number.isFinite(other) && mayBeAnyNumber(place);
          if (!isNumber) assert.equal(workerReport(harmed), false, `${place.join('.')}: ${String(other)}`);
        }
        const without = changed(tree, place, () => undefined);
        const isMember = /^\d+$/.test(place.at(-1)!);
        const name = place.at(-1)!;
        if (!isMember && !(OPTIONAL.has(name) && !(place.length === 2 && name === 'failure')))
          assert.equal(workerReport(without), false, `${place.join('.')} is missing`);
      }
    });
  }

  it('F93: is read or refused, whatever it is', () => {
    const tree = fc
      .constantFrom(...WHOLE)
      .chain((whole) =>
        fc
          .tuple(fc.constantFrom(...placesIn(whole)), fc.jsonValue())
          .map(([place, value]) => changed(whole, place, () => value)),
      );
    fc.assert(
      fc.property(fc.oneof(tree, fc.jsonValue()), (said) => {
        try {
          decodeWorkerReport(encodeJsonWithBytes(said));
        } catch (error) {
          assert.ok(error instanceof WireError && error.problem === 'malformed', String(error));
        }
      }),
    );
  });

  const names: readonly (readonly [what: string, name: string])[] = [
    ['leads out of the folder', 'state/1/2/../../../../registry/1'],
    ['leads out at once', '../x'],
    ['is absolute', '/etc/passwd'],
    ['has an empty part', 'state//x'],
    ['ends in a folder', 'state/1/2/'],
    ['is a folder', '..'],
    ['has a line feed', 'state/1/2/a\nb'],
    ['has a NUL', 'state/1/2/a\0'],
    ['has a back slash', 'state/1/2/a\\..\\b'],
    ['is empty', ''],
    ['is endless', `state/${'x'.repeat(10_000)}`],
  ];
  for (const [what, name] of names)
    it(`F93: names no file whose name ${what}`, () => {
      const [content] = ACKNOWLEDGE.snapshot.keyed.map((keyed) => keyed.content);
      const withContent = (files: unknown): Tree =>
        changed(reported(ACKNOWLEDGE), ['report', 'snapshot', 'keyed', '0', 'content'], () => ({
          ...content,
          files,
        })) as Tree;
      assert.ok(workerReport(withContent([{ local: 'a.sst', file }])));
      assert.equal(workerReport(withContent([{ local: 'a.sst', file: { ...file, name } }])), false);
      assert.equal(workerReport(withContent([{ local: name, file }])), false);
    });

  const beyond: readonly (readonly [what: string, tree: Tree])[] = [
    ['more slots than a machine has', reported({ kind: 'register', slots: 5000 })],
    ['a schema that is too deep', withSchema(deep(100))],
    [
      'a text without end',
      { kind: 'broken', assignment: 1, failure: { code: 'x', message: 'x'.repeat(2 ** 21), retriable: true } },
    ],
    [
      'a checksum of more than 32 bits',
      changed(
        reported(ACKNOWLEDGE),
        ['report', 'snapshot', 'operators', '0', 'entries', '1', 'file', 'crc32'],
        () => 2 ** 32,
      ) as Tree,
    ],
    ['an address with a space', reported({ kind: 'register', slots: 1, addresses: ['a b:1'] })],
    ['properties that are inherited', Object.create({ kind: 'offer', slots: 1 }) as Tree],
  ];
  for (const [what, tree] of beyond) it(`F93: does not have ${what}`, () => assert.equal(workerReport(tree), false));
});

/** What a time may be. */
function mayBeAnyNumber(place: readonly string[]): boolean {
  const name = place.at(-1)!;
  return name.endsWith('Ms') || name === 'time' || (place[0] === 'changes' && name === '3') || name === 'last';
}

function deep(levels: number): unknown {
  return levels === 0 ? 1 : { a: deep(levels - 1) };
}

function withSchema(schema: unknown): Tree {
  return changed(
    reported(ACKNOWLEDGE),
    ['report', 'snapshot', 'keyed', '0', 'states', '0', 'schema'],
    () => schema,
  ) as Tree;
}
