/**
 * The benchmark command: `cep.js WORKLOAD COUNT [--engine tidegate|handcoded]` prints one line of JSON.
 *
 * Events are made before the clock starts; after a warm-up on a prefix come three measured passes. With `--expose-gc`
 * (as the npm script has it), `stateMB50k` is the heap that the engine holds after the first 50,000 events, in units of
 * 2^20 bytes; else it is -1.
 */
import { handcoded } from './handcoded.js';
import { tidegate } from './tidegate.js';
import { WORKLOADS, type Pass, type Prepared, type Workload } from './workload.js';

const ENGINES = { tidegate, handcoded };
const MEASURED_PASSES = 3;
const WARM_UP_EVENTS = 2_000_000;
const WARM_UP_PREFIX = 400_000;
const MAX_WARM_UP_PASSES = 20;
const STATE_EVENTS = 50_000;

interface Arguments {
  readonly workload: Workload;
  readonly count: number;
  readonly engine: keyof typeof ENGINES;
}

function main(): void {
  const { workload, count, engine } = parse(process.argv.slice(2));
  const prepared = ENGINES[engine](workload, count);
  warmUp(prepared, count);
  const results = Array.from({ length: MEASURED_PASSES }, () => measure(prepared, count));
  const speeds = results.map(({ eps }) => eps).sort((left, right) => left - right);
  const cpu = results.map(({ cpuUsPerEvent }) => cpuUsPerEvent).sort((left, right) => left - right);
  const [{ pass } = fail('no measured pass')] = results;
  const line = {
    engine,
    workload,
    n: count,
    epsMedian: speeds[1],
    epsMin: speeds[0],
    epsMax: speeds[2],
    cpuUsPerEvent: cpu[1],
    matches: pass.tally.matches,
    checksum: pass.tally.checksum,
    stateMB50k: stateMegabytes(prepared, count),
  };
  console.log(JSON.stringify(line));
}

/** Passes over a prefix, until the compiler of the machine has had its fill. */
function warmUp(prepared: Prepared, count: number): void {
  const prefix = Math.min(count, WARM_UP_PREFIX);
  const passes = Math.min(MAX_WARM_UP_PASSES, Math.ceil(WARM_UP_EVENTS / prefix));
  for (let pass = 0; pass < passes; pass++) measure(prepared, prefix);
}

function measure(prepared: Prepared, count: number): { pass: Pass; eps: number; cpuUsPerEvent: number } {
  const pass = prepared.pass(count);
  const cpuStart = process.cpuUsage();
  const start = process.hrtime.bigint();
  run(pass);
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const cpu = process.cpuUsage(cpuStart);
  return {
    pass,
    eps: Math.round(count / seconds),
    cpuUsPerEvent: Number(((cpu.user + cpu.system) / count).toFixed(4)),
  };
}

function run(pass: Pass): void {
  pass.feed();
  pass.finish();
}

function stateMegabytes(prepared: Prepared, count: number): number {
  const { gc } = globalThis;
  if (gc === undefined) return -1;
  const used = (): number => {
    gc();
    gc();
    return process.memoryUsage().heapUsed;
  };
  const before = used();
  const pass = prepared.pass(Math.min(count, STATE_EVENTS));
  pass.feed();
  const held = used() - before;
  pass.finish();
  return Math.round((held / 2 ** 20) * 10) / 10;
}

function parse(words: readonly string[]): Arguments {
  const flag = words.indexOf('--engine');
  const engine = flag < 0 ? 'tidegate' : (words[flag + 1] ?? '');
  const [workload = '', number = ''] =
    flag < 0 ? words : words.filter((_, index) => index !== flag && index !== flag + 1);
  if (workload === 'W5') fail('W5 is about windows, which the pattern engine does not have: use W1-W4 or W6');
  const known = WORKLOADS.find((name) => name === workload);
  const count = Number(number);
  if (
    known === undefined ||
    !Number.isInteger(count) ||
    count < 1 ||
    !(engine === 'tidegate' || engine === 'handcoded')
  ) {
    return fail(`usage: bench:cep -- ${WORKLOADS.join('|')} COUNT [--engine ${Object.keys(ENGINES).join('|')}]`);
  }
  return { workload: known, count, engine };
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}

main();
