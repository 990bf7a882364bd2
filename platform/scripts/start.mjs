/** `npm start`: set-up, then the main job: rules over a week of real earthquakes. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root, setUp } from './setup.mjs';

setUp();
const result = spawnSync(
  process.execPath,
  ['--enable-source-maps', join(root, 'platform', 'bin', 'tidegate.mjs'), 'run', join(root, 'config-examples', 'earthquakes')],
  { stdio: 'inherit', cwd: root },
);
process.exit(result.status ?? 1);
