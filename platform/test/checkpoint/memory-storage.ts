/** A storage in memory whose requests wait until the test lets them happen, and whose timers fire when told. */
import type { StoragePort } from '../../src/checkpoint/storage-requests.js';
import type { Clock } from '../../src/common/clock.js';
import type { StorageAnswer, StorageErrorCode, StorageRequest } from '../../src/common/storage.js';

export class MemoryFiles {
  readonly files = new Map<string, Uint8Array>();

  apply(request: StorageRequest): StorageAnswer {
    const { files } = this;
    switch (request.op) {
      case 'create':
        if (files.has(request.name)) return failure('exists');
        files.set(request.name, request.bytes);
        return { ok: true };
      case 'read': {
        const bytes = files.get(request.name);
        return bytes === undefined ? failure('missing') : { ok: true, bytes };
      }
      case 'list':
        return { ok: true, names: [...files.keys()].filter((name) => name.startsWith(request.prefix)).sort() };
      case 'delete':
        for (const name of request.names) files.delete(name);
        return { ok: true };
    }
  }
}

export function failure(code: StorageErrorCode): StorageAnswer {
  return { ok: false, code, message: code };
}

/** One process's way to the files. */
export class ManualPort implements StoragePort, Clock {
  readonly waiting: { readonly request: StorageRequest; readonly answered: (answer: StorageAnswer) => void }[] = [];
  #time = 0;
  #timers: { readonly due: number; readonly callback: () => void }[] = [];

  constructor(readonly disk: MemoryFiles) {}

  request(request: StorageRequest, answered: (answer: StorageAnswer) => void): void {
    this.waiting.push({ request, answered });
  }

  now(): number {
    return this.#time;
  }

  monotonic(): number {
    return this.#time;
  }

  schedule(ms: number, callback: () => void): () => void {
    const timer = { due: this.#time + ms, callback };
    this.#timers.push(timer);
    return () => (this.#timers = this.#timers.filter((other) => other !== timer));
  }

  /** Lets the first request that waits happen and be answered; or fail, with the request done or not. */
  next(fault?: { readonly code: StorageErrorCode; readonly isDone?: boolean }): StorageRequest {
    const first = this.waiting.shift();
    if (first === undefined) throw new Error('nothing is asked');
    const answer = fault === undefined || fault.isDone === true ? this.disk.apply(first.request) : undefined;
    first.answered(fault === undefined ? answer! : failure(fault.code));
    return first.request;
  }

  /** Lets everything happen that is asked, and what is asked upon it; no timers. */
  drain(): void {
    while (this.waiting.length > 0) this.next();
  }

  /** Lets time pass, and what is asked meanwhile happen. */
  pass(ms: number, answers: 'answers' | 'no answers' = 'answers'): void {
    const end = this.#time + ms;
    for (;;) {
      const next = this.#timers.filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#time = Math.max(this.#time, next.due);
      next.callback();
      if (answers === 'answers') this.drain();
    }
    this.#time = end;
  }
}
