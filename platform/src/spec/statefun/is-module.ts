/** Whether a file is a module of StateFun or a part of an application. */

/** What stands at the top of a module's documents, and of no application. */
const OF_MODULES = ['kind', 'spec', 'version', 'module'];

/**
 * One of a module's keys is enough, as another may be misspelt, unless the file also has one of an application.
 * @param documents the keys at the top of each
 * @param sections of applications
 */
export function isModule(documents: readonly ReadonlySet<string>[], sections: readonly string[]): boolean {
  const some = (keys: readonly string[]): boolean => documents.some((top) => keys.some((key) => top.has(key)));
  const isWhole = (top: ReadonlySet<string>): boolean =>
    (top.has('kind') && top.has('spec')) || (top.has('version') && top.has('module'));
  return documents.some(isWhole) || (some(OF_MODULES) && !some(sections));
}
