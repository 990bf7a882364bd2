import assert from 'node:assert/strict';
import {
  withKnownCoordinator,
  type CoordinatedCluster,
  type CoordinatorRequest,
  type KnownBroker,
} from '../../src/kafka/known-coordinator.js';

const [GROUP, TRANSACTION] = [0, 1];

/** Says what it is asked, and moves each coordinator when it is told to. */
class AskedCluster implements CoordinatedCluster {
  readonly asked: string[] = [];
  readonly retry = {};
  nodeId = 1;

  refreshMetadataIfNecessary(): Promise<void> {
    return Promise.resolve();
  }

  findControllerBroker(): Promise<KnownBroker> {
    return Promise.resolve({ nodeId: 0 });
  }

  findBroker({ nodeId }: KnownBroker): Promise<KnownBroker> {
    return Promise.resolve({ nodeId });
  }

  findGroupCoordinator({ groupId, coordinatorType }: CoordinatorRequest): Promise<KnownBroker> {
    this.asked.push(`${coordinatorType === TRANSACTION ? 'transaction' : 'group'} ${groupId}`);
    return Promise.resolve({ nodeId: this.nodeId });
  }
}

describe('who coordinates', () => {
  let cluster: AskedCluster;
  /** Where offsets are committed, as kafkajs finds it; where they have moved it asks once more. */
  let used: number[];
  let hasMoved: boolean;
  beforeEach(() => {
    [cluster, used, hasMoved] = [new AskedCluster(), [], false];
  });

  const create = () =>
    withKnownCoordinator(({ cluster: asked }) => ({
      async initProducerId() {
        await asked.findGroupCoordinator({ groupId: 'line', coordinatorType: TRANSACTION });
      },
      async sendOffsets({ consumerGroupId: groupId }) {
        await asked.findGroupCoordinator({ groupId: 'line', coordinatorType: TRANSACTION });
        let { nodeId } = await asked.findGroupCoordinator({ groupId, coordinatorType: GROUP });
        if (hasMoved) ({ nodeId } = await asked.findGroupCoordinator({ groupId, coordinatorType: GROUP }));
        used.push(nodeId);
      },
    }))({ cluster });

  it('is asked once of a producer, for its transactions and for each group', async () => {
    const manager = create();
    await manager.initProducerId();
    for (const consumerGroupId of ['a', 'a', 'b', 'a', 'b']) await manager.sendOffsets({ consumerGroupId });
    assert.deepEqual(cluster.asked, ['transaction line', 'group a', 'group b']);
  });

  it('is asked anew for a group that has moved, and known from then on', async () => {
    const manager = create();
    await manager.initProducerId();
    await manager.sendOffsets({ consumerGroupId: 'a' });
    [cluster.nodeId, hasMoved] = [2, true];
    await manager.sendOffsets({ consumerGroupId: 'a' });
    hasMoved = false;
    await manager.sendOffsets({ consumerGroupId: 'a' });
    assert.deepEqual(used, [1, 2, 2]);
    assert.deepEqual(cluster.asked, ['transaction line', 'group a', 'group a']);
  });

  it('is asked anew when the producer takes its id again', async () => {
    const manager = create();
    await manager.initProducerId();
    await manager.initProducerId();
    assert.deepEqual(cluster.asked, ['transaction line', 'transaction line']);
  });
});
