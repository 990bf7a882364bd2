/**
 * Has the splits of a job's sources found: before an attempt of a source is deployed, and again and again while it runs
 * where the source says that there may be more.
 *
 * Invariants
 * - Of a source one question is open at a time, and what is found to a question of a search that is over is ignored.
 * - What a search finds only grows.
 */
import type { OperatorStateHandle } from '../job/state-handle.js';
import type { FoundSplits } from '../job/found-splits.js';
import type { Failure } from '../rpc/task-execution.js';
import type { Outbox } from './outbox.js';

export interface DiscoveryHost {
  /** The first splits of the source are known: it can be deployed. */
  found(source: string): void;
  /** There are more, or there will be no more. */
  grown(source: string, found: FoundSplits): void;
  failed(failure: Failure): void;
}

interface Search {
  readonly number: number;
  readonly restored: readonly OperatorStateHandle[];
  found: FoundSplits | undefined;
  cancel: () => void;
}

export class SplitDiscovery {
  readonly #searches = new Map<string, Search>();
  #searched = 0;

  constructor(
    private readonly outbox: Outbox,
    private readonly host: DiscoveryHost,
  ) {}

  /** @param restored the state of the source that its attempt begins from */
  begin(source: string, restored: readonly OperatorStateHandle[]): void {
    this.stop(new Set([source]));
    const search: Search = { number: ++this.#searched, restored, found: undefined, cancel: () => {} };
    this.#searches.set(source, search);
    this.#ask(source, search);
  }

  /** Undefined while the first answer is awaited. */
  found(source: string): FoundSplits | undefined {
    return this.#searches.get(source)?.found;
  }

  /** @param sources absent: all */
  stop(sources?: ReadonlySet<string>): void {
    for (const [source, { cancel }] of this.#searches) {
      if (sources?.has(source) === false) continue;
      cancel();
      this.#searches.delete(source);
    }
  }

  #ask(source: string, search: Search): void {
    const { number, restored } = search;
    this.outbox.discover({ source, search: number, restored }, (answer) => {
      if (this.#searches.get(source) !== search) return;
      if ('code' in answer) {
        this.#searches.delete(source);
        return this.host.failed(answer);
      }
      const { splits, againMs } = answer;
      const former = search.found;
      search.found = { splits, more: againMs !== undefined };
      if (againMs !== undefined) search.cancel = this.outbox.schedule(againMs, () => this.#ask(source, search));
      if (former === undefined) this.host.found(source);
      else if (splits.length > former.splits.length || againMs === undefined) this.host.grown(source, search.found);
    });
  }
}
