#!/usr/bin/env node
/** The `tidegate` command. Committed, because npm links no bin that is missing at install; it loads the build. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const main = new URL('../dist/src/cli/main.js', import.meta.url);
if (!existsSync(fileURLToPath(main))) {
  process.stderr.write('tidegate is not built yet: run `npm ci && npm run build` (or `npm start`) in the checkout.\n');
  process.exit(1);
}
await import(main.href);
