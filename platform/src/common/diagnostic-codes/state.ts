/** Codes TG42x: keyed state, its snapshots and backends. */
import type { CodeEntry } from './index.js';

export const stateCodes = {
  TG420: {
    title: 'state does not fit',
    description:
      'The checkpoint or savepoint holds state in a form that this application cannot read: the type of a field or the kind of a ' +
      'state is another. Give the state another name (the old one is then left behind), or go back to the old form.',
  },
  TG421: {
    title: 'damaged snapshot',
    description:
      'A file of the checkpoint or savepoint is missing, too short, or its checksum is another. Nothing was processed. ' +
      'Restore from an older one.',
  },
  TG422: {
    title: 'snapshot of a newer version',
    description:
      'The checkpoint or savepoint was written by a newer version of tidegate. Use that version or a newer one.',
  },
  TG423: {
    title: 'disk full',
    description:
      'The disk that holds the state has no space left. Free space or set `settings.stateDir` to another disk.',
  },
  TG424: {
    title: 'disk failed',
    description:
      'The disk that holds the state reported an error; what was written last is not trusted. Check the disk.',
  },
  TG425: {
    title: 'no RocksDB here',
    description:
      'The package that holds RocksDB has no binary for this machine (it has one for Linux on x64 with glibc 2.34 or newer). ' +
      'Use `settings.state.backend: heap`.',
  },
  TG426: {
    title: 'snapshot of another backend',
    description:
      'A checkpoint of RocksDB can be restored on RocksDB only. Take a savepoint, which every backend reads, or run with the backend ' +
      'that wrote it.',
  },
  TG427: {
    title: 'state larger than its memory',
    description:
      'With `settings.state.backend: heap` all state is in memory, and there is more of it than `settings.memory.state`. Raise ' +
      'that, or keep the state on disk with `backend: rocksdb`: take a savepoint, and begin with it.',
  },
} as const satisfies Record<string, CodeEntry>;
