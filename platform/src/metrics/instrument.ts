/** What an instrument is: declared once, so that what is exported, documented and tested is one table. */
export type Label =
  | 'job'
  | 'task'
  | 'subtask'
  | 'channel'
  | 'ingress'
  | 'egress'
  | 'outcome'
  | 'operator'
  | 'function'
  | 'rule'
  | 'state';

export interface Instrument {
  /** `counter`: a sum that only grows; `gauge`: what it is now; `histogram`: how often which values were seen. */
  readonly kind: 'counter' | 'gauge' | 'histogram';
  /** As UCUM has it: `s`, `By`, `1` for a ratio, `{record}` for what is counted. */
  readonly unit: string;
  readonly description: string;
  /** Every one has few values: names from the application, numbers below the parallelism. Never keys, never attempts. */
  readonly labels: readonly Label[];
  /** What Apache Flink calls it. Absent: it has no such thing. */
  readonly flink?: string;
  /** Of a histogram: upper bounds of its buckets. */
  readonly bounds?: readonly number[];
}

export type Labels = Readonly<Partial<Record<Label, string>>>;
