/** Libraries that take a while to load: what does not use them starts without. */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** @returns gives the library, which is loaded when it is first asked for */
export function onDemand<Library>(name: string): () => Library {
  let library: Library | undefined;
  return () => (library ??= require(name) as Library);
}
