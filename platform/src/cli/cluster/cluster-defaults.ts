/** Where the processes of a cluster find each other when nothing else is said. */
export const CLUSTER_DEFAULTS = {
  cluster: 'tidegate',
  /** Of the API. */
  api: '127.0.0.1:7070',
  /** Where the coordinator takes workers. */
  workers: '127.0.0.1:7071',
  stateDir: '.tidegate-cluster',
  heartbeatTimeout: '10s',
  lease: '5s',
} as const;
