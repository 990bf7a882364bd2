/**
 * Writes the records of a feedback edge, back to the head of a loop.
 *
 * Invariants
 * - It never waits for credit: were a task to wait for the head of its own loop, and the head for it, nobody would go on.
 *   What there is no credit for is held in the channel; the head takes it before anything new (`channel-turns.ts`).
 * - Records and barriers go round; time, idleness and the end do not. A task may end before what it sends back is taken:
 *   then nothing that it sends counts.
 * - Barriers are always announced, so that the head soon has all that was in flight, however much of it waits.
 */
import { RecordWriter, type ControlElement } from './record-writer.js';

export class FeedbackWriter extends RecordWriter {
  override hasCredit(): boolean {
    super.hasCredit();
    return true;
  }

  override flush(): boolean {
    super.flush();
    return true;
  }

  override control(_element: ControlElement): void {
    super.flush();
  }

  protected override isAnnounced(): boolean {
    return true;
  }
}
