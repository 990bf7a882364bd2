/** The contract between the platform and what it reads from and writes to. */
export * from './connector.js';
export * from './decisions.js';
export * from './declaration.js';
export * from './error.js';
export * from './format.js';
export * from './json-depth.js';
export * from './metrics.js';
export * from './sink.js';
export * from './source.js';
