/** A log on disk whose appends share syncs. */
export { EventLog } from './event-log.js';
export { LogCursor } from './log-cursor.js';
