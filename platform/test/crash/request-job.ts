/**
 * A job whose functions answer requests, and take messages from elsewhere meanwhile: an `entry` remembers, in their order,
 * the names of all that it was sent, and answers with how many there were. Some requests are answered by another function,
 * a `clerk`, to whom the entry hands on who asked.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  persisted,
  remoteFunction,
  serve,
  statefulFunction,
  types,
  type FunctionServer,
} from '@tidegate/functions-sdk';
import { Child, until } from '../applications/child.js';

interface Asked {
  readonly name: string;
  readonly by?: 'clerk';
  readonly read?: true;
}

const Ask = types.json<Asked>('test/Ask');
const Names = types.json<readonly string[]>('test/Names');
const Handed = types.json<{ readonly name: string; readonly place: number; readonly to: { type: string; id: string } }>(
  'test/Handed',
);
const Counted = types.json<{ readonly name: string; readonly place: number }>('test/Counted');
const clerk = remoteFunction('test/clerk', [Handed]);

const entry = statefulFunction('test/entry', {
  state: { names: persisted(types.json<string[]>('test/Kept'), { default: () => [] }) },
}).on(Ask, (context, { name, by, read }) => {
  const { names } = context.state;
  if (read === true) return context.reply(Names, names);
  names.push(name);
  const place = names.length;
  if (context.caller === undefined) return;
  if (by === 'clerk')
    context.send(clerk.at(`clerk of ${context.self.id}`), Handed, { name, place, to: context.caller });
  else context.reply(Counted, { name, place });
});

/** Its answer says what it was told. */
const clerks = statefulFunction('test/clerk', {
  state: { seen: persisted(types.int, { default: 0 }) },
}).on(Handed, (context, { name, place, to }) => {
  context.state.seen++;
  context.send(to, Counted, { name, place });
});

/** What `applicationText` calls. */
export const REQUEST_FUNCTIONS = [entry, clerks];

export class RequestJob {
  /** Where requests are taken; undefined: nowhere. */
  port: number | undefined;
  #run: Child | undefined;

  private constructor(
    private readonly folder: string,
    readonly functions: FunctionServer,
  ) {}

  static async prepare(
    folder: string,
    options: Pick<RequestApplication, 'parallelism' | 'events'>,
  ): Promise<RequestJob> {
    const functions = await serve(REQUEST_FUNCTIONS, { port: 0, stopOn: [] });
    writeApplication(folder, functions.url, { ...options, port: 0, restart: 'none' });
    return new RequestJob(folder, functions);
  }

  /** Resolves when it takes requests, or has died before. @param failpoint where it is to die by itself */
  async start(failpoint = '', args: readonly string[] = []): Promise<Child> {
    const child = new Child(['run', '--quiet', ...args], {
      cwd: this.folder,
      env: { TIDEGATE_FAIL: failpoint },
      input: '',
      lifetimeMs: 170_000,
    });
    this.#run = child;
    void child.finished.then(() => {
      if (this.#run === child) this.port = undefined;
    });
    await until(() => portOf(child.err) !== undefined || child.process.exitCode !== null, child);
    this.port = portOf(child.err);
    return child;
  }

  async close(): Promise<void> {
    this.#run?.process.kill('SIGKILL');
    await this.#run?.finished;
    await this.functions.close();
  }
}

function portOf(err: string): number | undefined {
  const port = /functions take requests at http:\/\/127\.0\.0\.1:(\d+)\//.exec(err)?.[1];
  return port === undefined ? undefined : Number(port);
}

export interface RequestApplication {
  readonly parallelism: number;
  /** Of the file that is routed to entries: names, by address. */
  readonly events: readonly (readonly [address: string, name: string])[];
  /** Where requests are taken; 0: anywhere. */
  readonly port: number;
  /** The setting. */
  readonly restart: string;
}

/** Into `application.yaml` of a folder, with the file that it reads. @param url where REQUEST_FUNCTIONS are served */
export function writeApplication(folder: string, url: string, application: RequestApplication): void {
  const events = application.events.map(([address, name]) => `${JSON.stringify({ address, name })}\n`);
  writeFileSync(join(folder, 'events.jsonl'), events.join(''));
  writeFileSync(join(folder, 'application.yaml'), applicationText(url, application));
}

function applicationText(url: string, { parallelism, port, restart }: RequestApplication): string {
  return `name: requests
settings:
  parallelism: ${parallelism}
  checkpoint: { interval: 200ms }
  restart: ${restart}
ingresses:
  events:
    file: { path: events.jsonl }
    schema: { address: string, name: string }
functions:
  test/entry: { http: "${url}" }
  test/clerk: { http: "${url}" }
routes:
  events:
    from: events
    to: { function: test/entry, id: address, type: test/Ask }
requests:
  port: ${port}
  functions: { test/entry: test/Ask }
egresses: {}
`;
}
