/**
 * What servers of functions do wrong, and what a running application makes of it: rows F66 to F71 and F86. What a single call
 * makes of each kind of broken answer is in test/cli/functions; servers that are killed are in test/orders.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { types } from '@tidegate/functions-sdk';
import { freePort } from '@tidegate/connectors/services/free-port';
import { parseExposition, sumOf } from '../cli/telemetry/prometheus-text.js';
import { Child, inFolder, jsonLines, tidegate, until } from '../applications/child.js';
import { eventually } from '../cluster/cluster.js';
import { ask, type Answer } from '../rest/rest-client.js';
import {
  body,
  FaultyFunctions,
  hangs,
  HEAD,
  late,
  raw,
  stateChange,
  status,
  type Misbehaviour,
} from './faulty-functions.js';

/** Functions that are tried again, those whose messages are given up, and one that has to be answered in time. */
const PATIENT = 'patient';
const STRICT = 'strict';
const TIMELY = 'timely';
/** Where no function may be, however it is written. */
const FORBIDDEN = [
  ['metadata', 'http://169.254.169.254/'],
  ['decimal', 'http://2852039166/'],
  ['mapped', 'http://[::ffff:a9fe:a9fe]/'],
  ['any', 'http://0.0.0.0/'],
] as const;

const TIMEOUT_MS = 400;
const WITHIN_MS = 1000;

describe('an application that calls functions whose server', function () {
  this.timeout(60_000);
  let folder: string;
  let functions: FaultyFunctions;
  let run: Child;
  let port: number;
  let metrics: number;
  let keys = 0;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-faulty-'));
    functions = await FaultyFunctions.start();
    writeFileSync(join(folder, 'application.yaml'), application(functions));
    metrics = await freePort();
    run = new Child(['run', '--quiet', '--metrics', `127.0.0.1:${metrics}`], { cwd: folder, input: '' });
    const listening = /requests at http:\/\/127\.0\.0\.1:(\d+)\//;
    await until(() => listening.test(run.err), run);
    port = Number(listening.exec(run.err)![1]);
  });
  after(async () => {
    run.process.kill('SIGKILL');
    await run.finished;
    functions.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Has an instance of a function add 1. */
  const add = (name: string, id: string, key = `key ${keys++}`): Promise<Answer> => {
    const headers = { 'idempotency-key': encodeURIComponent(key) };
    return ask(port, `/v1/functions/fault/${name}/${id}`, { method: 'POST', body: { add: 1 }, headers });
  };

  /** Whatever was tried how often, it counted once, and the address goes on. */
  async function countsOnce(name: string, id: string): Promise<void> {
    for (let sum = 1; sum <= 2; sum++) assert.deepEqual((await add(name, id)).body, { sum });
  }

  const letters = (id: string) => jsonLines(join(folder, 'letters.jsonl')).filter((letter) => letter['split'] === id);

  const broken = Buffer.from('half of it');
  const passing: readonly (readonly [row: string, what: string, faults: readonly Misbehaviour[], again?: number])[] = [
    ['F66', 'answers 500', [status(500), status(500)]],
    ['F66', 'answers 429 and 503, and when to come again', [status(429), status(503, { 'retry-after': '0' })]],
    ['F67', 'hangs', [hangs]],
    ['F68', 'closes the connection in the middle', [raw(`${HEAD}content-length: 99\r\n\r\n`, broken), raw()]],
    ['F68', 'answers with more than it says', [raw(`${HEAD}content-length: 1\r\n\r\n`, broken)]],
    ['F70', 'answers when nobody waits any more, and was asked again', [late(TIMEOUT_MS + 50)]],
    ['F70', 'answers twice', [twice], 0],
  ];
  for (const [number, [row, what, faults, again = faults.length]] of passing.entries())
    it(`${row}: ${what} is called again until it answers, and what it did counts once`, async () => {
      const before = functions.calls.get(PATIENT) ?? 0;
      functions.misbehave(PATIENT, ...faults);
      await countsOnce(PATIENT, `passing-${number}`);
      assert.ok(functions.calls.get(PATIENT)! - before >= 2 + again, 'it was not called again');
      // What was answered late, or a second time, is heard by nobody.
      assert.deepEqual((await add(PATIENT, `passing-${number}`)).body, { sum: 3 });
    });

  const strange = { typename: types.string.typename, hasValue: true, bytes: types.string.encode('x') };
  const lasting: readonly (readonly [row: string, what: string, fault: Misbehaviour, reason: RegExp])[] = [
    ['F66', 'answers 500 again and again', status(500), /answered 500/],
    ['F69', 'answers what is no message of the protocol', body(Buffer.from('\xff\xff\xff')), /./],
    [
      'F69',
      'changes a state that nobody declared',
      body(stateChange({ name: 'none', value: strange })),
      /never declared/,
    ],
    ['F69', 'changes a state to another type', body(stateChange({ name: 'sum', value: strange })), /it is a .*int/],
    ['F69', 'answers more than it may', body(Buffer.alloc(65 * 1024)), /longer than 65536 bytes/],
  ];
  for (const [number, [row, what, fault, reason]] of lasting.entries())
    it(`${row}: ${what} has the message become a dead letter, nothing of it applied, and the address goes on`, async () => {
      const id = `lasting-${number}`;
      await countsOnce(STRICT, id);
      functions.misbehave(STRICT, fault, fault);
      const { status: code, body: told } = await add(STRICT, id, `poison ${number}`);
      assert.equal(code, 502);
      assert.match(JSON.stringify(told), reason);
      functions.misbehave(STRICT);
      assert.deepEqual((await add(STRICT, id)).body, { sum: 3 });
      await until(() => letters(id).length === 1, run);
      assert.match(String(letters(id)[0]!['reason']), reason);
    });

  it('F67: hangs, while another address of it does not: only who hangs is waited for', async () => {
    functions.misbehave(PATIENT, hangs);
    const held = add(PATIENT, 'held');
    assert.deepEqual((await add(PATIENT, 'free')).body, { sum: 1 });
    assert.deepEqual((await held).body, { sum: 1 });
  });

  it('F71: leads elsewhere is not followed there', async () => {
    let strangers = 0;
    const other = createServer((_, response) => void response.end(String(strangers++))).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
    functions.misbehave(STRICT, status(307, { location }));
    const { status: code, body: told } = await add(STRICT, 'led');
    other.close();
    assert.equal(code, 502);
    assert.match(JSON.stringify(told), /redirects are not followed/);
    assert.equal(strangers, 0);
  });

  for (const [name, where] of FORBIDDEN)
    it(`F86: is at ${where} is not called, and its caller is told why`, async () => {
      const { status: code, body: told } = await add(name, 'ann');
      assert.equal(code, 502, JSON.stringify(told));
      assert.match(JSON.stringify(told), /never called|not called/);
    });

  it('is measured: what came, was called for, failed and was given up, and how long calls took', async () => {
    const exposed = parseExposition(await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text());
    const told = (name: string): number =>
      sumOf(exposed, `tidegate_function_${name}`, { function: `fault/${STRICT}` })!;
    const calls = functions.calls.get(STRICT)!;
    assert.equal(told('invocations_total'), calls);
    assert.equal(told('invocation_duration_count'), calls);
    assert.ok(told('invocation_duration_sum') > 0);
    assert.ok(told('in_total') > 0 && told('in_total') < calls);
    assert.ok(told('invocations_failed_total') > told('dead_letters_total'));
    assert.equal(told('dead_letters_total'), lasting.length + 1);
    for (const gauge of ['in_flight', 'backlog', 'blocked']) assert.equal(told(gauge), 0);
  });

  it('answers in time decides; does not, and the default does, once: also where it answers later', async () => {
    const inTime = await add(TIMELY, 'ann', 'in time');
    assert.deepEqual([inTime.status, inTime.body, inTime.headers['tidegate-decision']], [200, { sum: 1 }, undefined]);
    functions.misbehave(TIMELY, late(WITHIN_MS + 200));
    const tooLate = await add(TIMELY, 'ann', 'too late');
    const byDefault = [200, { approve: true }, 'default'];
    assert.deepEqual([tooLate.status, tooLate.body, tooLate.headers['tidegate-decision']], byDefault);
    // What the function did counts, as a message of its own would.
    assert.deepEqual((await add(TIMELY, 'ann', 'behind it')).body, { sum: 3 });
    const again = await add(TIMELY, 'ann', 'too late');
    assert.deepEqual([again.status, again.body, again.headers['tidegate-decision']], byDefault);
  });
});

describe('an application whose functions are away, with as much waiting for them as may', function () {
  this.timeout(60_000);

  it('F67: is stopped with a savepoint, and goes on from there when they are back', () =>
    inFolder(async (folder) => {
      const functions = await FaultyFunctions.start();
      try {
        functions.misbehave(PATIENT, ...Array<Misbehaviour>(1000).fill(status(503)));
        const events = Array.from({ length: 5000 }, (_, i) => `${JSON.stringify({ add: 1, id: `k${i % 5}` })}\n`);
        writeFileSync(join(folder, 'events.jsonl'), events.join(''));
        writeFileSync(join(folder, 'application.yaml'), awayApplication(functions));
        const run = new Child(['run', '--quiet'], { cwd: folder, input: '' });
        await until(() => run.err.includes('nothing comes in until some are delivered'), run);
        const { exitCode, err } = await tidegate(['savepoint', '--stop'], { cwd: folder });
        assert.equal(exitCode, 0, err);
        assert.equal((await run.finished).exitCode, 0);
        functions.misbehave(PATIENT);
        const again = new Child(['run', '--quiet'], { cwd: folder, input: '' });
        const sum = async (): Promise<unknown> => {
          const words = ['functions', 'get', '.', `fault/${PATIENT}`, 'k0', 'sum'];
          const { out } = await tidegate(words, { cwd: folder });
          return out === '' ? undefined : (JSON.parse(out) as { readonly value: unknown }).value;
        };
        await eventually(async () => (await sum()) === events.length / 5);
        again.process.kill('SIGKILL');
        await again.finished;
      } finally {
        functions.close();
      }
    }));
});

describe('an application that fails with a message of its functions', function () {
  this.timeout(60_000);

  const ended = (folder: string): Promise<{ readonly exitCode: number | null; readonly err: string }> =>
    tidegate(['run', '--quiet'], { cwd: folder });

  it('F66: is restarted as its settings say, and has what comes of the message when it is handled', () =>
    inFolder(async (folder) => {
      const functions = await FaultyFunctions.start();
      try {
        functions.misbehave(STRICT, status(404), status(404));
        writeFileSync(join(folder, 'application.yaml'), failingApplication(functions.urlOf(STRICT)));
        writeFileSync(join(folder, 'events.jsonl'), `${JSON.stringify({ add: 1, id: 'ann' })}\n`);
        const { exitCode, err } = await ended(folder);
        assert.equal(exitCode, 0, err);
        assert.match(err, /TG481.*failed once.*answered 404/);
        // Two calls fail, one asks for the state, and one has it.
        assert.ok(functions.calls.get(STRICT)! >= 3);
      } finally {
        functions.close();
      }
    }));

  it('F86: ends, where it is not allowed to call: that takes an edit', () =>
    inFolder(async (folder) => {
      writeFileSync(join(folder, 'application.yaml'), failingApplication('http://169.254.169.254/'));
      writeFileSync(join(folder, 'events.jsonl'), `${JSON.stringify({ add: 1, id: 'ann' })}\n`);
      const { exitCode, err } = await ended(folder);
      assert.equal(exitCode, 1);
      assert.match(err, /error\[TG481\].*never called/);
    }));
});

function failingApplication(url: string): string {
  return `name: failing
settings: { parallelism: 1, checkpoint: { interval: 100ms }, restart: { initial: 50ms } }
ingresses:
  events: { file: events.jsonl, schema: { add: int, id: string } }
functions:
  fault/${STRICT}: { http: "${url}", onFailure: { retries: 0, then: fail } }
routes:
  events: { from: events, to: { function: fault/${STRICT}, id: id, type: fault/Ask } }
egresses: {}
`;
}

function awayApplication(functions: FaultyFunctions): string {
  return `name: away
settings: { parallelism: 1, checkpoint: { interval: 200ms }, memory: { functions: 64KiB } }
ingresses:
  events: { file: { path: events.jsonl, follow: true }, schema: { add: int, id: string } }
functions:
  fault/${PATIENT}: { http: "${functions.urlOf(PATIENT)}" }
routes:
  events: { from: events, to: { function: fault/${PATIENT}, id: id, type: fault/Ask } }
egresses: {}
`;
}

/** Answers, and at once a second time. */
function twice(...[request, response, answer]: Parameters<Misbehaviour>): void {
  const { socket } = request;
  response.once('finish', () => socket.write(`${HEAD}content-length: 3\r\n\r\nxyz`));
  answer(request, response);
}

function application(functions: FaultyFunctions): string {
  const types = (names: readonly string[]): string => names.map((name) => `fault/${name}: fault/Ask`).join(', ');
  const names = [PATIENT, STRICT, TIMELY, ...FORBIDDEN.map(([name]) => name)];
  const forbidden = FORBIDDEN.map(
    ([name, url]) => `  fault/${name}: { http: "${url}", onFailure: { retries: 0, then: fail } }`,
  );
  return `name: faulty
settings: { checkpoint: { interval: 200ms } }
ingresses: {}
functions:
  fault/${PATIENT}:
    http: { url: "${functions.urlOf(PATIENT)}", timeout: ${TIMEOUT_MS}ms }
  fault/${STRICT}:
    http: { url: "${functions.urlOf(STRICT)}", maxAnswer: 64KiB }
    onFailure: { retries: 1, then: dead-letter, to: letters }
  fault/${TIMELY}: { http: "${functions.urlOf(TIMELY)}" }
${forbidden.join('\n')}
requests:
  port: 0
  functions: { ${types(names)} }
  decisions:
    fault/${TIMELY}: { within: ${WITHIN_MS}ms, default: { approve: true } }
egresses:
  letters: { file: letters.jsonl }
`;
}
