/** What an egress keeps beside its outer system. */
export { RejectedRecords } from './rejected-records.js';
export { RejectingWriter } from './rejecting-writer.js';
