import assert from 'node:assert/strict';
import { parseCommandLine, type SimulateCommand } from '../../../src/simulation/run/command-line.js';

const cases: [words: string, command: SimulateCommand | undefined][] = [
  ['--seeds 1..5000', { kind: 'seeds', first: 1, last: 5000, budgetMs: undefined, jobs: 1 }],
  ['--seeds 7..9 --budget 60s', { kind: 'seeds', first: 7, last: 9, budgetMs: 60_000, jobs: 1 }],
  ['--seeds 1..2 --jobs 4', { kind: 'seeds', first: 1, last: 2, budgetMs: undefined, jobs: 4 }],
  ['--budget 2m --seeds 1..2', { kind: 'seeds', first: 1, last: 2, budgetMs: 120_000, jobs: 1 }],
  ['--seed 42', { kind: 'seed', seed: 42, trace: false, mutant: undefined }],
  ['--seed 42 --trace', { kind: 'seed', seed: 42, trace: true, mutant: undefined }],
  ['--seed 42 --mutant no-alignment', { kind: 'seed', seed: 42, trace: false, mutant: 'no-alignment' }],
  ['--mutants', { kind: 'mutants', jobs: 1 }],
  ['--mutants --jobs 2', { kind: 'mutants', jobs: 2 }],
  ['', undefined],
  ['--seeds 5', undefined],
  ['--seeds 1..5 --budget soon', undefined],
  ['--seeds 1..5 --seeds 1..6', undefined],
  ['--seed x', undefined],
  ['--seed 1 --seeds 1..2', undefined],
  ['--mutants --trace', undefined],
  ['seeds', undefined],
  ['--seeds 1..2 --jobs 0', undefined],
  ['--seeds 1..2 --jobs', undefined],
  ['--seed 1 --jobs 2', undefined],
];

describe('the command line of the simulator', () => {
  for (const [words, command] of cases) {
    it(command === undefined ? `does not understand \`${words}\`` : `understands \`${words}\``, () => {
      assert.deepEqual(parseCommandLine(words.split(' ').filter((word) => word !== '')), command);
    });
  }
});
