/** All types under one name, so that an author writes `types.string`: these words are taken in too many files. */
export { custom } from './custom.js';
export { json } from './json.js';
export { named } from './named.js';
export { double, float, int, long } from './numbers.js';
export { protobuf } from './protobuf.js';
export { bool, bytes, raw, string } from './scalars.js';
