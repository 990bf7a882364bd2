import assert from 'node:assert/strict';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { publishedSchema } from '../../../src/spec/schema/published-schema.js';
import { lines, load, registry } from '../support.js';

const schema = publishedSchema(registry);
const validate = new Ajv({ strict: true, strictTypes: false, strictRequired: false, allErrors: true }).compile(schema);

const VALID = {
  name: 'app',
  settings: {
    parallelism: 2,
    maxRecordSize: '64KiB',
    checkpoint: { interval: '10s', mode: 'exactly-once', unaligned: true, alignedTimeout: '1s', retain: 1 },
    restart: { strategy: 'fixed-delay', attempts: 3, delay: '5s' },
    state: { backend: 'heap' },
    memory: { state: '64MiB' },
  },
  ingresses: {
    payments: {
      file: { path: ['a.jsonl', 'b.jsonl'], follow: true, pollInterval: '1s' },
      format: { lines: { pattern: '(?<x>.)' } },
      schema: { a: 'string', b: { c: 'int?' }, d: { $type: 'list<string>', pii: true } },
      time: { field: 'a', format: 'iso-8601', maxOutOfOrderness: '5s', late: 'alerts' },
      onBadRecord: { to: 'alerts' },
    },
    logins: { stdin: null, time: 'ingestion', onBadRecord: 'skip', renamedFrom: 'signins' },
  },
  tables: { cards: { file: 'cards.csv', key: 'a' } },
  rules: {
    r: {
      severity: 'high',
      renamedFrom: 'q',
      tags: ['x'],
      from: { payments: { key: 'a' }, logins: { key: ['b', 'c'] } },
      where: ['a > 1', true],
      pattern: {
        within: '10m',
        skip: { toFirst: 's', onMiss: 'fail' },
        steps: [
          { begin: 's', where: 'a', times: '3..', renamedFrom: 'z' },
          { followedBy: 't', optional: true, steps: [{ begin: 'u', times: 2 }] },
        ],
        onTimeout: { reached: 's', to: 'alerts' },
      },
      select: { x: 'a', y: 1 },
      message: 'm {{ x }}',
      suppress: { for: '1h', by: 'x' },
      to: ['alerts'],
    },
    s: { from: 'r', to: 'alerts' },
  },
  egresses: {
    alerts: {
      http: { url: 'x', port: '${PORT:80}', headers: { a: 'b' } },
      delivery: 'at-least-once',
      renamedFrom: 'hits',
    },
  },
  tests: {
    t: {
      steps: [{ at: '1m', payments: { a: 1 }, repeat: { times: 2 } }, { watermark: '1m' }, { end: true }],
      expect: { alerts: [] },
    },
  },
};

/** Findings about the structure of a level; the others need the source text, names or more than one level. */
const STRUCTURAL = new Set(['TG110', 'TG111', 'TG112', 'TG113', 'TG114', 'TG115', 'TG116', 'TG117']);
/** What is found only by what stands elsewhere. */
const BEYOND = /which needs|does not offer|is empty|both where and steps|key of its own|less than|has no "format"/;

function structural(text: string): string[] {
  return lines(load(text).diagnostics.filter((one) => STRUCTURAL.has(one.code) && !BEYOND.test(one.message)));
}

type Path = (string | number)[];

/** Every place within a value. */
function placesOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const keys: (string | number)[] = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value);
  return [path, ...keys.flatMap((key) => placesOf((value as Record<string | number, unknown>)[key], [...path, key]))];
}

/** A copy with one place replaced, removed or given a further key. */
function changed(path: Path, change: { readonly kind: string; readonly value: unknown }): unknown {
  const copy = structuredClone(VALID) as unknown;
  let parent = copy as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) parent = parent[key] as Record<string | number, unknown>;
  const last = path.at(-1) ?? '';
  if (path.length === 0) return copy;
  if (change.kind === 'replace') parent[last] = change.value;
  else if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else if (change.kind === 'remove') delete parent[last];
  else Object.assign(parent, { [`${last}x`]: parent[last] });
  return copy;
}

describe('The published schema', () => {
  it('is draft-07, and every part of it is known to ajv in strict mode', () => {
    assert.equal(schema['$schema'], 'http://json-schema.org/draft-07/schema#');
    assert.equal(new Ajv().validateSchema(schema), true);
  });

  it('accepts an application that uses all of the language, as the reader does', () => {
    assert.ok(validate(VALID), JSON.stringify(validate.errors));
    assert.deepEqual(structural(stringify(VALID)), []);
  });

  it('takes an application without ingresses and egresses where there are requests, as the reader does', () => {
    const functions = { 'shop/cart': { http: 'http://localhost:1/' } };
    const requests = { port: 8090, functions: { 'shop/cart': 'shop/Item' } };
    const { ingresses, egresses, rules } = VALID;
    const cases: [application: object, isTaken: boolean][] = [
      [{ name: 'a', functions, requests }, true],
      [{ name: 'a', functions, rules, ingresses }, false],
      [{ name: 'a', functions, rules, egresses }, false],
    ];
    for (const [application, isTaken] of cases) {
      assert.equal(validate(application), isTaken, stringify(application));
      assert.equal(structural(stringify(application)).length === 0, isTaken, stringify(application));
    }
  });

  it('agrees with the reader on every single change to it', function () {
    // Five hundred applications are read: seconds, and many more where the machine is busy.
    this.timeout(120_000);
    const places = placesOf(VALID).filter(
      (path) => path.length > 0 && !['schema', 'tests'].includes(String(path[2] ?? path[0])),
    );
    const change = fc.record({
      kind: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'add'),
      value: fc.constantFrom<unknown>(null, 0, 1, 1.5, true, 'x', 'two words', '5s', [], ['x'], {}, { x: 1 }, [{}]),
    });
    fc.assert(
      fc.property(fc.constantFrom(...places), change, (path, one) => {
        const text = stringify(changed(path, one));
        const accepted = validate(parse(text));
        const found = structural(text);
        assert.equal(accepted, found.length === 0, `${text}\n${found.join('\n')}\n${JSON.stringify(validate.errors)}`);
      }),
      { numRuns: 500, seed: 11 },
    );
  });

  it('has a description at every key, for hover texts', () => {
    const undescribed: string[] = [];
    const visit = (part: unknown, path: string): void => {
      if (typeof part !== 'object' || part === null) return;
      for (const [key, child] of Object.entries(part)) {
        // What a key needs beside it: no place of its own.
        if (key === 'then') continue;
        if (key === 'properties') {
          for (const [name, property] of Object.entries(child as object)) {
            if (typeof (property as { description?: unknown }).description !== 'string')
              undescribed.push(`${path}.${name}`);
          }
        }
        visit(child, `${path}.${key}`);
      }
    };
    visit({ ...schema, definitions: { ...(schema['definitions'] as object), fieldType: {} } }, '');
    assert.deepEqual(undescribed, []);
  });
});
