/** `settings.state`: where the state lies while the job runs. */
import { declare } from '@tidegate/connectors/api';

export const state = declare({
  type: 'object',
  description: 'Where the state lies while the job runs.',
  fields: {
    backend: {
      type: 'string',
      enum: ['rocksdb', 'heap'],
      default: 'rocksdb',
      description:
        '`rocksdb`: on disk, with a cache in memory; it may grow far beyond the memory. `heap` (`hashmap` in Apache Flink): in memory, where all of it must fit. Where RocksDB cannot be loaded, `heap` serves, and the run says so.',
    },
  },
});
