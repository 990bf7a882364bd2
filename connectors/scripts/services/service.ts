/** A server that `npm run services` starts, stops and asks after. */
export interface Service {
  /** For clients, once it runs. */
  readonly address: string;
  /** The environment variable that names a server which is there already. */
  readonly givenBy: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  isRunning(): Promise<boolean>;
}
