/** What the operator of a process says of modules of functions that run inside it: in which folders they may lie. */
import { delimiter, isAbsolute, relative, resolve } from 'node:path';

/** Folders, between colons (on Windows semicolons); empty, no module at all. */
const VARIABLE = 'TIDEGATE_FUNCTION_MODULES';

/** Undefined: the module may run. Otherwise why not. */
export type ModulePolicy = (file: string) => string | undefined;

/** Without a word of the operator every module may run: an application is trusted by who runs it. */
export function modulePolicy(env: Readonly<Record<string, string | undefined>>): ModulePolicy {
  const list = env[VARIABLE];
  if (list === undefined) return () => undefined;
  const folders = list.split(delimiter).flatMap((folder) => (folder.trim() === '' ? [] : [resolve(folder.trim())]));
  return (file) => {
    if (folders.some((folder) => isWithin(folder, file))) return undefined;
    const allowed = folders.length === 0 ? 'none' : `those in ${folders.join(', ')}`;
    return `${VARIABLE} of this process allows ${allowed}`;
  };
}

function isWithin(folder: string, file: string): boolean {
  const path = relative(folder, file);
  return path !== '' && !path.startsWith('..') && !isAbsolute(path);
}
