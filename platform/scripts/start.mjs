/**
 * `npm start`: set-up, then the main job: one rule over a week of real earthquakes, told as a story. The last line is the
 * run's own, `N alerts`.
 */
import { join } from 'node:path';
import { root, setUp } from './setup.mjs';

const EXAMPLE = 'config-examples/earthquakes';
const BEFORE = `
A week of earthquakes as the USGS published it in 2018, and one rule (${EXAMPLE}/application.yaml):
a quake of magnitude 5 or more, then three or more within 100 km in a day. What it finds, in event time (UTC):

`;
const AFTER = [
  'Next:  npx tidegate explain config-examples/earthquakes sequence    what the rule means, in words',
  '       npx tidegate init my-rules                                   an application of your own',
];

setUp();
process.chdir(root);
process.setSourceMapsEnabled(true);
const { runCommand } = await import(join(root, 'platform', 'dist', 'src', 'cli', 'dispatch.js'));
process.stdout.write(BEFORE);
process.exitCode = await runCommand(['run', EXAMPLE], {
  out: (text) => {
    const lines = text.trimEnd().split('\n');
    process.stdout.write(`${[...lines.slice(0, -1), '', ...AFTER, '', lines.at(-1)].join('\n')}\n`);
  },
  err: (text) => void process.stderr.write(text),
  env: process.env,
  cwd: root,
  outIsTerminal: process.stdout.isTTY === true,
  errIsTerminal: process.stderr.isTTY === true,
});
