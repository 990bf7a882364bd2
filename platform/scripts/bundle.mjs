/**
 * Bundles the command's compiled modules, because a start of `tidegate` is mostly the loading and compiling of some three
 * hundred of them: one script for the command and one for each kind of thread, each with the code that V8 compiled of it.
 * See platform/docs/decisions/0007-the-command-is-bundled.md.
 *
 * Invariants
 * - The bundle is made of the build and of nothing else; without it, or when it is older, the command runs from the build.
 * - Packages that are loaded only when needed stay outside.
 */
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const bundle = join(dist, 'bundle');

rmSync(bundle, { recursive: true, force: true });
await build({
  entryPoints: ['main', 'slot-thread', 'slot-watch-thread'].map((name) => join(dist, 'src', 'cli', `${name}.js`)),
  outdir: bundle,
  outExtension: { '.js': '.cjs' },
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  define: { 'import.meta.url': 'scriptUrl' },
  // A script has no loader of its own for ES modules; what is loaded so (RocksDB) is CommonJS.
  supported: { 'dynamic-import': false },
  charset: 'ascii',
  sourcemap: true,
  minifyWhitespace: true,
  minifySyntax: true,
  external: [
    '@nxtedition/rocksdb',
    '@opentelemetry/*',
    '@peculiar/x509',
    'ajv',
    'esbuild',
    'luxon',
    're2js',
    'reflect-metadata',
  ],
  logLevel: 'warning',
});

// A thread is given a module to begin with.
for (const name of ['slot-thread', 'slot-watch-thread']) {
  writeFileSync(
    join(bundle, `${name}.js`),
    `import { fileURLToPath } from 'node:url';
import compiled from '../../bin/compiled-script.cjs';

compiled.run(fileURLToPath(new URL('${name}.cjs', import.meta.url)));
`,
  );
}

const folder = mkdtempSync(join(tmpdir(), 'tidegate-bundle-'));
try {
  writeCode('main.cjs', 'init');
  writeCode('main.cjs', 'run');
  writeCode('slot-thread.cjs');
  writeCode('slot-watch-thread.cjs');
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Runs the command in a folder of its own. */
function writeCode(script, ...words) {
  const writer = fileURLToPath(new URL('write-code.mjs', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [writer, join(bundle, script), ...words], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status === 0) return;
  process.stderr.write(stderr);
  process.exit(1);
}
