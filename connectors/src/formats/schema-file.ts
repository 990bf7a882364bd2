/** A schema that a format's options name. */
import { ConnectorError, type FormatContext } from '../api/index.js';
import { givenFile } from '../disk/given-file.js';

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
    return parse(givenFile(path, baseDir, subject).toString());
  } catch (error) {
    if (error instanceof ConnectorError) throw error;
    throw new ConnectorError(
      'invalid-option',
      `${subject}: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    );
  }
}
