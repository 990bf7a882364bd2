import assert from 'node:assert/strict';
import { ExceptionHistory } from '../../src/recovery/exception-history.js';

describe('the exception history', () => {
  it('keeps the youngest causes, and counts what it forgot', () => {
    const history = new ExceptionHistory();
    for (let time = 0; time < 40; time++) {
      history.add({ time, cause: { code: 'TG400', message: `${time}`, retriable: true }, led: { to: 'same-restart' } });
    }
    assert.equal(history.entries.length, 32);
    assert.equal(history.entries[0]?.time, 8);
    assert.equal(history.entries.at(-1)?.time, 39);
    assert.equal(history.forgotten, 8);
  });

  it('counts every restart, also those that it has forgotten', () => {
    const history = new ExceptionHistory();
    const cause = { code: 'TG400', message: 'it broke', retriable: true };
    for (let time = 0; time < 40; time++) {
      history.add({ time, cause, led: { to: 'restart', afterMs: 1 } });
      history.add({ time, cause, led: { to: 'same-restart' } });
    }
    assert.equal(history.restarts, 40);
  });
});
