import assert from 'node:assert/strict';
import { CommandFolder } from '../command-line.js';

describe('tidegate list', () => {
  let folder: CommandFolder;
  before(() => (folder = new CommandFolder()));
  after(() => folder.remove());

  it('shows connectors, formats and functions', async () => {
    const { exitCode, out } = await folder.call(['list']);
    assert.equal(exitCode, 0);
    assert.match(out, /^connectors\n {2}file .*\(ingress, egress\)$/m);
    assert.match(out, /^formats\n {2}json /m);
    assert.match(out, /^functions\n/m);
  });

  it('shows one with its fields, their types and defaults, and an example', async () => {
    const { out } = await folder.call(['list', 'connectors', 'file']);
    assert.match(out, /^file \(ingress\)\n/);
    assert.match(out, /^ {2}path: text, or a list of them; must be written; may be written alone$/m);
    assert.match(out, /^ {2}follow: true or false; default false$/m);
    assert.match(out, /^ {2}Example:\n {4}file: \{ path: /m);
  });

  it('shows a function with its signatures', async () => {
    const { out } = await folder.call(['list', 'functions', 'coalesce']);
    assert.match(out, /^coalesce\n.*\n\n {2}coalesce\(T\.\.\.\) -> T\n/);
  });

  it('prints JSON for programs', async () => {
    const { out } = await folder.call(['list', 'formats', '--format', 'json']);
    const { formats } = JSON.parse(out) as { formats: { name: string; fields: object; example: string }[] };
    assert.ok(formats.some((one) => one.name === 'csv' && one.example !== ''));
  });

  it('answers an unknown name with the nearest', async () => {
    const { exitCode, err } = await folder.call(['list', 'functions', 'siz']);
    assert.equal(exitCode, 1);
    assert.equal(err, 'tidegate list: there is no function "siz"; did you mean "size"?\n');
  });
});
