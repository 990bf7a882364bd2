/**
 * kafkajs's cluster gives null for its metadata where every broker that it knew has gone while it asked, and its admin client then
 * fails on that as on a mistake in a program, for good. This asks again, as it does where no broker can be found, and
 * says so when that has lasted.
 */
export interface AskedCluster {
  /** kafkajs's own way to try again, by what the client was set up with. */
  retrier<T>(work: (bail: (error: unknown) => void) => Promise<T>): Promise<T>;
  /** Null: nobody answered. */
  metadata(options?: object): Promise<object | null>;
}

type ClusterClass = new (...options: never[]) => AskedCluster;

class NoBrokerAnswers extends Error {
  /** By which errors are told apart: also kafkajs has one of this name. */
  override readonly name = 'KafkaJSBrokerNotFound';

  constructor() {
    super('no broker answers');
  }
}

export function withAnsweredMetadata(theirs: ClusterClass): ClusterClass {
  return class extends theirs {
    override metadata(options?: object): Promise<object | null> {
      return this.retrier(async (bail) => {
        const metadata = await super.metadata(options).catch(bail);
        if (metadata === null) throw new NoBrokerAnswers();
        return metadata ?? null;
      });
    }
  };
}
