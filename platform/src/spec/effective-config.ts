/** The application as it runs: every default written out, in the form of the file, with secrets masked. */
import type { Fields } from '@tidegate/connectors/api';
import type { Application, Configured, FunctionType, Ingress } from './application.js';
import { functionType } from './declaration/function.js';
import { settings as settingsDeclaration } from './declaration/settings.js';
import { time as timeDeclaration } from './declaration/time.js';
import type { Registry } from './registry.js';
import { writtenForm } from './schema/written-form.js';

const MASK = '***';

export function effectiveConfig(application: Application, registry: Registry, secrets: ReadonlySet<string>): unknown {
  const { name, settings, ingresses, tables, functions, egresses } = application;
  const connector = (registered: ReadonlyMap<string, { readonly options: Fields }>, { type, options }: Configured) => ({
    [type]: writtenForm(registered.get(type)?.options ?? {}, options),
  });
  const config = {
    name,
    settings: writtenForm(settingsDeclaration.fields, { ...settings }),
    ingresses: mapValues(ingresses, (one) => ({
      ...connector(registry.sources, one.connector),
      format: connector(registry.formats, one.format),
      time: timeConfig(one),
      onBadRecord: one.onBadRecord.kind === 'dead-letter' ? { to: one.onBadRecord.to } : one.onBadRecord.kind,
    })),
    ...(tables.size === 0 ? {} : { tables: mapValues(tables, ({ file, format, key }) => ({ file, format, key })) }),
    ...(functions.size === 0 ? {} : { functions: mapValues(functions, functionConfig) }),
    egresses: mapValues(egresses, (one) => ({
      ...connector(registry.sinks, one.connector),
      format: connector(registry.formats, one.format),
      delivery: one.delivery,
    })),
  };
  return masked(config, secrets);
}

function functionConfig({ way, onFailure }: FunctionType): unknown {
  const { http, module } = functionType.variants;
  if (way.kind === 'http') return { http: writtenForm(http.fields, { ...way.http }), onFailure };
  return { module: writtenForm(module.fields, { ...way.module }), onFailure };
}

function timeConfig({ time, late }: Ingress): unknown {
  if (time.kind === 'ingestion') return 'ingestion';
  const { kind: _, field, format, ...rest } = time;
  return {
    field: field.some((name) => name.includes('.')) ? field : field.join('.'),
    ...(format === undefined ? {} : { format: typeof format === 'string' ? format : format.pattern }),
    ...writtenForm(timeDeclaration.map.fields, rest),
    ...(late === undefined ? {} : { late }),
  };
}

function mapValues<T>(section: ReadonlyMap<string, T>, form: (value: T) => unknown): Record<string, unknown> {
  return Object.fromEntries([...section].map(([name, value]) => [name, form(value)]));
}

/** Every text that is a secret or holds one; short secrets only where they are the whole text. */
function masked(value: unknown, secrets: ReadonlySet<string>): unknown {
  if (typeof value === 'string') {
    let text = value;
    for (const secret of secrets)
      text = text === secret ? MASK : secret.length >= 4 ? text.replaceAll(secret, MASK) : text;
    return text;
  }
  if (Array.isArray(value)) return value.map((item) => masked(item, secrets));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, masked(item, secrets)]));
}
