/** Functions that are written with Apache StateFun's own JavaScript SDK, called by `tidegate run`: nothing of them is changed. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { CommandFolder } from '../command-line.js';

interface Apache {
  readonly StateFun: {
    new (): { bind(spec: object): void; handler(): RequestListener };
    intType(): object;
    jsonType(name: string): object;
  };
  messageBuilder(message: object): object;
  kafkaEgressMessage(message: object): object;
}

interface ApacheContext {
  readonly self: { readonly id: string };
  readonly storage: { visits: number | null };
  send(message: object): void;
}

interface ApacheMessage {
  as<T>(type: object): T;
}

const { StateFun, messageBuilder, kafkaEgressMessage } = createRequire(import.meta.url)(
  'apache-flink-statefun',
) as Apache;

/** StateFun's example: a person counts its visits, and the greeter writes a greeting for each. */
function people(): RequestListener {
  const functions = new StateFun();
  const Visit = StateFun.jsonType('example/Visit');
  const Greeting = StateFun.jsonType('example/Greeting');
  functions.bind({
    typename: 'example/person',
    specs: [{ name: 'visits', type: StateFun.intType() }],
    fn(context: ApacheContext, message: ApacheMessage): void {
      const { name } = message.as<{ name: string }>(Visit);
      context.storage.visits = (context.storage.visits ?? 0) + 1;
      const value = { name, visits: context.storage.visits };
      context.send(messageBuilder({ typename: 'example/greeter', id: context.self.id, value, valueType: Greeting }));
    },
  });
  functions.bind({
    typename: 'example/greeter',
    fn(context: ApacheContext, message: ApacheMessage): void {
      const { name, visits } = message.as<{ name: string; visits: number }>(Greeting);
      const value = `Hello ${name}, visit ${visits}`;
      context.send(kafkaEgressMessage({ typename: 'example/greets', topic: 'greetings', key: name, value }));
    },
  });
  return functions.handler();
}

describe('functions of Apache’s own JavaScript SDK', () => {
  let server: Server;
  let folder: CommandFolder;

  beforeEach(async () => {
    folder = new CommandFolder();
    server = createServer(people());
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
    folder.remove();
  });

  it('are called by a run, keep their state and send to each other and out', async function () {
    this.timeout(60_000);
    const http = `"http://127.0.0.1:${(server.address() as AddressInfo).port}/statefun"`;
    const names = ['Ann', 'Bob', 'Ann', 'Ann'];
    const visits = names.map((name) => JSON.stringify({ who: name, visit: JSON.stringify({ name }) }));
    folder.write('visits.jsonl', `${visits.join('\n')}\n`).write(
      'application.yaml',
      `name: people
ingresses:
  visits: { file: visits.jsonl }
functions:
  example/person: { http: ${http} }
  example/greeter: { http: ${http} }
routes:
  each-visit: { from: visits, to: { function: example/person, id: who, type: example/Visit, value: visit } }
egresses:
  greets: { file: out/greets.txt, format: bytes, typename: example/greets }
`,
    );
    const { exitCode, err } = await folder.call(['run', '--quiet']);
    assert.equal(exitCode, 0, err);
    const greets = readFileSync(join(folder.path, 'out/greets.txt'), 'utf8').trim().split('\n');
    assert.deepEqual(
      [greets.filter((one) => one.includes('Ann')), greets.filter((one) => one.includes('Bob'))],
      [['Hello Ann, visit 1', 'Hello Ann, visit 2', 'Hello Ann, visit 3'], ['Hello Bob, visit 1']],
    );
  });

  it('have an application in their module', async () => {
    folder.write(
      'module.yaml',
      `kind: io.statefun.endpoints.v2/http
spec:
  functions: example/person
  urlPathTemplate: http://localhost:8000/statefun
  maxNumBatchRequest: 5
---
kind: io.statefun.kafka.v1/ingress
spec:
  id: example/visits
  address: localhost:9092
  topics:
    - topic: visits
      valueType: example/Visit
      targets: [example/person]
---
kind: io.statefun.kafka.v1/egress
spec:
  id: example/greets
  address: localhost:9092
`,
    );
    const { exitCode, out } = await folder.call(['validate', 'module.yaml']);
    assert.equal(exitCode, 0, out);
    assert.match(out, /warning\[TG160\]: spec\.maxNumBatchRequest .*did you mean "maxNumBatchRequests"\?/);
    assert.match(out, /module\.yaml is valid: 1 ingress, 0 rules, 1 function, 1 route, 1 egress/);
  });
});
