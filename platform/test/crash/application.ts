/**
 * The application that is killed: the card-testing sequence, an absence, and a rule over alerts with a suppression. Each
 * writes into an egress of its own, so that a death can lie between the commits of several: two files, and a folder of
 * parts.
 */
export interface CrashApplication {
  readonly parallelism: number;
  readonly backend: 'rocksdb' | 'heap';
  /** Between checkpoints, ms. */
  readonly interval: number;
  /** Barriers overtake what is in flight from the start. */
  readonly unaligned?: boolean;
  /** Each start has the next of these parallelisms, in turn. */
  readonly rescaled?: readonly number[];
}

/** Its egresses, by the rule whose alerts each takes, as paths in the application's folder. */
export const OUTPUTS = {
  'card-testing': 'sequences.jsonl',
  silence: 'absences.jsonl',
  'merchant-hit': 'hits/',
} as const;

export type CrashRule = keyof typeof OUTPUTS;

export function applicationText({ parallelism, backend, interval, unaligned }: CrashApplication): string {
  const alignment = unaligned === true ? ', unaligned: true, alignedTimeout: 0s' : '';
  return `name: crash
settings:
  parallelism: ${parallelism}
  checkpoint: { interval: ${interval}ms${alignment} }
  restart: none
  state: { backend: ${backend} }
ingresses:
  payments:
    file: { path: payments.jsonl }
    schema: { cardId: int, amount: double, country: string, merchant: int, ts: timestamp }
    time: { field: ts, format: epoch-millis, maxOutOfOrderness: 1s }
rules:
  card-testing:
    from: payments
    key: cardId
    pattern:
      within: 10m
      skip: pastLastEvent
      steps:
        - begin: probe
          where: amount < 5
        - followedBy: cashout
          where: amount > 500
    select: { card: key(), amount: cashout.amount, merchant: cashout.merchant }
    to: sequences
  silence:
    from: payments
    key: cardId
    pattern:
      within: 2m
      steps:
        - begin: large
          where: amount > 700
        - notFollowedBy: other
          where: merchant >= 0
    select: { card: key(), amount: large.amount }
    to: absences
  merchant-hit:
    from: card-testing
    key: merchant % 40
    pattern:
      within: 1h
      skip: pastLastEvent
      steps:
        - begin: hit
          times: 2
    suppress: { for: 1h }
    to: hits
egresses:
  sequences: { file: ${OUTPUTS['card-testing']} }
  absences: { file: ${OUTPUTS.silence} }
  hits: { file: ${OUTPUTS['merchant-hit']} }
`;
}
