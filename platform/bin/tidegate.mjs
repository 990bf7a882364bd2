#!/usr/bin/env node
/**
 * The `tidegate` command. Committed, because npm links no bin that is missing at install. It loads the bundle of the
 * build, which starts faster, or the build itself where a package was compiled after the bundle was made.
 */
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const dist = new URL('../dist/', import.meta.url);
const builds = ['../../platform', '../../cep', '../../connectors'].map(
  (name) => new URL(`${name}/dist/.tsbuildinfo`, import.meta.url),
);

/** 0 for what does not exist. */
function modified(url) {
  return statSync(fileURLToPath(url), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

const [bundle, build] = ['bundle/main.js', 'src/cli/main.js'].map((path) => new URL(path, dist));
if (modified(build) === 0) {
  process.stderr.write('tidegate is not built yet: run `npm ci && npm run build` (or `npm start`) in the checkout.\n');
  process.exit(1);
}
const isFresh = builds.every((info) => modified(info) <= modified(bundle));
await import((isFresh ? bundle : build).href);
