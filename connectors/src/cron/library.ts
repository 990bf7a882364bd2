/** cron-parser, loaded when the first schedule is read: it comes with its time zones. */
import { onDemand } from '../loading/on-demand.js';

export const cronParser = onDemand<typeof import('cron-parser')>('cron-parser');
