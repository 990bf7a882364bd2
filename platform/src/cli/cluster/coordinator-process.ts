/**
 * The process of a coordinator: a candidate among all that share its store. The one that leads runs the jobs; the others
 * stand by, and show the way to it.
 *
 * Invariants
 * - What it begins as the leader it ends when it leads no more, before it leads again.
 * - The lease only chooses: two that lead for a moment are told apart by the registry and the logs of the jobs.
 */
import { randomUUID } from 'node:crypto';
import { TidegateError } from '../../common/errors.js';
import { LeaderElection, type Candidate } from '../../coordinator/election/leader-election.js';
import type { HighAvailabilityServices } from '../../coordinator/high-availability/high-availability-services.js';
import type { Reading } from '../../metrics/reading.js';
import { NotLeading } from '../../rest/api-error.js';
import type { AddressService } from '../../rest/address-service.js';
import type { ApiHost, ClusterService, Health } from '../../rest/cluster-service.js';
import { programVersion } from '../package-folder.js';
import { systemClock } from '../runtime/system-clock.js';
import { addressText, type ClusterAddress } from './cluster-address.js';
import { Coordinator, type CoordinatorOptions } from './coordinator.js';
import { coordinatorReadings } from './coordinator-readings.js';
import { CoordinatorService } from './coordinator-service.js';

export interface CoordinatorProcessOptions extends Omit<CoordinatorOptions, 'storage'> {
  /** Shared by the candidates. */
  readonly highAvailability: HighAvailabilityServices;
  readonly leaseMs: number;
  /** Where it takes workers while it leads. */
  readonly workers: ClusterAddress;
  /** Of applications that say nothing else. */
  readonly cwd: string;
}

/** So many times a lease is renewed before it would be over. */
const RENEWALS = 5;

export class CoordinatorProcess implements ApiHost {
  #leading: { readonly coordinator: Coordinator; readonly service: ClusterService } | undefined;
  /** The address of another's API. */
  #leader: string | undefined;
  /** What is begun and ended as the leader, one after the other. */
  #turn: Promise<void> = Promise.resolve();

  constructor(private readonly options: CoordinatorProcessOptions) {}

  health(): Health {
    const role = this.#leading === undefined ? 'standby' : 'leader';
    return { status: 'ok', role, version: programVersion(), cluster: this.options.cluster };
  }

  *readings(): Generator<Reading> {
    const { coordinator } = this.#leading ?? {};
    yield { name: 'tidegate.coordinator.leading', value: coordinator === undefined ? 0 : 1, labels: {} };
    if (coordinator !== undefined) yield* coordinatorReadings(coordinator);
  }

  cluster(): ClusterService {
    if (this.#leading === undefined) throw new NotLeading(this.#leader);
    return this.#leading.service;
  }

  addresses(job: string): AddressService {
    return this.cluster().addresses(job);
  }

  /**
   * Takes part until it is told to stop, or `leads` resolves.
   * @param api where this process serves it
   * @param leads called each time that it leads; what it gives ends the process
   * @throws TidegateError what keeps it from leading; TG454
   */
  async run<T>(
    api: ClusterAddress,
    stop: AbortSignal,
    leads: (coordinator: Coordinator) => Promise<T>,
  ): Promise<T | undefined> {
    let end: (value: T | undefined) => void = () => undefined;
    let fail: (error: unknown) => void = () => undefined;
    const ended = new Promise<T | undefined>((resolve, reject) => {
      end = resolve;
      fail = reject;
    });
    stop.addEventListener('abort', () => end(undefined));
    const election = this.#election(addressText(api), {
      granted: () =>
        this.#next(fail, async () => {
          const coordinator = await this.#lead();
          void leads(coordinator).then(end, fail);
        }),
      revoked: () => this.#next(fail, () => this.#follow()),
      broken: (message) => fail(new TidegateError('TG454', message)),
    });
    election.start();
    try {
      return await ended;
    } finally {
      await this.#turn;
      await this.#follow();
      election.resign();
    }
  }

  #next(fail: (error: unknown) => void, turn: () => Promise<void>): void {
    this.#turn = this.#turn.then(turn).catch(fail);
  }

  #election(address: string, candidate: Pick<Candidate, 'granted' | 'revoked' | 'broken'>): LeaderElection {
    const { leaseMs, log, highAvailability } = this.options;
    const lease = { renewMs: Math.ceil(leaseMs / RENEWALS), durationMs: leaseMs };
    return new LeaderElection(
      { name: randomUUID(), address, ...lease },
      highAvailability.leases,
      systemClock,
      {
        granted: (term) => {
          log(`leads, in term ${term}`);
          candidate.granted(term);
        },
        doubted: () => log('may lead no more: its lease could not be renewed in time'),
        confirmed: () => log('leads still'),
        revoked: () => {
          log('leads no more');
          candidate.revoked();
        },
        leaderIs: (leader) => {
          this.#leader = leader;
          if (leader !== undefined) log(`stands by; the leader is at ${leader}`);
        },
        broken: (message) => candidate.broken(message),
      },
      undefined,
    );
  }

  async #lead(): Promise<Coordinator> {
    const { workers, cwd, log } = this.options;
    const coordinator = await Coordinator.open({ ...this.options, storage: this.options.highAvailability.jobs });
    this.#leading = { coordinator, service: new CoordinatorService(coordinator, cwd) };
    log(`workers connect to ${addressText(await coordinator.listen(workers))}`);
    return coordinator;
  }

  async #follow(): Promise<void> {
    const { coordinator } = this.#leading ?? {};
    this.#leading = undefined;
    await coordinator?.close();
  }
}
