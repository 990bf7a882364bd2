import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { CommandFolder } from '../command-line.js';

const TEXT = `name: app
settings: { parallelism: "\${WORKERS:3}" }
ingresses:
  i:
    file: p.jsonl
    time: { field: ts, maxOutOfOrderness: 90s }
rules:
  r: { from: i, to: e, key: a, where: a > 1 }
egresses:
  e: { file: "out/\${secret:token}.jsonl" }
`;

describe('tidegate config', () => {
  let folder: CommandFolder;
  beforeEach(() => (folder = new CommandFolder().write('application.yaml', TEXT).write('token', 'hunter22\n')));
  afterEach(() => folder.remove());

  it('prints every default, in the form of the file', async () => {
    const { exitCode, out } = await folder.call(['config']);
    assert.equal(exitCode, 0);
    const config = parse(out) as Record<string, Record<string, unknown>>;
    assert.deepEqual(config['settings'], {
      parallelism: 3,
      maxParallelism: 128,
      stateDir: `${folder.path}/.tidegate/app`,
      maxRecordSize: '1MiB',
      bufferTimeout: '10ms',
      checkpoint: {
        interval: '1s',
        mode: 'exactly-once',
        unaligned: true,
        alignedTimeout: '5s',
        timeout: '10m',
        retain: 3,
        minPause: '0s',
        tolerableFailures: 0,
      },
      restart: {
        strategy: 'exponential-delay',
        initial: '1s',
        max: '1m',
        multiplier: 1.5,
        jitter: 0.1,
        resetAfter: '1h',
      },
      state: { backend: 'rocksdb' },
      memory: { state: '256MiB', network: '64MiB', functions: '64MiB' },
    });
    const { i } = config['ingresses'] as { i: { time: unknown; onBadRecord: unknown } };
    assert.deepEqual(i.time, { field: 'ts', maxOutOfOrderness: '1m30s', order: 'sorted' });
    assert.equal(i.onBadRecord, 'fail');
  });

  it('replaces placeholders and masks secrets', async () => {
    const { out } = await folder.call(['config', '--format', 'json'], { env: { WORKERS: '5' } });
    const config = JSON.parse(out) as {
      settings: { parallelism: number };
      egresses: { e: { file: { path: string } } };
    };
    assert.equal(config.settings.parallelism, 5);
    assert.equal(config.egresses.e.file.path, 'out/***.jsonl');
    assert.ok(!out.includes('hunter22'));
  });

  it('prints what is wrong instead, on the other stream', async () => {
    const { exitCode, out, err } = await folder
      .write('application.yaml', TEXT.replace('from: i', 'from: j'))
      .call(['config']);
    assert.deepEqual([exitCode, out], [1, '']);
    assert.match(err, /^error\[TG120\]/);
  });
});
