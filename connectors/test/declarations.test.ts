/** What every connector and format declares, so that the schema, the reference and the linting can follow from it. */
import assert from 'node:assert/strict';
import type { Declaration, Fields } from '../src/api/index.js';
import { bullmq } from '../src/bullmq/index.js';
import { file } from '../src/file/index.js';
import { formats } from '../src/formats/index.js';
import { cron } from '../src/cron/index.js';
import { generator } from '../src/generator/index.js';
import { http } from '../src/http/index.js';
import { kafka } from '../src/kafka/index.js';
import { playground } from '../src/playground/index.js';
import { stdin } from '../src/stdin/index.js';
import { stdout } from '../src/stdout/index.js';

const connectors = [file, kafka, bullmq, stdin, http, generator, stdout, cron, playground];
const declared = [
  ...connectors.flatMap(({ name, source, sink }) => [
    ...(source === undefined ? [] : [{ owner: name, what: `the source ${name}`, factory: source }]),
    ...(sink === undefined ? [] : [{ owner: name, what: `the sink ${name}`, factory: sink }]),
  ]),
  ...formats.map((format) => ({ owner: format.name, what: `the format ${format.name}`, factory: format })),
];

/** Paths of all declarations below, with what is wrong with each. */
function faults(fields: Fields, path: string): string[] {
  return Object.entries(fields).flatMap(([name, field]) => faultsOf(field, `${path}.${name}`));
}

function faultsOf(declaration: Declaration, path: string): string[] {
  const found = /^[A-Z].*\.$/s.test(declaration.description) ? [] : [`${path}: a description is a sentence`];
  if ('default' in declaration && 'required' in declaration) found.push(`${path}: is required and has a default`);
  if (declaration.type === 'list' || declaration.type === 'map') found.push(...faultsOf(declaration.of, `${path}[]`));
  if (declaration.type === 'object') {
    found.push(...faults(declaration.fields, path), ...faults(declaration.variants ?? {}, path));
  }
  return found;
}

describe('declarations', () => {
  for (const { owner, what, factory } of declared) {
    it(`${what} says what it is and shows how to write it`, () => {
      assert.equal(factory.name, owner);
      assert.match(factory.description, /^[A-Z].*\.$/s);
      assert.ok(factory.example.includes(owner));
      assert.deepEqual(faults(factory.options, owner), []);
    });

    it(`${what} is plain data, and its shorthand is one of its options`, () => {
      assert.deepEqual(JSON.parse(JSON.stringify(factory.options)), factory.options);
      if (factory.shorthand !== undefined) assert.ok(Object.hasOwn(factory.options, factory.shorthand));
    });
  }
});
