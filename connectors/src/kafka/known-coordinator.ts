/**
 * kafkajs asks a broker who coordinates a transaction before each request about it, three times in one, and once who keeps the
 * offsets of its group: two fifths of the way that a transaction of few records has to go. This stands around its `eosManager`, which
 * makes these requests of a producer, and answers from what it was told first.
 *
 * Invariants
 * - A new producer asks anew, as often as it takes, until it has its id. Behind that a coordinator that has moved makes the transaction
 *   fail, and with it its producer end (`transaction-line.ts`).
 * - Where a group's offsets are kept kafkajs asks a second time within one commit of offsets where that has moved: a broker is then
 *   asked anew.
 */
export interface CoordinatorRequest {
  readonly groupId: string;
  readonly coordinatorType: number;
}

export interface KnownBroker {
  readonly nodeId: number;
}

/** What kafkajs's `eosManager` takes of a cluster. */
export interface CoordinatedCluster {
  readonly retry: unknown;
  refreshMetadataIfNecessary(): Promise<void>;
  findControllerBroker(): Promise<KnownBroker>;
  findBroker(broker: KnownBroker): Promise<KnownBroker>;
  findGroupCoordinator(request: CoordinatorRequest): Promise<KnownBroker>;
}

export interface GroupOffsets {
  readonly consumerGroupId: string;
}

export interface EosManager {
  initProducerId(): Promise<void>;
  sendOffsets(offsets: GroupOffsets): Promise<void>;
}

export type CreateEosManager = (options: { readonly cluster: CoordinatedCluster }) => EosManager;

const TRANSACTION = 1;

export function withKnownCoordinator(theirs: CreateEosManager): CreateEosManager {
  return (options) => {
    const cluster = new KnownCoordinator(options.cluster);
    const manager = theirs({ ...options, cluster });
    return {
      ...manager,
      async initProducerId() {
        cluster.isKept = false;
        await manager.initProducerId();
        cluster.isKept = true;
      },
      sendOffsets(offsets) {
        cluster.mayKnowGroup = true;
        return manager.sendOffsets(offsets);
      },
    };
  };
}

class KnownCoordinator implements CoordinatedCluster {
  isKept = false;
  /** Until it is asked once. */
  mayKnowGroup = false;
  #known: KnownBroker | undefined;
  readonly #ofGroups = new Map<string, KnownBroker>();

  constructor(private readonly cluster: CoordinatedCluster) {}

  get retry(): unknown {
    return this.cluster.retry;
  }

  refreshMetadataIfNecessary(): Promise<void> {
    return this.cluster.refreshMetadataIfNecessary();
  }

  findControllerBroker(): Promise<KnownBroker> {
    return this.cluster.findControllerBroker();
  }

  findBroker(broker: KnownBroker): Promise<KnownBroker> {
    return this.cluster.findBroker(broker);
  }

  findGroupCoordinator(request: CoordinatorRequest): Promise<KnownBroker> {
    return request.coordinatorType === TRANSACTION ? this.#ofTransaction(request) : this.#ofGroup(request);
  }

  async #ofTransaction(request: CoordinatorRequest): Promise<KnownBroker> {
    if (this.isKept && this.#known !== undefined) return this.#connected(this.#known);
    return (this.#known = await this.cluster.findGroupCoordinator(request));
  }

  async #ofGroup(request: CoordinatorRequest): Promise<KnownBroker> {
    const known = this.mayKnowGroup ? this.#ofGroups.get(request.groupId) : undefined;
    this.mayKnowGroup = false;
    if (known !== undefined) return this.#connected(known);
    const found = await this.cluster.findGroupCoordinator(request);
    this.#ofGroups.set(request.groupId, found);
    return found;
  }

  /** By its number, as its connection may have to be made anew. */
  #connected({ nodeId }: KnownBroker): Promise<KnownBroker> {
    return this.cluster.findBroker({ nodeId });
  }
}
