/**
 * Events whose senders wait for what is decided of them: each is stored once, under the name of its request, and answered with the
 * decision.
 *
 * Invariants
 * - A request that has a name is stored once, whoever asks again, and however often the process dies in between.
 * - Who waits is answered: with the decision, or that the job is being restarted.
 */
import type { Decided, Decisions } from '../api/index.js';
import { stamped } from './stamped-payload.js';

export interface DecidedEventsOptions {
  readonly decisions: Decisions;
  /** Requests whose events are in the log already, and may not be on their way yet. */
  readonly stored: ReadonlySet<string>;
  /** For requests that have no name. */
  newName(): string;
  /** Resolves when the payload cannot be lost any more. */
  store(payload: unknown): Promise<void>;
}

/** @param request its name, also where one was made for it */
export interface DecidedRequest {
  readonly request: string;
  readonly decided: Decided;
}

const LOST: Decided = { kind: 'lost' };

export class DecidedEvents {
  /** By the name of their request. */
  readonly #underWay = new Map<string, Promise<Decided>>();
  readonly #waiting = new Set<(decided: Decided) => void>();

  constructor(private readonly options: DecidedEventsOptions) {}

  /** @param given the name that the sender gives the request. Rejects where the event cannot be stored */
  async take(payload: unknown, given: string | undefined, traceparent: string | undefined): Promise<DecidedRequest> {
    const request = given ?? this.options.newName();
    let decided = this.#underWay.get(request);
    if (decided === undefined) {
      const event = stamped(payload, { request, traceparent });
      decided = this.#begin(request, event, given !== undefined).finally(() => this.#underWay.delete(request));
      this.#underWay.set(request, decided);
    }
    return { request, decided: await decided };
  }

  /** Who waits is told to come again. */
  close(): void {
    for (const resolve of this.#waiting) resolve(LOST);
  }

  /** @param event as it is stored */
  async #begin(request: string, event: unknown, isNamed: boolean): Promise<Decided> {
    const { decisions, stored, store } = this.options;
    if (!decisions.isOpen) return LOST;
    const known = isNamed ? await this.#ask(request, 'look') : undefined;
    if (known?.kind === 'decided' || known?.kind === 'lost') return known;
    if (known?.kind !== 'pending' && !stored.has(request)) await store(event);
    return this.#ask(request, 'wait');
  }

  #ask(request: string, how: 'wait' | 'look'): Promise<Decided> {
    return new Promise((resolve, reject) => {
      this.#waiting.add(resolve);
      this.options.decisions
        .ask(request, how)
        .then(resolve, reject)
        .finally(() => this.#waiting.delete(resolve));
    });
  }
}
