import assert from 'node:assert/strict';
import { withAnsweredMetadata } from '../../src/kafka/answered-metadata.js';
import { kafkaError } from '../../src/kafka/kafka-error.js';
import { kafkajs } from '../../src/kafka/library.js';

/** As kafkajs's, without its pauses: it answers with these in turn, errors are thrown. */
class Answers {
  constructor(private readonly answers: (object | null)[]) {}

  async retrier<T>(work: (bail: (error: unknown) => void) => Promise<T>): Promise<T> {
    let bailed: unknown;
    for (let tries = 3; ; tries--) {
      try {
        const result = await work((error) => (bailed = error));
        if (bailed === undefined) return result;
      } catch (error) {
        if (tries === 1) throw error;
      }
      if (bailed !== undefined) throw bailed;
    }
  }

  metadata(): Promise<object | null> {
    const answer = this.answers.shift() ?? null;
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  }
}

const Answered = withAnsweredMetadata(Answers as never) as unknown as typeof Answers;

describe('metadata of a cluster whose brokers go', () => {
  it('is asked for again where nobody answers', async () => {
    const metadata = { topicMetadata: [] };
    assert.equal(await new Answered([null, null, metadata]).metadata(), metadata);
  });

  it('is worth another try of the job where that lasts', async () => {
    const error = await new Answered([]).metadata().catch((reason: unknown) => kafkaError('ingress payments', reason));
    assert.deepEqual(
      [(error as Error).message, (error as { retriable?: boolean }).retriable],
      ['ingress payments: no broker answers', true],
    );
  });

  it('fails at once as kafkajs says', async () => {
    const answers = [new Error('not authorized'), {}];
    await assert.rejects(new Answered(answers).metadata(), /not authorized/);
    assert.equal(answers.length, 1);
  });

  it('is that of the kafkajs that is used', async () => {
    const kafka = new (kafkajs().Kafka)({ brokers: ['127.0.0.1:1'], retry: { retries: 1, initialRetryTime: 1 } });
    const symbol = Object.getOwnPropertySymbols(kafka).find(({ description }) =>
      description?.endsWith('createCluster'),
    )!;
    const cluster = (kafka as unknown as Record<symbol, (options: object) => Record<string, unknown>>)[symbol]!({});
    const pool = cluster['brokerPool'] as Record<string, unknown>;
    pool['refreshMetadataIfNecessary'] = () => Promise.resolve();
    pool['withBroker'] = () => Promise.resolve(null);
    await assert.rejects((cluster['metadata'] as () => Promise<unknown>).call(cluster), /no broker answers/);
  });
});
