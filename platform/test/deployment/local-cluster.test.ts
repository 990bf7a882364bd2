import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@tidegate/connectors/services/free-port';
import { LocalCluster, PORTS } from '../../scripts/cluster/local-cluster.js';
import { ROOT } from '../applications/child.js';
import { eventually } from '../cluster/cluster.js';

const COMMAND = join(ROOT, 'platform', 'bin', 'tidegate.cjs');

describe('npm run cluster', function () {
  this.timeout(120_000);
  let folder: string;
  let port: number;
  let cluster: LocalCluster;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-local-'));
    port = await freePorts();
    cluster = new LocalCluster({ folder, command: COMMAND, port });
  });
  afterEach(async () => {
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const roles = async (): Promise<readonly (string | undefined)[]> => (await cluster.status()).map(({ role }) => role);
  const pids = async (): Promise<readonly (number | undefined)[]> => (await cluster.status()).map(({ pid }) => pid);

  it('starts a leader, one that stands by, and two workers; starts again what is gone, and stops all of them', async () => {
    assert.deepEqual(await pids(), [undefined, undefined, undefined, undefined]);
    await cluster.start({});
    await eventually(async () => String(await roles()) === 'leader,standby,,');
    const before = await pids();
    process.kill(before[2]!, 'SIGKILL');
    // Its sockets close a moment after it is gone.
    await eventually(async () => (await pids())[2] === undefined && (await isFree(port + 6)));
    await cluster.start({});
    const after = await pids();
    assert.ok(after[2] !== undefined && after[2] !== before[2]);
    assert.deepEqual(after.toSpliced(2, 1), before.toSpliced(2, 1));
    await cluster.stop();
    assert.deepEqual(await pids(), [undefined, undefined, undefined, undefined]);
  });

  it('stops what it has started when one does not start, and says which', async () => {
    const inTheWay = await listening(port + PORTS - 1);
    try {
      await assert.rejects(cluster.start({}), { message: `worker-2: port ${port + PORTS - 1} is already in use` });
      assert.deepEqual(await pids(), [undefined, undefined, undefined, undefined]);
    } finally {
      inTheWay.close();
    }
  });
});

/** The first of as many in a row as a cluster takes. */
async function freePorts(): Promise<number> {
  for (;;) {
    const first = await freePort();
    const servers = await Promise.allSettled(Array.from({ length: PORTS }, (_, index) => listening(first + index)));
    const open = servers.flatMap((server) => (server.status === 'fulfilled' ? [server.value] : []));
    await Promise.all(open.map((server) => new Promise((resolve) => server.close(resolve))));
    if (open.length === PORTS) return first;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = await listening(port).catch(() => undefined);
  if (server !== undefined) await new Promise((resolve) => server.close(resolve));
  return server !== undefined;
}

function listening(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
