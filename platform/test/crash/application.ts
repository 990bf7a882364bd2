/** The application that is killed: a sequence, an absence, rules over alerts and a suppression, into one file. */
export interface CrashApplication {
  readonly parallelism: number;
  readonly backend: 'rocksdb' | 'heap';
  /** Between checkpoints, ms. */
  readonly interval: number;
}

export function applicationText({ parallelism, backend, interval }: CrashApplication): string {
  return `name: crash
settings:
  parallelism: ${parallelism}
  checkpoint: { interval: ${interval}ms }
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
    to: alerts
  silence:
    from: payments
    key: cardId
    pattern:
      within: 5m
      steps:
        - begin: large
          where: amount > 980
        - notFollowedBy: other
          where: merchant >= 0
    select: { card: key(), amount: large.amount }
    to: alerts
  merchant-hit:
    from: card-testing
    key: merchant
    pattern:
      within: 1h
      skip: pastLastEvent
      steps:
        - begin: hit
          times: 2
    suppress: { for: 1h }
    to: alerts
egresses:
  alerts: { file: alerts.jsonl }
`;
}
