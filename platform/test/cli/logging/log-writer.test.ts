import assert from 'node:assert/strict';
import { entryText, logFormat, logWriter } from '../../../src/cli/logging/log-writer.js';

describe('the log of a process', () => {
  it('is lines for people', () => {
    let text = '';
    const log = logWriter('worker', 'text', (line) => (text += line));
    log('offers 2 slots');
    log('slow', { level: 'warn', job: 'cards', task: 'ingresses.in', attempt: '1.2' });
    assert.equal(text, 'worker: offers 2 slots\nworker: cards: slow\n');
  });

  it('has no line that begins as another one, and nothing that steers a terminal, whatever is in it', () => {
    let text = '';
    const log = logWriter('worker', 'text', (line) => (text += line));
    log('one\nworker: two\n    three\u001b[2J');
    assert.equal(text, 'worker: one\n  worker: two\n    three\\u001b[2J\n');
  });

  it('is JSON for programs, a line each whatever is in it', () => {
    let text = '';
    const log = logWriter('worker', 'json', (line) => (text += line));
    log('two\nlines "quoted"', { level: 'warn', job: 'cards', task: 'ingresses.in', attempt: '1.2' });
    assert.equal(text.indexOf('\n'), text.length - 1);
    const { time, ...line } = JSON.parse(text) as Record<string, unknown>;
    assert.ok(Math.abs(Date.parse(String(time)) - Date.now()) < 60_000);
    const about = { process: 'worker', level: 'warn', job: 'cards', task: 'ingresses.in', attempt: '1.2' };
    assert.deepEqual(line, { ...about, message: 'two\nlines "quoted"' });
  });

  it('has no other formats', () => {
    assert.throws(() => logFormat('xml'), /--log-format is "xml"; expected text, json/);
  });

  it('says of a line where and about what it was written', () => {
    const line = { time: 0, level: 'warn', message: 'slow' } as const;
    assert.equal(entryText(line, 'coordinator'), '1970-01-01T00:00:00Z warn  coordinator: slow');
    const about = { ...line, attempt: '1.2', task: 'ingresses.in' };
    assert.equal(entryText(about, 'worker w'), '1970-01-01T00:00:00Z warn  worker w (attempt 1.2, ingresses.in): slow');
  });
});
