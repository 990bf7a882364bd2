#!/usr/bin/env node
/**
 * The `tidegate` command. Committed, because npm links no bin that is missing at install. It loads the bundle of the
 * build, which starts faster, or the build itself where a package was compiled after the bundle was made.
 */
'use strict';
const { statSync } = require('node:fs');
const { join } = require('node:path');

const packages = join(__dirname, '..', '..');
const bundle = join(packages, 'platform', 'dist', 'bundle', 'main.cjs');
const build = join(packages, 'platform', 'dist', 'src', 'cli', 'main.js');
const builds = ['platform', 'cep', 'connectors'].map((name) => join(packages, name, 'dist', '.tsbuildinfo'));

/** 0 for what does not exist. */
function modified(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

if (modified(build) === 0) {
  process.stderr.write('tidegate is not built yet: run `npm ci && npm run build` (or `npm start`) in the checkout.\n');
  process.exit(1);
}
if (builds.every((info) => modified(info) <= modified(bundle))) require('./compiled-script.cjs').run(bundle);
else import(require('node:url').pathToFileURL(build).href);
