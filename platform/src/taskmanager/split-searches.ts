/**
 * Asks the enumerators of a job's sources for their splits: the I/O behind the JobMaster's `discover`.
 *
 * Invariants
 * - A search has one enumerator, which knows the splits that the source's attempt begins from. It is closed when the
 *   source's next search begins, and at the end.
 * - What a search finds only grows. An enumerator that forgets is told so aloud: its splits would never be read.
 */
import type { SplitEnumerator } from '@tidegate/connectors/api';
import type { Discovered, Discovery } from '../coordinator/job-events.js';
import type { OperatorStateHandle } from '../job/state-handle.js';
import type { StreamGraph } from '../job/stream-graph.js';
import { failureOf } from '../rpc/failure-of.js';
import { savedSplits } from '../task/source-progress.js';
import type { JobEnvironment } from './environment.js';
import { readOperatorState } from './read-operator-state.js';

interface Search {
  readonly number: number;
  readonly enumerator: Promise<SplitEnumerator>;
  /** How many splits it has found. */
  found: number;
}

export class SplitSearches {
  readonly #searches = new Map<string, Search>();

  /** @param broken told of an error of a connector that nobody awaits */
  constructor(
    private readonly graph: StreamGraph,
    private readonly environment: JobEnvironment,
    private readonly broken: (error: Error) => void,
  ) {}

  async discover(discovery: Discovery): Promise<Discovered> {
    try {
      const search = await this.#searchOf(discovery);
      const enumerator = await search.enumerator;
      const splits = await enumerator.discover();
      if (splits.length < search.found)
        throw new Error(`${discovery.source} found ${splits.length} splits, and had found ${search.found} before`);
      search.found = splits.length;
      const { discoveryInterval } = enumerator;
      return { splits, ...(discoveryInterval === undefined ? {} : { againMs: discoveryInterval }) };
    } catch (error) {
      return failureOf(error, { retriable: false });
    }
  }

  async close(): Promise<void> {
    const searches = [...this.#searches.values()];
    this.#searches.clear();
    for (const search of searches) await closed(search);
  }

  async #searchOf({ source, search: number, restored }: Discovery): Promise<Search> {
    const former = this.#searches.get(source);
    if (former?.number === number) return former;
    const search = { number, enumerator: this.#create(source, restored), found: 0 };
    this.#searches.set(source, search);
    if (former !== undefined) await closed(former);
    return search;
  }

  async #create(id: string, restored: readonly OperatorStateHandle[]): Promise<SplitEnumerator> {
    const node = this.graph.sources.find((source) => source.id === id);
    if (node === undefined) throw new Error(`the job has no source ${id}`);
    const states = await readOperatorState(restored, this.environment.checkpoints);
    return this.environment.createSource(node, this.broken).source.createEnumerator(savedSplits(states, id));
  }
}

/** An enumerator that could not be made has been told of. */
async function closed({ enumerator }: Search): Promise<void> {
  await (await enumerator.catch(() => undefined))?.close();
}
