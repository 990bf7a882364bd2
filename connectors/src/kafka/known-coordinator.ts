/**
 * kafkajs asks a broker who coordinates a transaction before each request about it, three times in one: a third of the way that a
 * transaction of few records has to go. This stands around its `eosManager`, which makes these requests of a producer, and answers
 * from what it was told first.
 *
 * Invariants
 * - A new producer asks anew, as often as it takes, until it has its id. Behind that a coordinator that has moved makes the transaction
 *   fail, and with it its producer end (`transaction-line.ts`).
 * - Where a group's offsets are kept is asked each time: kafkajs itself asks again where that has moved.
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

export interface EosManager {
  initProducerId(): Promise<void>;
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
    };
  };
}

class KnownCoordinator implements CoordinatedCluster {
  isKept = false;
  #known: KnownBroker | undefined;

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

  async findGroupCoordinator(request: CoordinatorRequest): Promise<KnownBroker> {
    if (request.coordinatorType !== TRANSACTION) return this.cluster.findGroupCoordinator(request);
    // By its number, as its connection may have to be made anew.
    if (this.isKept && this.#known !== undefined) return this.cluster.findBroker({ nodeId: this.#known.nodeId });
    return (this.#known = await this.cluster.findGroupCoordinator(request));
  }
}
