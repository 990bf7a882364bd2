/** The mail that a task was sent and has not acted on, in the order in which it came. */
import type { TaskMail } from './task.js';
import type { TaskHost } from './task-host.js';

const NONE: readonly TaskMail[] = [];

export class Mailbox {
  #mail: TaskMail[] = [];

  constructor(private readonly host: Pick<TaskHost, 'wake'>) {}

  put(mail: TaskMail): void {
    this.#mail.push(mail);
    this.host.wake();
  }

  /** What has come since it was taken last. */
  take(): readonly TaskMail[] {
    if (this.#mail.length === 0) return NONE;
    const mail = this.#mail;
    this.#mail = [];
    return mail;
  }
}
