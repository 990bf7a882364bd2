/**
 * What a deployment has opened in the outer world, so that all of it is closed however far the deployment came.
 *
 * Invariants
 * - Everything is closed once, the last opened first to begin; a failure to close one thing keeps none of the others open.
 */
export interface Closable {
  close(): Promise<void>;
}

export class OpenResources {
  readonly #open = new Set<Closable>();

  add<T extends Closable>(resource: T): T {
    this.#open.add(resource);
    return resource;
  }

  /** `owner` closes what `resource` was: from now on it alone is closed. */
  handOver<T extends Closable>(resource: Closable, owner: T): T {
    this.#open.delete(resource);
    return this.add(owner);
  }

  async closeAll(): Promise<void> {
    const closing = [...this.#open].reverse().map(async (resource) => resource.close());
    this.#open.clear();
    await Promise.allSettled(closing);
  }
}
