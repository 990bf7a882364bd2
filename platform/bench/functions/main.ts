/**
 * `npm run -s bench:functions -- remote KEYS N RATE [--sdk statefun]`: a counter for each key as a remote function, over loopback
 * HTTP; messages as fast as they are taken (RATE 0) or so many a second. `-- embedded KEYS N`: the same inside the worker.
 * `-- request CLIENTS SECONDS`: called one by one over HTTP, each answered when it is durable. Options: `[--backend heap|rocksdb]
 * [--interval 1s] [--warm 20000] [--seconds 40]`, and `[--keys 1000]` of `request`.
 *
 * Prints one JSON line, with the fields of the peers (Apache StateFun in its harness; Restate); times in milliseconds, CPU in
 * microseconds a message. Without `--interval` no checkpoints are taken, as there, but for `request`, where they are part of it.
 */
import { parseArgs } from 'node:util';
import { startFunctionServer, type FunctionServerProcess, type Sdk } from './function-server.js';
import { measured } from './measured-run.js';
import { requested } from './request.js';

const USAGE = 'bench:functions remote KEYS N RATE [--sdk statefun] | embedded KEYS N | request CLIENTS SECONDS';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sdk: { type: 'string', default: 'tidegate' },
    backend: { type: 'string', default: 'heap' },
    interval: { type: 'string' },
    warm: { type: 'string', default: '20000' },
    seconds: { type: 'string', default: '40' },
    keys: { type: 'string', default: '1000' },
  },
});
const { sdk, backend, interval } = values;
const [mode, ...words] = positionals;

function benchmark(): Promise<object> {
  const [first = NaN, second = NaN, rate = 0] = words.map(Number);
  if (!(first > 0 && second > 0 && rate >= 0)) throw new Error(USAGE);
  if (backend !== 'heap' && backend !== 'rocksdb') throw new Error(USAGE);
  if (sdk !== 'tidegate' && sdk !== 'statefun') throw new Error(USAGE);
  const numbers = { keys: first, n: second, rate, warm: Number(values.warm), secondsMax: Number(values.seconds) };
  const options = { ...numbers, backend, interval } as const;
  switch (mode) {
    case 'remote':
      return served(sdk, (server) => measured(options, server));
    case 'embedded':
      return measured({ ...options, rate: 0 }, undefined);
    case 'request':
      return served(sdk, (server) => requested({ clients: first, seconds: second, keys: Number(values.keys) }, server));
    default:
      throw new Error(USAGE);
  }
}

async function served(of: Sdk, work: (server: FunctionServerProcess) => Promise<object>): Promise<object> {
  const server = await startFunctionServer(of);
  try {
    return await work(server);
  } finally {
    server.close();
  }
}

const result = await benchmark();
const told = { engine: 'tidegate', mode, sdk, ...(mode === 'request' ? {} : { backend }), ...result };
process.stdout.write(`${JSON.stringify(told)}\n`, () =>
  // What is still under way when time is up is not waited for.
  process.exit(0),
);
