/** Where the entry of a slot's thread lies: beside this module, in the build as in the bundle. */
export const SLOT_THREAD_FILE = new URL('./slot-thread.js', import.meta.url);
