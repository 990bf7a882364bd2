/** What tests of stateful functions import. */
export type { EmittedKafkaRecord } from './kafka-record.js';
export { TestKit, type PendingMessage, type Shown, type TestKitOptions } from './test-kit.js';
