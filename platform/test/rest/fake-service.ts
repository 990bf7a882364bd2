/** A cluster with one job of each kind, for the API to show. */
import type { AddressService } from '../../src/rest/address-service.js';
import { ApiError, NotLeading } from '../../src/rest/api-error.js';
import type { ApiHost, ClusterService, JobDetails, JobOverview, Submission } from '../../src/rest/cluster-service.js';

const RUNNING: JobDetails = {
  ...{ name: 'running', id: '1', state: 'running', submittedAt: 5 },
  run: {
    ...{ state: 'running', since: 6, restarts: 1, parallelism: 2, latestCheckpoint: 4 },
    tasks: [{ task: 'ingresses.payments', states: { running: 2 } }],
  },
};

const FAILED: JobOverview = {
  name: 'a/b',
  id: '2',
  state: 'failed',
  submittedAt: 6,
  endedAt: 7,
  reason: 'no more disk',
};
const FAILURE = { code: 'TG423', message: 'no more disk', retriable: true };

const IDLE = { id: 'i/1', status: 'idle', waiting: 0 } as const;
const ENTRY = { key: 'k/1', bytes: 1, value: 1 };
const STATE = { name: 'a', type: 't/a', bytes: 3, value: [1] };

export class FakeService implements ClusterService {
  /** In words. */
  readonly asked: string[] = [];

  submit({ files, parallelism, again }: Submission) {
    const [{ text } = { text: '' }] = files;
    if (text === 'broken')
      return Promise.reject(
        new ApiError('invalid', 'the application has errors', [
          { code: 'TG100', severity: 'error', message: 'it is broken' },
        ]),
      );
    if (text === 'bug') return Promise.reject(new Error('a secret of the house'));
    this.asked.push(`submit ${files.length} ${parallelism ?? '-'} ${again ?? false}`);
    return Promise.resolve({ job: RUNNING_OVERVIEW, isNew: text === 'new' });
  }

  jobs() {
    return [RUNNING_OVERVIEW, FAILED];
  }

  job(name: string): JobDetails {
    return this.#known(name) === 'running' ? RUNNING : FAILED;
  }

  result(name: string) {
    if (this.#known(name) === 'running') throw new ApiError('conflict', 'the job runs');
    return { name, state: 'failed', failure: FAILURE, restarts: 3, endedAt: 7 } as const;
  }

  exceptions(name: string) {
    this.#known(name);
    const led = { to: 'restart', afterMs: 12.5 } as const;
    return [{ time: 6, cause: FAILURE, attempt: '1.1/rules.r[0]', taskManager: 'w', led }];
  }

  checkpoints(name: string) {
    this.#known(name);
    const checkpoint = { checkpoint: 4, triggeredAt: 6, durationMs: 1.5, bytes: 100 } as const;
    return [
      { ...checkpoint, type: 'checkpoint', outcome: 'completed' },
      { ...checkpoint, type: 'savepoint', outcome: 'aborted', reason: 'a task declined' },
    ] as const;
  }

  logs(name: string, after: number) {
    this.#known(name);
    const line = { number: 1, time: 5, level: 'info', message: 'it runs', job: name } as const;
    const lines = [line, { ...line, number: 2, worker: 'w', attempt: '1.1', task: 'ingresses.in' }];
    return lines.filter(({ number }) => number > after);
  }

  metrics(name: string) {
    this.#known(name);
    const shares = { busy: 0.25, backPressured: 0.5, idle: 0.25 };
    const task = { task: 'rules.r', recordsIn: 5, recordsOut: 1, ...shares };
    return {
      ...{ name, events: 5, eventsPerSecond: 1.5, written: 1, alerts: 1, late: 0, deadLetters: 0 },
      tasks: [task, { ...task, task: 'rules.s', watermark: 1_700_000_000_000 }],
      rules: [{ rule: 'r', alerts: 1, suppressed: 0, timeouts: 0, errors: 0 }],
      metrics: [{ name: 'tidegate.rule.alerts', unit: '{alert}', value: 1, labels: { job: name, rule: 'r' } }],
    };
  }

  async cancel(name: string): Promise<void> {
    this.asked.push(`cancel ${this.#known(name)}`);
    await Promise.resolve();
  }

  stop(name: string, drain: boolean): Promise<string> {
    this.asked.push(`stop ${this.#known(name)} ${drain}`);
    return Promise.resolve('/savepoint/');
  }

  delete(name: string): Promise<void> {
    if (this.#known(name) === 'running') return Promise.reject(new ApiError('conflict', 'the job is running'));
    this.asked.push(`delete ${name}`);
    return Promise.resolve();
  }

  rescale(name: string, parallelism: number): Promise<JobOverview> {
    if (this.#known(name) !== 'running') throw new ApiError('conflict', 'the job is failed');
    this.asked.push(`rescale ${name} ${parallelism}`);
    const rescale = { parallelism, state: 'waiting', reason: '1 slot is missing, as none is free' } as const;
    return Promise.resolve({ ...RUNNING_OVERVIEW, rescale });
  }

  savepoint(name: string): Promise<string> {
    this.asked.push(`savepoint ${this.#known(name)}`);
    return Promise.resolve('/savepoint/');
  }

  addresses(name: string): AddressService {
    const known = this.#known(name);
    const told = (what: string): Promise<void> => Promise.resolve(void this.asked.push(`${what} ${known}`));
    return {
      list: (type, page) => {
        this.asked.push(`list ${type} ${JSON.stringify(page)}`);
        return Promise.resolve({ addresses: [IDLE], hasMore: false });
      },
      read: () =>
        Promise.resolve({ ...IDLE, waitingBytes: 0, failures: 0, states: [STATE, { name: 'b', type: 't/b' }] }),
      readState: (_type, _id, state) =>
        state === 'a' ? Promise.resolve(STATE) : Promise.reject(new ApiError('not-found', 'no such state')),
      entries: (type, id, state, page) => {
        this.asked.push(`entries ${type} ${id} ${state} ${JSON.stringify(page)}`);
        return Promise.resolve({ type: 't/m', entries: [ENTRY], hasMore: false });
      },
      entry: (_type, _id, _state, key) =>
        key === ENTRY.key ? Promise.resolve(ENTRY) : Promise.reject(new ApiError('not-found', 'no such entry')),
      write: (type, id, state, value, ...key) =>
        told(['write', type, id, state, JSON.stringify(value), ...key].join(' ')),
      delete: (type, id, state = '-', ...key) => told(['delete', type, id, state, ...key].join(' ')),
      release: (type, id) =>
        id === 'p' ? told(`release ${type} ${id}`) : Promise.reject(new ApiError('conflict', 'it is not parked')),
    };
  }

  workers() {
    return [{ name: 'w', slots: 4, free: 2, jobs: [{ job: 'running', slots: 2 }] }];
  }

  #known(name: string): string {
    if (name !== 'running' && name !== 'a/b') throw new ApiError('not-found', `there is no job ${name}`);
    return name;
  }
}

/** A process that leads, or another does. */
export class FakeHost implements ApiHost {
  readonly service = new FakeService();
  /** Of the other; undefined: there is none. */
  leader: string | undefined;
  leads = true;

  health() {
    return { status: 'ok', role: this.leads ? 'leader' : 'standby', version: '0.1.0', cluster: 'test' } as const;
  }

  cluster(): FakeService {
    if (!this.leads) throw new NotLeading(this.leader);
    return this.service;
  }

  addresses(job: string): AddressService {
    return this.cluster().addresses(job);
  }
}

const { run: _, ...RUNNING_OVERVIEW } = RUNNING;
