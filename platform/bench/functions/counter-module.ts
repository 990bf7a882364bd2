/** What runs inside the worker in `bench:functions -- embedded`. */
import { counterOf } from './counters.js';

export const counter = counterOf(() => undefined);
