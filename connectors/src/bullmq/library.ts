/** BullMQ, loaded when the first queue is read or written: that takes as long as a start of the command. */
import { onDemand } from '../loading/on-demand.js';

export const bullmq = onDemand<typeof import('bullmq')>('bullmq');
