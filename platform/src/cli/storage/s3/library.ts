/** The official client of S3, loaded when object storage is named: loading it takes as long as half a start of the command. */
import { createRequire } from 'node:module';

export type S3Library = typeof import('@aws-sdk/client-s3');

const require = createRequire(import.meta.url);
let library: S3Library | undefined;

export function s3Library(): S3Library {
  if (library === undefined) {
    // The client would print that its next major version wants a later Node: nothing that a user of this one can act on.
    process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
    library = require('@aws-sdk/client-s3') as S3Library;
  }
  return library;
}
