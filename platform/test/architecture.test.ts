/**
 * The house as data, and the test that keeps it true (`architecture.md`, style principle 1). To add a folder, put it on
 * its floor here; to let a file reach a clock, dice, a timer, the disk or the network, name it as a door with a reason.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { checkHouse, type House } from './architecture/check.js';

const DATA_PLANE = ['state', 'time', 'network', 'functions', 'operators', 'task'];
const FRONT = ['spec', 'plan'];
const CONTROL_PLANE = ['scheduling', 'checkpoint', 'recovery', 'coordinator'];

const HOUSE: House = {
  star: {
    cep: [],
    connectors: [],
    'functions-sdk': [],
    platform: ['cep', 'connectors', 'functions-sdk'],
  },
  floors: [
    ...['common', 'metrics', 'tracing', 'wire', 'record', 'expression', 'job'],
    ...DATA_PLANE,
    ...FRONT,
    'rpc',
    ...CONTROL_PLANE,
    ...['taskmanager', 'simulation', 'rest', 'cli'],
  ],
  apart: [
    { of: FRONT, from: DATA_PLANE },
    { of: CONTROL_PLANE, from: DATA_PLANE },
  ],
  worldModules: [
    ...['fs', 'fs/promises', 'net', 'http', 'https', 'http2', 'tls', 'dgram', 'dns', 'dns/promises', 'os'],
    ...['child_process', 'cluster', 'worker_threads', 'perf_hooks', 'timers', 'timers/promises', 'readline'],
  ],
  worldNames: [
    /\bDate\.now\b/,
    /\bnew\s+Date\s*(?:\(\s*\)|(?![\s(]))/,
    /(?<!new\s+)(?<![.\w$])Date\s*\(/,
    /\bperformance\.now\b/,
    /\bprocess\.hrtime\b/,
    /\bMath\.random\b/,
    /\b(?:randomUUID|randomBytes|randomInt|randomFill|randomFillSync|getRandomValues)\b/,
    /(?<![.\w$])(?:setTimeout|setInterval|setImmediate)\b/,
    /\b(?:globalThis|global)\.(?:setTimeout|setInterval|setImmediate)\b/,
  ],
  doors: {
    'platform/src/state/rocksdb/': {
      opens: 'modules',
      because: 'RocksDB’s folder is on this disk, whatever the checkpoint storage is',
    },
    'platform/src/rest/': { opens: 'modules', because: 'it serves HTTP' },
    'platform/src/cli/': { opens: 'everything', because: 'the composition root' },
    'platform/src/simulation/threads/': { opens: 'modules', because: 'worlds are run in threads' },
    'platform/src/simulation/main.ts': { opens: 'everything', because: 'a command: its budget is real time' },
    'cep/src/conformance/': { opens: 'modules', because: 'the conformance command reads case files' },
    // ConnectorContext gives connectors their clock, timers and dice.
    'connectors/src/disk/': { opens: 'modules', because: 'files, and what must be exactly right on them' },
    'connectors/src/event-log/': { opens: 'modules', because: 'the log on disk that makes requests repeatable' },
    'connectors/src/file/': { opens: 'modules', because: 'files' },
    'functions-sdk/src/embedded/': { opens: 'everything', because: 'functions run in a thread of a platform' },
    'functions-sdk/src/serving/': { opens: 'everything', because: 'a server of functions is a process of its own' },
    'connectors/src/calling/': { opens: 'modules', because: 'sockets, and the names that they are dialled by' },
    'connectors/src/http/': { opens: 'modules', because: 'sockets' },
    'connectors/src/playground/': { opens: 'modules', because: 'sockets' },
  },
};

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The house's own sources: what is tested, not tests, benchmarks and scripts. */
function readSources(): Map<string, string> {
  const sources = new Map<string, string>();
  for (const name of Object.keys(HOUSE.star)) {
    for (const entry of readdirSync(`${root}/${name}/src`, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
      const path = `${entry.parentPath}/${entry.name}`.replaceAll('\\', '/');
      sources.set(path.slice(path.indexOf(`/${name}/src/`) + 1), readFileSync(path, 'utf8'));
    }
  }
  return sources;
}

describe('the architecture', () => {
  it('is kept: the star, the floors, no cycle, and no way to the world but by the listed doors', () => {
    const sources = readSources();
    assert.ok(sources.size > 0, 'no sources were found');
    assert.deepEqual(checkHouse(sources, HOUSE), []);
  });

  const violations: [rule: string, sources: Record<string, string>, message: RegExp][] = [
    [
      'a lower floor importing a higher one',
      { 'platform/src/record/a.ts': "import { b } from '../task/b.js';", 'platform/src/task/b.ts': '' },
      /^platform\/src\/record\/a\.ts:1 imports task \(floor 13\) from record \(floor 5\)$/,
    ],
    [
      'a type import against the floors',
      { 'platform/src/common/a.ts': "\nimport type { B } from '../plan/b.js';" },
      /^platform\/src\/common\/a\.ts:2 imports plan/,
    ],
    [
      'an export and a dynamic import against the floors',
      { 'platform/src/job/a.ts': "export * from '../cli/b.js'; const c = await import('../cli/c.js');" },
      /imports cli.*\n.*imports cli/,
    ],
    ['the front importing the data plane', { 'platform/src/plan/a.ts': "import '../operators/b.js';" }, /kept apart/],
    [
      'the control plane importing the data plane',
      { 'platform/src/recovery/a.ts': "import '../state/b.js';" },
      /kept apart/,
    ],
    ['a folder on no floor', { 'platform/src/helpers/a.ts': "import '../job/b.js';" }, /helpers is on no floor/],
    [
      'an import of a folder on no floor',
      { 'platform/src/cli/a.ts': "import '../helpers/b.js';" },
      /helpers is on no floor/,
    ],
    [
      'a leaf importing platform',
      { 'cep/src/a.ts': "import '@tidegate/platform';" },
      /package cep may import nothing of ours/,
    ],
    [
      'a leaf reaching into another by path',
      { 'cep/src/a.ts': "import '../../connectors/src/b.js';" },
      /imports connectors/,
    ],
    [
      'a cycle of files',
      { 'cep/src/a.ts': "import './b.js';", 'cep/src/b.ts': "import './c.js';", 'cep/src/c.ts': "import './a.js';" },
      /^cycle of imports: cep\/src\/a\.ts → cep\/src\/b\.ts → cep\/src\/c\.ts → cep\/src\/a\.ts$/,
    ],
    [
      'a cycle beside a type import',
      {
        'cep/src/a.ts': "import type { X } from './b.js';\nimport { b } from './b.js';",
        'cep/src/b.ts': "export * from './a.js';",
      },
      /^cycle of imports/,
    ],
    ['a clock', { 'cep/src/a.ts': 'const t = Date.now();' }, /^cep\/src\/a\.ts:1 uses Date\.now: go through a port$/],
    ['new Date() without argument', { 'cep/src/a.ts': 'const t = new Date( );' }, /uses new Date/],
    ['new Date without parentheses', { 'cep/src/a.ts': 'const t = new Date;' }, /uses new Date/],
    ['Date as a function', { 'cep/src/a.ts': 'const t = Date();' }, /uses Date\(/],
    ['performance.now', { 'platform/src/task/a.ts': '\n\nperformance.now();' }, /a\.ts:3 uses performance\.now/],
    ['process.hrtime', { 'platform/src/task/a.ts': 'process.hrtime.bigint();' }, /uses process\.hrtime/],
    ['dice', { 'platform/src/task/a.ts': 'Math.random();' }, /uses Math\.random/],
    ['randomness of crypto', { 'connectors/src/x/a.ts': 'crypto.randomUUID();' }, /uses randomUUID/],
    ['a timer', { 'connectors/src/x/a.ts': 'setTimeout(f, 1);' }, /uses setTimeout/],
    [
      'a timer by globalThis',
      { 'connectors/src/x/a.ts': 'globalThis.setImmediate(f);' },
      /uses globalThis\.setImmediate/,
    ],
    ['a clock inside a template', { 'cep/src/a.ts': 'const t = `at ${Date.now()}`;' }, /uses Date\.now/],
    ['the disk', { 'platform/src/spec/a.ts': "import { readFileSync } from 'node:fs';" }, /imports node:fs/],
  ];
  for (const [rule, sources, message] of violations) {
    it(`fails on ${rule}`, () => {
      const found = checkHouse(new Map(Object.entries(sources)), { ...HOUSE, doors: {} });
      assert.match(found.join('\n'), message);
    });
  }

  it('fails on a listed door that leads nowhere', () => {
    const found = checkHouse(new Map(), {
      ...HOUSE,
      doors: { 'platform/src/nowhere/': { opens: 'everything', because: 'a test' } },
    });
    assert.deepEqual(found, ['platform/src/nowhere/ is listed as a door to the world, but there is no such file']);
  });

  const innocent: [what: string, sources: Record<string, string>][] = [
    ['an import of a lower floor', { 'platform/src/task/a.ts': "import { b } from '../record/b.js';" }],
    ['the root of the star importing a leaf', { 'platform/src/job/a.ts': "import '@tidegate/cep';" }],
    [
      "two files naming each other's types",
      {
        'cep/src/a.ts': "export type { B } from './b.js';",
        'cep/src/b.ts': "import {\n  a } from './a.js';\nimport type * as c from './c.js';",
        'cep/src/c.ts': "import './b.js';",
      },
    ],
    ['a banned name in a comment', { 'cep/src/a.ts': '// Date.now()\n/* Math.random() */' }],
    ['a banned name in text', { 'cep/src/a.ts': 'const t = "Date.now()" + `setTimeout ${1} Math.random`;' }],
    ['a banned name in a regular expression', { 'cep/src/a.ts': 'const t = /"Date.now/.test(x); // "' }],
    ['a division', { 'cep/src/a.ts': "const t = a / b; const u = c / d; // it's" }],
    ['a date of a given time', { 'cep/src/a.ts': 'const t = new Date(ms).toISOString();' }],
    ['a port that is named like a timer', { 'cep/src/a.ts': 'this.timers.setTimeout(1);' }],
    ['a word before text that is no import', { 'cep/src/a.ts': "Buffer.from('../../platform/src/x.js');" }],
  ];
  for (const [what, sources] of innocent) {
    it(`allows ${what}`, () => {
      assert.deepEqual(checkHouse(new Map(Object.entries(sources)), { ...HOUSE, doors: {} }), []);
    });
  }

  it('lets a listed door reach the world as far as it opens', () => {
    const source = "import 'node:fs'; Date.now();";
    const sources = new Map(['open/a.ts', 'io/a.ts'].map((path) => [path, source]));
    const doors: House['doors'] = {
      'open/': { opens: 'everything', because: 'a test' },
      'io/': { opens: 'modules', because: 'a test' },
    };
    assert.deepEqual(checkHouse(sources, { ...HOUSE, doors }), ['io/a.ts:1 uses Date.now: go through a port']);
  });
});
