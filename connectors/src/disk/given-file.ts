/** A small file that an option names: a schema, a certificate. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { connectorError } from '../api/index.js';

/** Throws a ConnectorError that begins with `subject`. @param path taken from `baseDir` */
export function givenFile(path: string, baseDir: string, subject: string): Buffer {
  try {
    return readFileSync(resolve(baseDir, path));
  } catch (error) {
    throw connectorError(subject, error);
  }
}
