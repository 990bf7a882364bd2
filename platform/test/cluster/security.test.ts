import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { CertificateFolder } from '../../src/cli/security/certificate-folder.js';
import { inFolder, until, type Child } from '../applications/child.js';
import { raw } from '../rest/rest-client.js';
import { cardTesting, eventually, killed } from './cluster.js';
import { CountingJob } from './counting-job.js';
import { GuardedCluster, made, tls } from './guarded-cluster.js';
import { listeningPorts } from './listening-ports.js';

/** @returns the protocol, where it shows a certificate of this authority; else why it is none of the cluster */
function spokenAt(port: number, ca: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, ca, checkServerIdentity: () => undefined }, () => {
      resolve(socket.getProtocol());
      socket.destroy();
    });
    socket.on('error', (error) => resolve(error.message));
  });
}

/** @param files of who greets there, without their endings. @returns what it is told before the connection is closed */
function heardAt(port: number, files: string | undefined): Promise<string> {
  const own = files === undefined ? {} : { cert: readFileSync(`${files}.crt`), key: readFileSync(`${files}.key`) };
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...own });
    socket.on('data', (bytes: Buffer) => (heard += bytes.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(heard));
    socket.write(Buffer.alloc(64));
  });
}

/** Who comes, with which options, and what the coordinator and they themselves say about it. */
type Stranger = readonly [who: string, options: readonly string[], coordinator: RegExp, worker: RegExp];

const STRANGERS: readonly Stranger[] = [
  [
    'without TLS',
    ['--cluster', 'demo'],
    /connection was refused: the other side does not speak TLS/,
    /one of the two may speak TLS, and one not/,
  ],
  [
    'of another authority, which it trusts',
    tls('worker', 'strangers'),
    /connection was refused: it has ended the handshake/,
    /no coordinator at .*: its certificate is not of the authority in --tls-ca/,
  ],
  [
    'of another authority, that trusts this one',
    tls('worker', 'strangers', 'certificates'),
    /connection was refused: its certificate is not of the authority in --tls-ca/,
    /the other side refuses this process: its certificate is not of the authority in --tls-ca/,
  ],
  [
    'of another cluster of the same authority',
    tls('worker-of-other', 'certificates', 'certificates', 'other'),
    /connection was refused: it has ended the handshake/,
    /its certificate is for tidegate:\/\/cluster\/demo\/coordinator, and not for tidegate:\/\/cluster\/other\/coordinator/,
  ],
];

/** A certificate that the authority of "demo" should never have made. */
async function issueForOther(path: string): Promise<void> {
  const folder = new CertificateFolder(path);
  const authority = await folder.authority();
  const of = { cluster: 'other', role: 'worker', name: 'worker', hosts: [], days: 1 } as const;
  folder.put('worker-of-other', await authority.issue(of, Date.now()));
}

describe('a cluster with certificates and tokens', function () {
  this.timeout(120_000);

  it('speaks TLS at each port, and loses nothing and doubles nothing when a worker is killed', () =>
    inFolder(async (folder) => {
      const cluster = await GuardedCluster.in(folder);
      const coordinator = await cluster.coordinator();
      const workers = [await cluster.worker(1), await cluster.worker(1)];
      const job = await CountingJob.submit(cluster.processes, 2);
      await job.goesOn();

      const ca = readFileSync(join(folder, 'certificates', 'ca.crt'), 'utf8');
      const ports = [coordinator, ...workers].map(({ process: { pid } }) => listeningPorts(pid!));
      if (!ports.includes(undefined))
        assert.deepEqual(
          ports.map((of) => of!.length > 0),
          [true, true, true],
        );
      for (const port of ports.flatMap((of) => of ?? [])) {
        assert.equal(await spokenAt(port, ca), 'TLSv1.3', `${port}`);
        assert.doesNotMatch(await raw(port, 'GET /v1/jobs HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'), /HTTP|tidegate/);
      }

      await killed(workers[0]!);
      await job.when(({ state }) => state === 'waiting-for-slots');
      await cluster.worker(1);
      await job.endsExact();
    }));

  it('finds what a run in one process finds, for a client that may submit', () =>
    inFolder(async (folder) => {
      const example = await cardTesting(folder, 20_000, 100);
      const cluster = await GuardedCluster.in(folder);
      await cluster.coordinator();
      await cluster.worker(1);
      await cluster.worker(1);
      const words = ['submit', example.path, '--parallelism', '2', '--wait'];
      const refused = await cluster.askAs('viewer', ...words);
      assert.deepEqual([refused.exitCode, refused.out], [1, '']);
      const submitted = await cluster.askAs('operator', ...words);
      assert.equal(submitted.exitCode, 0, submitted.err);
      assert.deepEqual(example.found(), example.expected);
    }));

  it('F87: refuses to cancel a job to who has no token and to a viewer, and says what is missing', () =>
    inFolder(async (folder) => {
      const cluster = await GuardedCluster.in(folder);
      await cluster.coordinator();
      await CountingJob.submit(cluster.processes, 1);
      const told = async (role?: 'viewer') => (await cluster.askAs(role, 'cancel', 'counting')).err;
      assert.match(await told(), /^error\[TG451\]: a token is needed \(.*--token FILE or TIDEGATE_TOKEN\)\n$/);
      assert.match(
        await told('viewer'),
        /^error\[TG451\]: this needs the role operator, and the token has the role viewer\n$/,
      );
      const cancel = async (role?: 'viewer' | 'operator') =>
        (await cluster.request(role, '/v1/jobs/counting/cancel', 'POST')).status;
      assert.deepEqual([await cancel(), await cancel('viewer')], [401, 403]);
      const seen = await cluster.askAs('viewer', 'list', 'jobs');
      assert.match(seen.out, /^counting waiting-for-slots/);
      assert.equal((await cluster.askAs('operator', 'cancel', 'counting')).exitCode, 0);
      assert.equal((await cluster.askAs('viewer', 'result', 'counting', '--wait')).out, 'counting cancelled\n');
    }));

  it('F91: refuses workers that are not its own, on both sides, and its job is not disturbed', () =>
    inFolder(async (folder) => {
      const cluster = await GuardedCluster.in(folder);
      await made(folder, 'certificates', 'create', 'strangers', '--cluster', 'demo');
      await issueForOther(join(folder, 'certificates'));
      const coordinator = await cluster.coordinator();
      await cluster.worker(1);
      const job = await CountingJob.submit(cluster.processes, 1);
      await job.goesOn();
      for (const [who, options, atCoordinator, atWorker] of STRANGERS) {
        const before = coordinator.err.length;
        const stranger = cluster.stranger(options);
        await until(() => atWorker.test(stranger.err), stranger);
        await eventually(() => atCoordinator.test(coordinator.err.slice(before)));
        // Each comes again and again, and of all strangers ten lines of log a minute are said.
        await killed(stranger);
        assert.doesNotMatch(stranger.err, /offers/, who);
      }
      assert.equal((await cluster.processes.client.workers()).length, 1);
      assert.equal((await job.goesOn()).run?.restarts, 0);
      await job.endsExact();
    }));

  it('F91: slots let in none but slots of their cluster, whoever they let greet, and their job is not disturbed', async function () {
    await inFolder(async (folder) => {
      const cluster = await GuardedCluster.in(folder);
      await made(folder, 'certificates', 'create', 'strangers', '--cluster', 'demo');
      await issueForOther(join(folder, 'certificates'));
      await cluster.coordinator();
      const workers = [await cluster.worker(1), await cluster.worker(1)];
      const job = await CountingJob.submit(cluster.processes, 2);
      await job.goesOn();
      const ports = listeningPorts(workers[0]!.process.pid!);
      if (ports === undefined) return this.skip();
      assert.ok(ports.length > 0);
      const shown: readonly (readonly [files: string | undefined, why: string])[] = [
        [undefined, 'it shows no certificate'],
        ['strangers/worker', 'its certificate is not of the authority in --tls-ca'],
        ['certificates/worker-of-other', 'its certificate is for tidegate://cluster/other/worker'],
        ['certificates/client', 'its certificate is for tidegate://cluster/demo/client'],
      ];
      for (const port of ports)
        for (const [files, why] of shown) {
          const heard = await heardAt(port, files === undefined ? undefined : join(folder, files));
          assert.ok(/tidegate refuses: (.*)$/.exec(heard)?.[1]?.startsWith(why), heard);
          await eventually(() => workers[0]!.err.includes(`counting: a data connection was refused: ${why}`));
        }
      assert.equal((await job.goesOn()).run?.restarts, 0);
      await job.endsExact();
    });
  });

  it('F91: a worker ends at its start with a certificate that all others would refuse', () =>
    inFolder(async (folder) => {
      const cluster = await GuardedCluster.in(folder);
      const ended: readonly (readonly [options: readonly string[], why: RegExp])[] = [
        [
          tls('client'),
          /client\.crt cannot be used here: its certificate is for tidegate:\/\/cluster\/demo\/client, and not/,
        ],
        [
          tls('worker', 'certificates', 'certificates', 'other'),
          /worker\.crt cannot be used here: .*not for .*other\/worker/,
        ],
      ];
      for (const [options, why] of ended) {
        const child: Child = cluster.stranger(options);
        const { exitCode, err } = await child.finished;
        assert.equal(exitCode, 1);
        assert.match(err, /^error\[TG455\]: /);
        assert.match(err, why);
      }
    }));
});
