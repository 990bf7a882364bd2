import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { ROOT, tidegate } from '../applications/child.js';

interface Service {
  readonly image?: string;
  readonly command?: readonly string[] | string;
  readonly entrypoint?: readonly string[] | string;
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly volumes?: readonly (string | { readonly type: string })[];
  readonly configs?: readonly { readonly source: string }[];
  readonly deploy?: { readonly resources?: { readonly limits?: { readonly memory?: string; readonly cpus?: string } } };
  readonly profiles?: readonly string[];
  readonly ports?: readonly string[];
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly configs: Readonly<Record<string, { readonly content: string }>>;
}

const COMPOSE = parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true }) as Compose;
const SCHEMA = JSON.parse(readFileSync(join(ROOT, 'platform/test/deployment/compose-spec.json'), 'utf8')) as object;
const DOCKERFILE = readFileSync(join(ROOT, 'platform/docker/Dockerfile'), 'utf8');

const services = Object.entries(COMPOSE.services);
const ours = services.filter(([, { image }]) => image === 'tidegate');
/** Those that go on running. */
const lasting = services.filter(([name, { profiles }]) => profiles === undefined && name !== 'certificates');

/** The calls of `tidegate` that a service makes: its command, or those in its shell text. */
function callsOf({ command = [], entrypoint }: Service): readonly (readonly string[])[] {
  if (entrypoint === undefined) return [[...command]];
  const text = [...entrypoint, ...command].join('\n');
  return [...text.matchAll(/\btidegate ([a-z][^\n>|;]*)/g)].map(([, words = '']) => words.trim().split(/\s+/));
}

describe('docker-compose.yml', () => {
  const validate = new Ajv2020({ strict: false, validateFormats: false, allErrors: true }).compile(SCHEMA);

  it('is what the Compose Specification says', () => {
    assert.ok(validate(COMPOSE), JSON.stringify(validate.errors, undefined, 2));
  });

  it('would not be, with a word that the specification does not know', () => {
    const { coordinator, ...others } = COMPOSE.services;
    assert.ok(!validate({ ...COMPOSE, services: { ...others, coordinator: { ...coordinator, helthcheck: {} } } }));
  });

  it('starts what a cluster is made of, and what it is used with', () => {
    const cluster = ['coordinator', 'standby', 'worker-1', 'worker-2'];
    const around = ['kafka', 'redis', 'otel-collector', 'prometheus', 'jaeger'];
    assert.deepEqual(lasting.map(([name]) => name).sort(), [...cluster, ...around].sort());
  });

  for (const [name, service] of ours) {
    for (const [command = '', ...words] of callsOf(service)) {
      it(`calls tidegate ${command} for ${name} with options that there are`, async () => {
        const { out, exitCode } = await tidegate([command, '--help']);
        assert.equal(exitCode, 0);
        const options = words.filter((word) => word.startsWith('--')).map((word) => word.split('=')[0]!);
        for (const option of options) assert.match(out, new RegExp(`${option}\\b`), option);
        if (!['client', 'certificates'].includes(name)) assert.ok(options.length > 0);
      });
    }
  }

  it('lets nobody in without certificates and tokens, and says --insecure nowhere', () => {
    for (const [name, service] of ours) {
      for (const words of callsOf(service)) {
        assert.ok(!words.includes('--insecure'), name);
        if (words[0] !== 'coordinator' && words[0] !== 'worker') continue;
        for (const option of ['--tls-certificate', '--tls-key', '--tls-ca'])
          assert.ok(
            words.some((word) => word.startsWith(`${option}=`)),
            `${name}: ${option}`,
          );
        if (words[0] === 'coordinator') assert.ok(words.some((word) => word.startsWith('--tokens=')));
      }
    }
  });

  it('is reached from this machine alone', () => {
    for (const [name, { ports = [] }] of services)
      for (const port of ports) assert.match(port, /^127\.0\.0\.1:\d+:\d+$/, name);
  });

  it('bounds the memory and the processors of all that goes on running', () => {
    for (const [name, { deploy }] of lasting) {
      const { memory, cpus } = deploy?.resources?.limits ?? {};
      assert.ok(memory !== undefined && cpus !== undefined, name);
    }
  });

  it('waits only for services that there are, for the health only of those that tell it, and mounts what is declared', () => {
    for (const [name, { depends_on = {}, volumes = [], configs = [] }] of services) {
      for (const [other, { condition }] of Object.entries(depends_on)) {
        const { healthcheck, image } = COMPOSE.services[other] ?? assert.fail(`${name} waits for ${other}`);
        const tellsHealth = healthcheck?.test !== undefined || (image === 'tidegate' && healthcheck?.disable !== true);
        if (condition === 'service_healthy') assert.ok(tellsHealth, `${name} waits for the health of ${other}`);
      }
      for (const volume of volumes) {
        if (typeof volume !== 'string' || /^[./]/.test(volume)) continue;
        assert.ok(Object.hasOwn(COMPOSE.volumes, volume.split(':')[0]!), `${name}: ${volume}`);
      }
      for (const { source } of configs) assert.ok(Object.hasOwn(COMPOSE.configs, source), `${name}: ${source}`);
    }
  });

  it('holds settings of the collector and of Prometheus that can be read', () => {
    for (const { content } of Object.values(COMPOSE.configs)) assert.equal(typeof parse(content), 'object');
  });

  it('has processes ask themselves whether they are well where they serve it', () => {
    const [, port] = /127\.0\.0\.1:(\d+)\/metrics/.exec(DOCKERFILE) ?? [];
    for (const [name, { command = [], entrypoint, healthcheck }] of ours) {
      if (entrypoint !== undefined) assert.equal(healthcheck?.disable, true, name);
      else assert.ok(command.includes(`--metrics=127.0.0.1:${port}`), name);
    }
  });
});

describe('the image', () => {
  it('runs as nobody in particular, below an init that passes signals on', () => {
    const last = DOCKERFILE.slice(DOCKERFILE.lastIndexOf('\nFROM '));
    assert.match(last, /^USER node$/m);
    assert.match(last, /^ENTRYPOINT \["tini", "--", "tidegate"\]$/m);
    assert.ok(DOCKERFILE.indexOf('\nFROM ') < DOCKERFILE.lastIndexOf('\nUSER node'));
  });

  it('has the Node that the product asks for', () => {
    const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { engines: { node: string } };
    const versions = [...DOCKERFILE.matchAll(/^FROM node:(\d+)-/gm)].map(([, version]) => version);
    assert.equal(versions.length, 2);
    for (const version of versions) assert.ok(engines.node.startsWith(`>=${version}.`));
  });
});
