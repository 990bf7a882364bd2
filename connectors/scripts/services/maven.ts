/**
 * Java libraries, as Maven resolves them from whatever repositories this machine is set up with. What was resolved once is
 * remembered in the service's folder; the libraries themselves lie in Maven's own repository.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { ServiceError } from './service-error.js';

const PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1';
const TIMEOUT_MS = 300_000;
const run = promisify(execFile);

export interface Artifact {
  readonly group: string;
  readonly name: string;
  readonly version: string;
}

/**
 * @param folder where the resolution is remembered
 * @returns the class path of the artifacts and of all that they need at run time
 */
export async function classPath(folder: string, artifacts: readonly Artifact[]): Promise<string> {
  const id = artifacts.map(({ name, version }) => `${name}-${version}`).join('+');
  const known = join(folder, `${id}.classpath`);
  if (existsSync(known)) {
    const path = await readFile(known, 'utf8');
    if (path.split(delimiter).every((jar) => existsSync(jar))) return path;
  }
  await mkdir(folder, { recursive: true });
  const pom = join(folder, `${id}.pom.xml`);
  await writeFile(pom, pomOf(artifacts));
  await maven(['-f', pom, `${PLUGIN}:build-classpath`, '-DincludeScope=runtime', `-Dmdep.outputFile=${known}`]);
  return readFile(known, 'utf8');
}

/**
 * One file of an artifact, such as a binary that lies in a jar.
 * @param folder where the file is kept
 * @returns its path
 */
export async function unpacked(folder: string, { group, name, version }: Artifact, file: string): Promise<string> {
  const known = join(folder, `${name}-${version}`, file);
  if (existsSync(known)) return known;
  // Unpacked elsewhere and renamed: what has its name is whole.
  const unfinished = `${known}.${process.pid}`;
  await mkdir(unfinished, { recursive: true });
  // Without a project of its own the plugin leaves its markers in the current folder.
  const pom = join(unfinished, 'pom.xml');
  await writeFile(pom, pomOf([]));
  await maven([
    ...['-f', pom],
    `${PLUGIN}:unpack`,
    `-Dartifact=${group}:${name}:${version}:jar`,
    `-DoutputDirectory=${unfinished}`,
    `-Dmdep.unpack.includes=${file}`,
  ]);
  await rename(join(unfinished, file), known).catch(() => {
    throw new ServiceError(`${group}:${name}:${version} holds no ${file}`);
  });
  await rm(unfinished, { recursive: true });
  return known;
}

async function maven(words: readonly string[]): Promise<void> {
  try {
    await run('mvn', ['-q', '-B', ...words], { timeout: TIMEOUT_MS });
  } catch (error) {
    const { code, stdout } = error as { readonly code?: unknown; readonly stdout?: string };
    if (code === 'ENOENT') {
      throw new ServiceError(
        'Maven (`mvn`) is not installed: it fetches the server. Install Maven and Java 17, or name a server that runs.',
      );
    }
    throw new ServiceError(`Maven could not fetch the server:\n${(stdout ?? String(error)).trim().slice(-2000)}`);
  }
}

function pomOf(artifacts: readonly Artifact[]): string {
  const dependencies = artifacts
    .map(
      ({ group, name, version }) =>
        `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version></dependency>`,
    )
    .join('');
  return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>tidegate</groupId><artifactId>services</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>${dependencies}</dependencies></project>
`;
}
