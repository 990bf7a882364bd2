import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ROUTES } from '../../src/rest/routes.js';
import { inFolder, until, type Child } from '../applications/child.js';
import { S3Server } from '../cli/storage/s3/s3-server.js';
import { eventually } from './cluster.js';
import { GuardedCluster } from './guarded-cluster.js';

const CANARY = 'canary-7f3a91';

/** An address and JSON write this otherwise than it is. */
const IN_A_FILE = `${CANARY} "of a file"`;

const application = (more = ''): string => `name: told
settings: { restart: none, checkpoint: { interval: 100ms } }
ingresses:
  ticks:
    generator: { rate: 50, fields: { n: { sequence: {} }, ts: { timestamp: { step: 1s } } } }
    schema: { n: int, ts: timestamp }
    time: { field: ts }
${more}rules:
  every:
    from: ticks
    where: n >= 0
    select: { n: n }
    to: hook
egresses:
  hook: { http: { url: "http://\${secret:place.secret}/\${secret:hook.secret}", headers: { authorization: "Bearer \${HOOK_TOKEN}" } } }
`;

/** As by a defect that nobody has thought of. */
const CRASH = `process.on('SIGUSR2', () => { throw new Error('a defect'); });\n`;

/** Those files that hold a secret because they were given it. */
const GIVEN = /\.(?:secret|token|key)$/;

/** All that lies in the files of a folder. */
function textsIn(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !GIVEN.test(entry.name))
    .map(({ parentPath, name }) => `${name}\n${contentOf(join(parentPath, name))}`)
    .join('\n');
}

/** Nothing of a file that was removed meanwhile. */
function contentOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** What everybody on this machine can read of processes. */
function commandLines(children: readonly Child[]): string {
  const paths = children.map(({ process: { pid } }) => `/proc/${pid}/cmdline`).filter(existsSync);
  return [execFileSync('ps', ['-ef', '-ww']).toString(), ...paths.map((path) => readFileSync(path, 'latin1'))].join(
    '\n',
  );
}

/** What a viewer is answered by everything that may be looked at. */
async function answers(cluster: GuardedCluster): Promise<string> {
  const paths = ROUTES.filter(({ method }) => method === 'GET').map(({ path }) => path.replace('{name}', 'told'));
  const said = await Promise.all(paths.map((path) => cluster.request('viewer', path)));
  return said.map(({ headers, body }) => JSON.stringify([headers, body])).join('\n');
}

/** What commands print about the job, also to who asks with JSON. */
async function printed(cluster: GuardedCluster): Promise<string> {
  const commands = [['status'], ['status', '--json'], ['result'], ['logs'], ['logs', '--json']];
  const said = await Promise.all(commands.map(([verb, ...more]) => cluster.askAs('viewer', verb!, 'told', ...more)));
  return said.map(({ out, err }) => out + err).join('\n');
}

describe('F90: secrets of a cluster and of its applications', function () {
  this.timeout(120_000);
  const store = new S3Server();
  let hook: Server;
  let status: number;
  let authorized: Set<string | undefined>;
  /** A secret, too, and one that errors quote. */
  let place: string;
  let endpoint: string;
  before(async () => {
    endpoint = await store.listen();
  });
  after(() => store.close());
  beforeEach(async () => {
    status = 200;
    authorized = new Set();
    hook = createServer((request, response) => {
      authorized.add(request.headers.authorization);
      request.resume().on('end', () => response.writeHead(status).end());
    });
    await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
    place = `127.0.0.1:${(hook.address() as AddressInfo).port}`;
  });
  afterEach(() => hook.close().closeAllConnections());

  const begin = async (folder: string): Promise<GuardedCluster> => {
    writeFileSync(join(folder, 'hook.secret'), IN_A_FILE);
    writeFileSync(join(folder, 'place.secret'), place);
    writeFileSync(join(folder, 'crash.cjs'), CRASH);
    return GuardedCluster.in(folder, {
      HOOK_TOKEN: `${CANARY}-of-the-environment`,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: `${CANARY}-of-the-store`,
      NODE_OPTIONS: `--require ${join(folder, 'crash.cjs')}`,
    });
  };
  const options = (): readonly string[] => ['--checkpoints', 's3://bucket/cluster', '--s3-endpoint', endpoint];
  const submit = (cluster: GuardedCluster, ...more: readonly string[]): Child =>
    cluster.processes.start([
      'submit',
      '--coordinator',
      `127.0.0.1:${cluster.processes.ports[0].api}`,
      ...more,
      ...cluster.reaching('operator'),
    ]);

  /** All that was shown or kept, and the tokens and keys that are to be in none of it, either. */
  function assertNowhere(folder: string, cluster: GuardedCluster, shown: readonly string[]): void {
    const kept = [...store.objects].map(([key, object]) => key + object.toString('latin1'));
    const all = [...shown, ...kept, textsIn(folder)].join('\n');
    const keys = ['coordinator', 'worker', 'ca'].map(
      (name) => readFileSync(join(folder, 'certificates', `${name}.key`), 'latin1').split('\n')[1]!,
    );
    for (const secret of [CANARY, place, ...cluster.tokens.values(), ...keys]) {
      const at = all.indexOf(secret);
      assert.equal(at, -1, all.slice(Math.max(0, at - 300), at + 100));
    }
  }

  it('are shown nowhere while a job runs, nor when it fails with an error that quotes its options', () =>
    inFolder(async (folder) => {
      const cluster = await begin(folder);
      writeFileSync(join(folder, 'application.yaml'), application());
      const processes = [await cluster.coordinator(options()), await cluster.worker(1)];
      const client = submit(cluster, '--wait');
      processes.push(client);
      const { client: api } = cluster.processes;
      await until(() => client.err.includes('told running'), client);
      await eventually(async () => ((await api.job('told')).run?.latestCheckpoint ?? 0) >= 1);
      await eventually(() => authorized.size > 0);
      assert.deepEqual([...authorized], [`Bearer ${CANARY}-of-the-environment`]);
      const shown = [commandLines(processes), await answers(cluster), await printed(cluster)];

      status = 403;
      const { exitCode } = await client.finished;
      assert.equal(exitCode, 1);
      const reason = (await api.job('told')).reason ?? '';
      assert.match(reason, /http:\/\/\*\*\*: answered 403/);
      shown.push(await answers(cluster), await printed(cluster), ...processes.flatMap(({ out, err }) => [out, err]));
      assertNowhere(folder, cluster, shown);
    }));

  it('are not in what a worker and a coordinator print that crash', () =>
    inFolder(async (folder) => {
      const cluster = await begin(folder);
      writeFileSync(join(folder, 'application.yaml'), application());
      const processes = [await cluster.coordinator(), await cluster.worker(1)];
      await submit(cluster).finished;
      await eventually(() => authorized.size > 0);
      for (const child of [...processes].reverse()) {
        child.process.kill('SIGUSR2');
        const { err } = await child.finished;
        assert.match(err, /Error: a defect/);
      }
      assertNowhere(
        folder,
        cluster,
        processes.flatMap(({ out, err }) => [out, err]),
      );
    }));

  it('are in no report of an application that cannot run, nor in what is kept of it', () =>
    inFolder(async (folder) => {
      const cluster = await begin(folder);
      const table = 'tables:\n  cards: { file: "${secret:hook.secret}.csv", key: n, schema: { n: int } }\n';
      writeFileSync(join(folder, 'application.yaml'), application(table));
      const processes = [await cluster.coordinator(), await cluster.worker(1)];
      const { exitCode, out, err } = await submit(cluster, '--wait').finished;
      assert.equal(exitCode, 1);
      assert.match(err, /error\[TG404\].*\*\*\*\.csv/);
      assert.match(out, /^told failed$/m);
      const shown = [out, err, await answers(cluster), await printed(cluster)];
      assertNowhere(folder, cluster, [...shown, ...processes.flatMap((child) => [child.out, child.err])]);
    }));
});
