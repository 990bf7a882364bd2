/** ioredis, loaded when the first server is reached. */
import { onDemand } from '../loading/on-demand.js';

export const ioredis = onDemand<typeof import('ioredis')>('ioredis');
