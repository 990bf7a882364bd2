/** All who take requests for a subtask of functions, as one. */
import type { RequestCounter } from '../../../functions/requests/request-desk.js';
import type { RequestServer } from '../../../functions/requests/request-server.js';

export class RequestServers implements RequestServer {
  constructor(private readonly servers: readonly RequestServer[]) {}

  serve(counter: RequestCounter): void {
    for (const server of this.servers) server.serve(counter);
  }

  async close(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.close()));
  }
}
