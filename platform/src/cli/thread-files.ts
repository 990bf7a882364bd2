/** Where the entries of threads lie: beside this module, in the build as in the bundle. */
export const SLOT_THREAD_FILE = new URL('./slot-thread.js', import.meta.url);
export const SLOT_WATCH_THREAD_FILE = new URL('./slot-watch-thread.js', import.meta.url);
