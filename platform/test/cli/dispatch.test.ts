import assert from 'node:assert/strict';
import { CommandFolder } from './command-line.js';

describe('The command line', () => {
  let folder: CommandFolder;
  before(() => (folder = new CommandFolder()));
  after(() => folder.remove());

  it('without a command shows what there is, as a mistake', async () => {
    const { exitCode, out } = await folder.call([]);
    assert.equal(exitCode, 2);
    assert.match(out, /^Usage: tidegate COMMAND/);
  });

  it('answers an unknown command with the nearest', async () => {
    const { exitCode, err } = await folder.call(['valdate']);
    assert.equal(exitCode, 2);
    assert.match(err, /^tidegate: unknown command "valdate"; did you mean "validate"\?\n/);
  });

  it('answers an unknown option with the nearest', async () => {
    const { exitCode, err } = await folder.call(['validate', '--fromat', 'json']);
    assert.equal(exitCode, 2);
    assert.match(err, /^tidegate validate: unknown option --fromat; did you mean --format\?\n/);
  });

  it('refuses a value that an option does not take', async () => {
    const { exitCode, err } = await folder.call(['validate', '--format', 'xml']);
    assert.equal(exitCode, 2);
    assert.match(err, /--format is "xml"; expected text, json, github/);
  });

  it('is no name of an object: toString is no command', async () => {
    assert.equal((await folder.call(['toString'])).exitCode, 2);
  });

  for (const command of ['init', 'validate', 'config', 'list']) {
    it(`explains ${command} with --help`, async () => {
      const { exitCode, out } = await folder.call([command, '--help']);
      assert.equal(exitCode, 0);
      assert.ok(out.startsWith(`Usage: tidegate ${command}`));
    });
  }

  it('says its version', async () => {
    assert.match((await folder.call(['--version'])).out, /^tidegate \d+\.\d+\.\d+\n$/);
  });
});
