/** The time of an ingress, and whether it fits the schema. */
import type { ValueOf } from '@tidegate/connectors/api';
import type { RecordType, ValueType } from '../../expression/type.js';
import type { IngressTime, TimeFormat } from '../application.js';
import type { time } from '../declaration/time.js';
import type { Path } from '../positions.js';
import { nearestName } from '../../common/nearest-name.js';
import { pathText } from '../read/path-text.js';
import type { BuildContext } from './context.js';

type TimeDraft = ValueOf<typeof time, 'draft'> | undefined;

const INGESTION: IngressTime = { kind: 'ingestion' };
const FORMATS = ['epoch-millis', 'epoch-seconds', 'epoch-micros', 'iso-8601'] as const;
/** The tokens of a pattern; those of zones are Z (+1), ZZ (+01:00), ZZZ (+0100) and z (Europe/Amsterdam). */
const PATTERN_TOKENS = /^(?:yyyy|yy|MMM?M?|M|dd?|EEE|HH?|hh?|mm?|ss?|SSS|a|Z{1,3}|z|'[^']*'|[^A-Za-z'])+$/;
const ZONE_TOKENS = /[Zz]/;

export function buildTime(
  ingress: string,
  draft: TimeDraft,
  schema: RecordType,
  context: BuildContext,
): { time: IngressTime; late?: string } {
  const path = ['ingresses', ingress, 'time'];
  if (draft === undefined || typeof draft === 'string' || draft.field === undefined) return { time: INGESTION };
  const field = typeof draft.field === 'string' ? draft.field.split('.') : draft.field;
  const format = draft.format === undefined ? undefined : timeFormat(draft.format, path, context);
  if (draft.zone !== undefined) checkZone(draft.zone, path, context);
  checkField(field, schema, format, path, context);
  checkPatternZone(format, draft.zone, path, context);
  const { maxOutOfOrderness, idleTimeout, maxFuture, watermarkAlignment: alignment, order, zone, late } = draft;
  return {
    time: {
      kind: 'event',
      field,
      ...(format === undefined ? {} : { format }),
      ...(zone === undefined ? {} : { zone }),
      maxOutOfOrderness,
      ...(idleTimeout === undefined ? {} : { idleTimeout }),
      ...(maxFuture === undefined ? {} : { maxFuture }),
      ...(alignment?.maxDrift === undefined
        ? {}
        : {
            watermarkAlignment: {
              group: alignment.group ?? `ingresses.${ingress}`,
              maxDrift: alignment.maxDrift,
              updateInterval: alignment.updateInterval,
            },
          }),
      order,
    },
    ...(late === undefined ? {} : { late }),
  };
}

function timeFormat(text: string, path: Path, { positions, diagnostics }: BuildContext): TimeFormat | undefined {
  const known = FORMATS.find((format) => format === text);
  if (known !== undefined) return known;
  if (/[yMdHhms]{2}/.test(text) && PATTERN_TOKENS.test(text)) return { pattern: text };
  const suggestion = nearestName(text, FORMATS);
  diagnostics.error('TG141', `${pathText(path)}.format is ${JSON.stringify(text)}, which is no format of time`, {
    range: positions.locate([...path, 'format']),
    ...(suggestion === undefined ? {} : { suggestion }),
    help: `Write ${FORMATS.join(', ')}, or a pattern of yyyy MM dd HH mm ss SSS ZZ such as "yyyy/MM/dd HH:mm".`,
  });
  return undefined;
}

function checkZone(zone: string, path: Path, { positions, diagnostics }: BuildContext): void {
  if (zone === 'UTC') return; // the usual case; asking Intl for the first time costs 50 ms
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch {
    const suggestion = nearestName(zone, Intl.supportedValuesOf('timeZone'));
    diagnostics.error('TG141', `${pathText(path)}.zone is ${JSON.stringify(zone)}, which is no IANA time zone`, {
      range: positions.locate([...path, 'zone']),
      ...(suggestion === undefined ? { help: 'Write UTC, or a zone such as Europe/Amsterdam.' } : { suggestion }),
    });
  }
}

function checkPatternZone(
  format: TimeFormat | undefined,
  zone: string | undefined,
  path: Path,
  { positions, diagnostics }: BuildContext,
): void {
  if (typeof format !== 'object' || zone !== undefined || ZONE_TOKENS.test(format.pattern.replace(/'[^']*'/g, '')))
    return;
  diagnostics.error('TG141', `${pathText(path)} has texts without a time zone, and no "zone"`, {
    range: positions.locate([...path, 'format']),
    help: 'Add zone: UTC, or the zone that the texts are in.',
  });
}

function checkField(
  field: readonly string[],
  schema: RecordType,
  format: TimeFormat | undefined,
  path: Path,
  { positions, diagnostics }: BuildContext,
): void {
  let type: ValueType = schema;
  const at = { range: positions.locate([...path, 'field']) };
  for (const name of field) {
    if (type.kind !== 'record') return;
    const known: RecordType = type;
    if (!Object.hasOwn(known.fields, name)) {
      if (known.open) return;
      const suggestion = nearestName(name, Object.keys(known.fields));
      diagnostics.error('TG141', `${pathText(path)}.field: the schema has no field ${JSON.stringify(name)}`, {
        ...at,
        ...(suggestion === undefined ? { help: `It has ${Object.keys(known.fields).join(', ')}.` } : { suggestion }),
      });
      return;
    }
    type = known.fields[name]?.type ?? { kind: 'dyn' };
  }
  if (
    (type.kind === 'int' || type.kind === 'double') &&
    (format === undefined || format === 'iso-8601' || typeof format === 'object')
  ) {
    diagnostics.error(
      'TG141',
      `${pathText(path)}.field: ${field.join('.')} is a plain number${format === undefined ? ', and no format says what it counts' : ''}`,
      {
        ...at,
        help: 'Add format: epoch-millis, epoch-seconds or epoch-micros.',
      },
    );
  } else if (!['int', 'double', 'string', 'timestamp', 'dyn'].includes(type.kind)) {
    diagnostics.error('TG141', `${pathText(path)}.field: ${field.join('.')} is a ${type.kind}, which holds no time`, {
      ...at,
      help: 'Name a field that is a timestamp, a number or text.',
    });
  }
}
