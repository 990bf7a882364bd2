/** What the conformance suite needs of a backend. */
import type { KeyedStateHandle } from '../../../src/job/state-handle.js';
import type { KeyedStore } from '../../../src/state/keyed-store.js';
import type { KeyedStoreOptions } from '../../../src/state/state-backend.js';
import type { MemoryCheckpoints } from '../memory-checkpoints.js';

export interface Restore {
  readonly checkpoint: number;
  readonly handles: readonly KeyedStateHandle[];
  readonly from: MemoryCheckpoints;
  readonly rehash?: boolean;
}

export interface BackendFixture {
  readonly name: string;
  /** Opens a store; each call in a place of its own. */
  open(options: KeyedStoreOptions, restore?: Restore): Promise<KeyedStore>;
  /** Removes what the stores left on disk. */
  cleanUp(): void;
}
