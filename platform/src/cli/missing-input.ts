/**
 * Warns of file ingresses that would find nothing to read. No error: the files may come before the run, and on another
 * machine they do.
 */
import { findsFiles } from '@tidegate/connectors/file';
import type { Diagnostic } from '../common/diagnostic.js';
import type { Application } from '../spec/application.js';
import type { Positions } from '../spec/positions.js';

export function missingInput({ ingresses, baseDir }: Application, positions: Positions): readonly Diagnostic[] {
  return [...ingresses].flatMap(([name, { connector }]) => {
    const paths = connector.type === 'file' ? connector.options['path'] : undefined;
    if (!Array.isArray(paths)) return [];
    return paths.flatMap((path: unknown, index): Diagnostic[] => {
      if (typeof path !== 'string' || findsFiles(path, baseDir)) return [];
      return [
        {
          code: 'TG152',
          severity: 'warning',
          message: `ingresses.${name} finds no file at ${JSON.stringify(path)}`,
          range: positions.locate(['ingresses', name, 'file', 'path', index]),
          help: `Paths are taken from the folder of the application file, ${baseDir}.`,
        },
      ];
    });
  });
}
