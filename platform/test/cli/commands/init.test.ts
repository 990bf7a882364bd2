import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { CommandFolder } from '../command-line.js';

describe('tidegate init', () => {
  let folder: CommandFolder;
  beforeEach(() => (folder = new CommandFolder()));
  afterEach(() => folder.remove());
  const read = (name: string) => readFileSync(join(folder.path, name), 'utf8');

  it('writes an application that is valid, without a warning', async () => {
    assert.equal((await folder.call(['init', 'mine'])).exitCode, 0);
    assert.deepEqual(await folder.call(['validate', 'mine']), {
      exitCode: 0,
      out: 'mine is valid: 1 ingress, 1 rule, 1 egress, 2 tests\n',
      err: '',
    });
  });

  it('names the schema for the editor, which is beside it and accepts it', async () => {
    await folder.call(['init']);
    assert.match(read('application.yaml'), /^# yaml-language-server: \$schema=application\.schema\.json\n/);
    const validate = new Ajv({ strict: false }).compile(JSON.parse(read('application.schema.json')) as object);
    assert.ok(validate(parse(read('application.yaml'))), JSON.stringify(validate.errors));
  });

  it('writes events in the order of time, in which the rule finds something', async () => {
    await folder.call(['init']);
    const events = read('payments.jsonl')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { ts: string; amount: number });
    assert.deepEqual(
      events.map((one) => one.ts),
      events.map((one) => one.ts).sort(),
    );
    assert.equal(events.filter((one) => one.amount > 500).length, 3);
  });

  it('overwrites nothing', async () => {
    const { exitCode, err } = await folder.write('payments.jsonl', 'mine').call(['init']);
    assert.equal(exitCode, 1);
    assert.match(err, /^tidegate init: payments\.jsonl already in /);
    assert.ok(!existsSync(join(folder.path, 'application.yaml')));
    assert.equal(read('payments.jsonl'), 'mine');
  });

  it('gives with a typo the message that the README shows', async () => {
    await folder.call(['init']);
    folder.write('application.yaml', read('application.yaml').replace('amount > 500', 'amout > 500'));
    const { out } = await folder.call(['validate']);
    const readme = readFileSync(new URL('../../../../../README.md', import.meta.url), 'utf8');
    assert.match(out, /^error\[TG202\]/);
    assert.ok(readme.replaceAll(/^ {4}/gm, '').includes(out), out);
  });
});
