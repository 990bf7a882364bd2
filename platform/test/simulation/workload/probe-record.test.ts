import assert from 'node:assert/strict';
import { readOutputLine, writeOutputLine, type OutputLine } from '../../../src/simulation/workload/probe-record.js';

const LINES: readonly OutputLine[] = [
  ['event', 'j1', 12, 'k3', 4, 'split-0@17~2'],
  ['event', 'wk3', 1, 'k3', 0, 'window:k3:149:5'],
  ['total-window', 'j1', 399, 21],
  ['total-final', 'j1', 40],
  ['late', 'split-1@3'],
  ['alert', '0a1b'],
  ['call', 'k3', 7, 'split-0@17~1'],
  ['letter', 'split-0@17~1'],
];

describe('a line of output', () => {
  for (const line of LINES) {
    it(`${line.join(' ')} is read as it was written`, () => {
      assert.deepEqual(readOutputLine(writeOutputLine(line)), line);
    });
  }
});
