/** What producers ask of the simulated broker, as Kafka's protocol has it, and what it answers. */
interface OfProducer {
  /** The transactional id; it stands for the producer's id too. */
  readonly id: string;
  readonly epoch: number;
}

export type BrokerRequest =
  | { readonly op: 'init-producer'; readonly id: string; readonly timeoutMs: number }
  | (OfProducer & { readonly op: 'add-partitions'; readonly partitions: readonly string[] })
  | (OfProducer & { readonly op: 'add-offsets'; readonly group: string })
  | (OfProducer & {
      readonly op: 'produce';
      readonly partition: string;
      readonly sequence: number;
      readonly records: readonly string[];
    })
  | (OfProducer & {
      readonly op: 'commit-offset';
      readonly group: string;
      readonly topic: string;
      readonly offset: number;
    })
  | (OfProducer & { readonly op: 'end-transaction'; readonly commit: boolean })
  | { readonly op: 'fetch-offsets'; readonly group: string };

export type BrokerAnswer =
  /** `value`: the producer's epoch. `offsets`: by topic. */
  | { readonly ok: true; readonly value?: number; readonly offsets?: ReadonlyMap<string, number> }
  | { readonly ok: false; readonly code: BrokerErrorCode };

/** After `disconnected` the outcome is unknown: the request may still be on its way. */
export type BrokerErrorCode =
  | 'disconnected'
  | 'INVALID_PRODUCER_EPOCH'
  | 'INVALID_TXN_STATE'
  | 'CONCURRENT_TRANSACTIONS'
  | 'OUT_OF_ORDER_SEQUENCE_NUMBER'
  /** The coordinator has moved, and who has it now still loads what it is to know. */
  | 'GROUP_LOAD_IN_PROGRESS';

export const OK: BrokerAnswer = { ok: true };

export function answered(code: BrokerErrorCode | undefined): BrokerAnswer {
  return code === undefined ? OK : { ok: false, code };
}

/** For the trace. */
export function describeRequest(request: BrokerRequest): string {
  const epoch = 'epoch' in request ? ` epoch ${request.epoch}` : '';
  const whom = 'id' in request ? request.id : request.group;
  const what = request.op === 'commit-offset' ? ` ${request.offset}` : '';
  return `${request.op} ${whom}${epoch}${what}`;
}

export function describeAnswer(answer: BrokerAnswer, lost: boolean): string {
  return `${answer.ok ? (answer.value ?? 'ok') : answer.code}${lost ? ' (answer lost)' : ''}`;
}
