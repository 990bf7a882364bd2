/** Where this package lies, whether the command runs from its modules or from the bundle. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of platform's `package.json`: the nearest one above this file. */
export function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const above = dirname(folder);
    if (above === folder) throw new Error('the command lies in no package');
    folder = above;
  }
  return folder;
}

/** The published schema of the application file. */
export function schemaFile(): string {
  return join(packageFolder(), '..', 'schemas', 'application.schema.json');
}

/** Of this program. */
export function programVersion(): string {
  const { version } = JSON.parse(readFileSync(join(packageFolder(), 'package.json'), 'utf8')) as { version: string };
  return version;
}
