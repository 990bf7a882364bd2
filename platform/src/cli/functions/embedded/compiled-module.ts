/**
 * A module of functions as one script that a thread can begin with: its own TypeScript and JavaScript in one file, with a
 * map to the sources, and packages where they lie.
 *
 * Invariants
 * - Packages are found from where the module lies and loaded by Node itself; only functions-sdk, if it is not installed
 *   there, is the one that this command brings.
 * - `import.meta.url` of each file is that file's.
 */
import type { OnLoadResult, Plugin, PluginBuild } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { messageOf } from '../../../common/errors.js';

const SDK = '@tidegate/functions-sdk';
/** Of a package whose sources are compiled with the module, as in a workspace. */
const SOURCE = /\.[cm]?tsx?$/;
const OWN_FILES = /\.([cm]?[jt]s|[jt]sx)$/;
/** What esbuild asks the plugin below is not asked again. */
const ASKED = { asked: true };

/** @param script where it is written @throws Error that says where the module is wrong */
export async function compileModule(file: string, script: string): Promise<void> {
  const { build, formatMessages, stop } = await import('esbuild');
  try {
    await build({
      stdin: {
        contents: `import { serveInThread } from '${SDK}/embedded';\nimport * as module from ${JSON.stringify(file)};\nserveInThread(module);\n`,
        resolveDir: dirname(file),
        sourcefile: 'thread-of-functions.js',
      },
      outfile: script,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      charset: 'utf8',
      sourcemap: 'inline',
      sourcesContent: false,
      logLevel: 'silent',
      plugins: [packagesWhereTheyLie()],
    });
  } catch (error) {
    const { errors } = error as { readonly errors?: Parameters<typeof formatMessages>[0] };
    if (errors === undefined) throw error;
    throw new Error((await formatMessages(errors, { kind: 'error' })).join('').trim(), { cause: error });
  } finally {
    await stop();
  }
}

function packagesWhereTheyLie(): Plugin {
  return {
    name: 'packages-where-they-lie',
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, async ({ path, kind, resolveDir, importer, pluginData }) => {
        if (pluginData === ASKED || path.startsWith('node:')) return undefined;
        const asked = { kind, resolveDir, importer, pluginData: ASKED };
        const found = await build.resolve(path, asked);
        if (found.errors.length > 0) return ownSdk(path) ?? undefined;
        if (found.external || SOURCE.test(found.path)) return { path: found.path, external: found.external };
        return { path: pathToFileURL(found.path).href, external: true };
      });
      withPlaces(build);
    },
  };
}

/** The one that this command runs with. */
function ownSdk(path: string): { readonly path: string; readonly external: true } | undefined {
  if (path !== SDK && !path.startsWith(`${SDK}/`)) return undefined;
  return { path: pathToFileURL(createRequire(import.meta.url).resolve(path)).href, external: true };
}

/** Files that ask where they are, are told before they become part of another. */
function withPlaces(build: PluginBuild): void {
  build.onLoad({ filter: OWN_FILES, namespace: 'file' }, async ({ path }): Promise<OnLoadResult | undefined> => {
    const contents = await readFile(path, 'utf8');
    if (!contents.includes('import.meta')) return undefined;
    const text = (value: string): string => JSON.stringify(value);
    try {
      const { code } = await build.esbuild.transform(contents, {
        loader: path.endsWith('x') ? 'tsx' : 'ts',
        sourcefile: path,
        sourcemap: 'inline',
        target: 'node20',
        define: {
          'import.meta.url': text(pathToFileURL(path).href),
          'import.meta.filename': text(path),
          'import.meta.dirname': text(dirname(path)),
        },
      });
      return { contents: code, loader: 'js' };
    } catch (error) {
      return { errors: [{ text: messageOf(error) }] };
    }
  });
}
