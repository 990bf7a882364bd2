/**
 * Which sections an application needs. Requests bring work of their own and tell who asks what came of it; without them work comes
 * from ingresses by rules or routes, and goes to egresses.
 */
import { NEEDED_WITHOUT_REQUESTS } from '../declaration/application.js';
import type { BuildContext } from './context.js';

const HELP = {
  ingresses: 'The streams of events, by name; or requests, which functions answer.',
  egresses: 'Where alerts, late events and bad records go, by name. Where there are requests there need be none.',
};

/** @param isWritten whether a section stands in the file, right or wrong: what is wrong with it is told for itself */
export function checkNeededSections(
  isWritten: (section: string) => boolean,
  { diagnostics, positions }: Pick<BuildContext, 'diagnostics' | 'positions'>,
): void {
  if (isWritten('requests')) return;
  const range = positions.locate([]);
  for (const section of NEEDED_WITHOUT_REQUESTS)
    if (!isWritten(section))
      diagnostics.error('TG111', `the application has no ${JSON.stringify(section)}, which must be written`, {
        range,
        help: HELP[section],
      });
  if (!isWritten('rules') && !isWritten('routes'))
    diagnostics.error('TG111', 'the application has no "rules" and no "routes", of which one must be written', {
      range,
      help: 'The rules, or the routes to functions, by name; or requests, which functions answer.',
    });
}
