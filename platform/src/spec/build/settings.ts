/** Settings: every default, and the bounds that hold between values. */
import type { Fields, ValueOf } from '@tidegate/connectors/api';
import { renderDuration } from '../../common/duration-text.js';
import type { Settings } from '../application.js';
import { checkpoint } from '../declaration/checkpoint.js';
import { memory } from '../declaration/memory.js';
import { restart } from '../declaration/restart.js';
import { settings as declaration } from '../declaration/settings.js';
import { state } from '../declaration/state.js';
import { fillDefaults } from '../read/defaults.js';
import { sizeText } from '../schema/written-form.js';
import type { BuildContext } from './context.js';

export type SettingsDraft = ValueOf<typeof declaration, 'draft'>;

const MIN_CHECKPOINT_MS = 10;
const MIN_STATE_BYTES = 16 * 1024 ** 2;
const MIN_NETWORK_BYTES = 1024 ** 2;

export function buildSettings(name: string, draft: SettingsDraft | undefined, context: BuildContext): Settings {
  const { parallelism, maxParallelism, stateDir, maxRecordSize } = whole(declaration.fields, draft) as ValueOf<
    typeof declaration
  >;
  const settings: Settings = {
    parallelism,
    maxParallelism,
    stateDir: context.host.resolve(context.baseDir, stateDir ?? `.tidegate/${name}`),
    maxRecordSize,
    checkpoint:
      draft?.checkpoint === 'none'
        ? 'none'
        : (whole(checkpoint.map.fields, draft?.checkpoint) as ValueOf<typeof checkpoint.map>),
    restart: whole(restart.fields, draft?.restart) as ValueOf<typeof restart>,
    state: whole(state.fields, draft?.state) as ValueOf<typeof state>,
    memory: whole(memory.fields, draft?.memory) as ValueOf<typeof memory>,
  };
  checkBounds(settings, context);
  return settings;
}

function whole(fields: Fields, draft: object | undefined): unknown {
  const values: Record<string, unknown> = { ...draft };
  fillDefaults(fields, values);
  return values;
}

function checkBounds(settings: Settings, { diagnostics, positions }: BuildContext): void {
  const { parallelism, maxParallelism, checkpoint, restart, memory } = settings;
  const refuse = (path: readonly string[], found: string, wrong: string, help: string): void =>
    diagnostics.error('TG113', `${['settings', ...path].join('.')} is ${found}, ${wrong}`, {
      range: positions.locate(['settings', ...path]),
      help,
    });
  if (parallelism > maxParallelism) {
    refuse(
      ['parallelism'],
      String(parallelism),
      `more than maxParallelism, which is ${maxParallelism}`,
      'A subtask without a key group has nothing to do: raise maxParallelism, or lower parallelism.',
    );
  }
  if (checkpoint !== 'none') {
    for (const key of ['interval', 'timeout'] as const) {
      if (checkpoint[key] >= MIN_CHECKPOINT_MS) continue;
      const help = key === 'interval' ? 'For no checkpoints write checkpoint: none.' : 'Write a time such as 10m.';
      refuse(['checkpoint', key], renderDuration(checkpoint[key]), `less than ${MIN_CHECKPOINT_MS}ms`, help);
    }
  }
  const { initial = 0, max = initial } = restart;
  if (max < initial) {
    const wrong = `less than initial, which is ${renderDuration(initial)}`;
    refuse(['restart', 'max'], renderDuration(max), wrong, 'The waits grow from initial to max.');
  }
  const budgets = { state: MIN_STATE_BYTES, network: MIN_NETWORK_BYTES } as const;
  for (const key of ['state', 'network'] as const) {
    if (memory[key] >= budgets[key]) continue;
    const least = sizeText(budgets[key]);
    refuse(['memory', key], sizeText(memory[key]), `less than ${least}`, `It needs at least ${least} to work at all.`);
  }
}
