/**
 * The connections of one endpoint, by the place that they lead to: kept for the next request, the last one that was used
 * first, so that the others may go.
 */
import { Connection } from './connection.js';
import type { Dialler } from './dialler.js';
import type { RequestTarget } from '../../job/url-template.js';

export class Connections {
  readonly #idle = new Map<string, Connection[]>();
  readonly #all = new Set<Connection>();

  constructor(private readonly dialler: Dialler) {}

  /** One that nobody uses. @param isNew it was not used before */
  take(target: RequestTarget, isNew = false): Connection {
    const idle = isNew ? undefined : this.#idle.get(target.origin)?.pop();
    if (idle !== undefined) return idle;
    const made = new Connection(target, this.dialler, (closed) => this.#forget(target, closed));
    this.#all.add(made);
    return made;
  }

  /** Its request was answered, and it may have another. */
  give(target: RequestTarget, connection: Connection): void {
    if (!this.#all.has(connection)) return;
    const idle = this.#idle.get(target.origin);
    if (idle === undefined) this.#idle.set(target.origin, [connection]);
    else idle.push(connection);
  }

  /** With what is under way on it. */
  drop(connection: Connection): void {
    this.#all.delete(connection);
    connection.close();
  }

  close(): void {
    for (const connection of this.#all) connection.close();
    this.#all.clear();
    this.#idle.clear();
  }

  #forget({ origin }: RequestTarget, connection: Connection): void {
    const idle = this.#idle.get(origin);
    const place = idle?.indexOf(connection) ?? -1;
    // One with a request is dropped, or dialled again, by who has sent it.
    if (idle === undefined || place < 0) return;
    idle.splice(place, 1);
    if (idle.length === 0) this.#idle.delete(origin);
    this.drop(connection);
  }
}
