/**
 * Brings a checkout to the state in which it can run: dependencies installed, sources built. Does nothing that is done.
 *
 * Invariants
 * - Dependencies are installed when `node_modules` is missing or older than the lock file (`npm ci`).
 * - The build is TypeScript's own incremental one and the bundle of the command; both are skipped when no source is newer
 *   than their last stamp.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, writeFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const packages = ['cep', 'connectors', 'functions-sdk', 'platform'];

function run(what, command, args) {
  process.stderr.write(`${what} ...\n`);
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (result.status !== 0) {
    process.stderr.write(`${what} failed: ${command} ${args.join(' ')}\n`);
    process.exit(result.status ?? 1);
  }
}

function modified(path) {
  return existsSync(path) ? statSync(path).mtimeMs : 0;
}

/** The newest modification of a file or below a folder; a folder's own time changes when a file is deleted from it. */
function newest(path) {
  if (!existsSync(path)) return 0;
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), mtimeMs);
}

export function install() {
  const marker = join(root, 'node_modules', '.package-lock.json');
  if (modified(marker) >= modified(join(root, 'package-lock.json')) && modified(marker) > 0) return;
  run('Installing dependencies (npm ci)', 'npm', ['ci', '--no-fund', '--no-audit']);
}

export function build() {
  const stamp = join(root, 'platform', 'dist', '.built');
  const sources = packages.flatMap((name) =>
    ['src', 'test', 'bench', 'scripts', 'tsconfig.json', 'package.json'].map((part) => join(root, name, part)),
  );
  const examples = join(root, 'config-examples');
  sources.push(...readdirSync(examples).map((name) => join(examples, name, 'functions')));
  const latest = Math.max(modified(join(root, 'tsconfig.json')), ...sources.map(newest));
  if (modified(stamp) > latest) return;
  if (process.env['CI'] !== undefined)
    for (const name of packages) rmSync(join(root, name, 'dist'), { recursive: true, force: true });
  run('Building (tsc -b)', process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-b']);
  run('Bundling the command', process.execPath, [join(root, 'platform', 'scripts', 'bundle.mjs')]);
  mkdirSync(join(root, 'platform', 'dist'), { recursive: true });
  writeFileSync(stamp, '');
}

export function setUp() {
  install();
  build();
}
