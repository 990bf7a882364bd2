/**
 * `npm test`: set-up, then every compiled test of every package in one mocha run, whose last line is
 * `N passed, N failed`. Arguments go to mocha (`npm test -- --grep F78`).
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root, setUp } from './setup.mjs';

setUp();
const result = spawnSync(
  process.execPath,
  [
    '--enable-source-maps',
    '--expose-gc',
    join(root, 'node_modules', 'mocha', 'bin', 'mocha.js'),
    '--reporter',
    join(root, 'platform', 'scripts', 'closing-line-reporter.mjs'),
    '--recursive',
    '--forbid-only',
    '--timeout',
    '30000',
    '{cep,connectors,functions-sdk,platform}/dist/test/**/*.test.js',
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: 'inherit' },
);
process.exit(result.status ?? 1);
