/** Removes what the build made. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup.mjs';

for (const name of ['cep', 'connectors', 'functions-sdk', 'platform']) {
  rmSync(join(root, name, 'dist'), { recursive: true, force: true });
}
