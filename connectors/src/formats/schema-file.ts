/** A schema that a format's options name. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConnectorError, connectorError, type FormatContext } from '../api/index.js';

/**
 * Throws a ConnectorError where the file cannot be read, or `parse` throws what is wrong with it.
 * @param format its name, for messages
 */
export function schemaFile<T>(
  format: string,
  path: string,
  { baseDir }: Pick<FormatContext, 'baseDir'>,
  parse: (text: string) => T,
): T {
  const subject = `format ${format}: ${path}`;
  try {
    return parse(readFileSync(resolve(baseDir, path), 'utf8'));
  } catch (error) {
    if (error instanceof ConnectorError) throw error;
    if (error instanceof Error && 'code' in error) throw connectorError(subject, error);
    throw new ConnectorError(
      'invalid-option',
      `${subject}: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    );
  }
}
