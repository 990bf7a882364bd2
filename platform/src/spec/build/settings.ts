/** Settings with every default. */
import type { Fields, ValueOf } from '@tidegate/connectors/api';
import type { Settings } from '../application.js';
import { checkpoint } from '../declaration/checkpoint.js';
import { memory } from '../declaration/memory.js';
import { restart } from '../declaration/restart.js';
import { settings as declaration } from '../declaration/settings.js';
import { state } from '../declaration/state.js';
import { fillDefaults } from '../read/defaults.js';
import type { BuildContext } from './context.js';
import { outOfBounds } from './settings-bounds.js';

export type SettingsDraft = ValueOf<typeof declaration, 'draft'>;

export function buildSettings(name: string, draft: SettingsDraft | undefined, context: BuildContext): Settings {
  const { parallelism, maxParallelism, stateDir, maxRecordSize, bufferTimeout } = whole(
    declaration.fields,
    draft,
  ) as ValueOf<typeof declaration>;
  const settings: Settings = {
    parallelism,
    maxParallelism,
    stateDir: context.host.resolve(context.baseDir, stateDir ?? `.tidegate/${name}`),
    maxRecordSize,
    bufferTimeout,
    checkpoint:
      draft?.checkpoint === 'none'
        ? 'none'
        : (whole(checkpoint.map.fields, draft?.checkpoint) as ValueOf<typeof checkpoint.map>),
    restart: whole(restart.fields, draft?.restart ?? defaultRestart(draft)) as ValueOf<typeof restart>,
    state: whole(state.fields, draft?.state) as ValueOf<typeof state>,
    memory: whole(memory.fields, draft?.memory) as ValueOf<typeof memory>,
  };
  for (const { path, found, wrong, help } of outOfBounds(settings)) {
    const range = context.positions.locate(['settings', ...path]);
    context.diagnostics.error('TG113', `settings.${path.join('.')} is ${found}, ${wrong}`, { range, help });
  }
  return settings;
}

/** As in Apache Flink: without checkpoints there is nothing to go on from. */
function defaultRestart(draft: SettingsDraft | undefined): object | undefined {
  return draft?.checkpoint === 'none' ? { strategy: 'none' } : undefined;
}

function whole(fields: Fields, draft: object | undefined): unknown {
  const values: Record<string, unknown> = { ...draft };
  fillDefaults(fields, values);
  return values;
}
