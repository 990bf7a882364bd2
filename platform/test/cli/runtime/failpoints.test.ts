import assert from 'node:assert/strict';
import { failpoints } from '../../../src/cli/runtime/failpoints.js';
import { ProcessCells } from '../../../src/cli/threads/process-cells.js';

describe('failpoints', () => {
  it('count the passes of all threads of the process, and let it die once', () => {
    const cells = new ProcessCells();
    const deaths: string[] = [];
    const inThread = (thread: string) =>
      failpoints('a:2,b:3', new ProcessCells(cells.memory).passes, () => deaths.push(thread));
    const [one, two] = [inThread('one'), inThread('two')];
    for (const [pass, name] of [
      [one, 'a'],
      [one, 'b'],
      [two, 'b'],
      [two, 'elsewhere'],
    ] as const)
      pass(name);
    assert.deepEqual(deaths, []);
    two('a');
    assert.deepEqual(deaths, ['two']);
    one('b');
    assert.deepEqual(deaths, ['two', 'one']);
    one('a');
    assert.deepEqual(deaths, ['two', 'one']);
  });

  it('let it stand still where that is said', () => {
    const signals: string[] = [];
    const pass = failpoints('a:1:stop,b:1', new ProcessCells().passes, (signal) => signals.push(signal));
    pass('a');
    pass('b');
    assert.deepEqual(signals, ['SIGSTOP', 'SIGKILL']);
  });

  for (const setting of ['a', 'a:0', 'a:x', 'a:1,', ' a:1', 'a:1:go']) {
    it(`are not to be misunderstood: ${JSON.stringify(setting)}`, () => {
      assert.throws(() => failpoints(setting, new ProcessCells().passes, () => undefined), /is not NAME:COUNT/);
    });
  }

  it('cost nothing to who sets none', () => {
    failpoints(undefined, new Int32Array(0), () => assert.fail())('a');
    failpoints('', new Int32Array(0), () => assert.fail())('a');
  });
});
