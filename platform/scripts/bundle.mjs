/**
 * Bundles the command's compiled modules into a few files, because a start of `tidegate` is mostly the loading of some
 * three hundred of them. See platform/docs/decisions/0007-the-command-is-bundled.md.
 *
 * Invariants
 * - The bundle is made of the build and of nothing else; without it, or when it is older, the command runs from the build.
 * - Packages that are loaded only when needed stay outside, each command is a file of its own; so is the entry of a slot's
 *   thread, which is looked for beside the others.
 */
import { build } from 'esbuild';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));

rmSync(`${dist}bundle`, { recursive: true, force: true });
await build({
  entryPoints: [`${dist}src/cli/main.js`, `${dist}src/cli/slot-thread.js`],
  outdir: `${dist}bundle`,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  minifyWhitespace: true,
  minifySyntax: true,
  external: ['@nxtedition/rocksdb', 'ajv', 'luxon', 're2js'],
  // CommonJS packages inside an ES module ask for Node's own modules by `require`.
  banner: {
    js: "import { createRequire as requireFor } from 'node:module'; globalThis.require ??= requireFor(import.meta.url);",
  },
  logLevel: 'warning',
});
