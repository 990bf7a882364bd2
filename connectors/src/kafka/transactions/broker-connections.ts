/**
 * kafkajs's own connections to brokers, with their addresses, TLS and SASL, for requests that it does not know. They are no part
 * of its public interface: what is used of them is declared here, and found nowhere else.
 */
import type { Kafka } from 'kafkajs';
import type { CoordinatorRequests } from '../sink-client.js';
import type { ProtocolRequest } from './requests.js';

interface BrokerLike extends CoordinatorRequests {
  readonly connectionPool: { getConnection(): Promise<{ send<T>(request: ProtocolRequest<T>): Promise<T> }> };
}

interface ClusterLike {
  connect(): Promise<void>;
  refreshMetadata(): Promise<void>;
  disconnect(): Promise<void>;
  getNodeIds(): readonly (number | string)[];
  findBroker(of: { readonly nodeId: number | string }): Promise<BrokerLike>;
  findGroupCoordinator(of: { readonly groupId: string; readonly coordinatorType: number }): Promise<BrokerLike>;
}

const CREATE_CLUSTER = 'private:Kafka:createCluster';
/** In the request FindCoordinator. */
const OF_TRANSACTIONS = 1;

export class BrokerConnections {
  readonly #cluster: ClusterLike;

  constructor(kafka: Kafka) {
    const symbol = Object.getOwnPropertySymbols(kafka).find(({ description }) => description === CREATE_CLUSTER);
    if (symbol === undefined) throw new Error('this version of kafkajs makes its connections in another way');
    const make = (kafka as unknown as Record<symbol, (options: object) => ClusterLike>)[symbol]!;
    this.#cluster = make({ allowAutoTopicCreation: false });
  }

  async connect(): Promise<void> {
    await this.#cluster.connect();
    await this.#cluster.refreshMetadata();
  }

  /** @returns what each broker answers */
  askAll<T>(request: ProtocolRequest<T>): Promise<T[]> {
    return Promise.all(
      this.#cluster.getNodeIds().map(async (nodeId) => ask(await this.#cluster.findBroker({ nodeId }), request)),
    );
  }

  /** @param id of the transaction whose coordinator is asked */
  async askCoordinator<T>(id: string, request: ProtocolRequest<T>): Promise<T> {
    return ask(await this.coordinatorOf(id), request);
  }

  /** @param id of a transaction */
  coordinatorOf(id: string): Promise<BrokerLike> {
    return this.#cluster.findGroupCoordinator({ groupId: id, coordinatorType: OF_TRANSACTIONS });
  }

  disconnect(): Promise<void> {
    return this.#cluster.disconnect();
  }
}

async function ask<T>(broker: BrokerLike, request: ProtocolRequest<T>): Promise<T> {
  const connection = await broker.connectionPool.getConnection();
  return connection.send(request);
}
