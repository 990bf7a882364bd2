/** Reads Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats/), and refuses what is none. */
import assert from 'node:assert/strict';

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Exposition {
  /** By the metric's name. */
  readonly types: ReadonlyMap<string, string>;
  readonly samples: readonly Sample[];
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)(?: -?\\d+)?$`);
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/y;
const COMMENT = new RegExp(`^# (HELP|TYPE|UNIT) (${NAME}) (.*)$`);

export function parseExposition(text: string): Exposition {
  const types = new Map<string, string>();
  const samples: Sample[] = [];
  assert.ok(text.endsWith('\n'), 'the last line is cut off');
  for (const line of text.split('\n').filter((line) => line !== '')) {
    if (line.startsWith('#')) {
      const [, kind, name, rest] = COMMENT.exec(line) ?? assert.fail(line);
      if (kind === 'TYPE') types.set(name!, rest!);
    } else samples.push(sampleOf(line));
  }
  for (const { name } of samples) assert.ok(typeOf(types, name) !== undefined, `${name} has no type`);
  return { types, samples };
}

/** The sum of what samples of this name say, with at least these labels; undefined: there is none. */
export function sumOf({ samples }: Exposition, name: string, labels: Sample['labels'] = {}): number | undefined {
  const found = samples.filter((sample) => {
    return sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value);
  });
  return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
}

function sampleOf(line: string): Sample {
  const [, name, inBraces = '', number] = SAMPLE.exec(line) ?? assert.fail(line);
  const labels: Record<string, string> = {};
  for (LABEL.lastIndex = 0; LABEL.lastIndex < inBraces.length;) {
    const [, label, value] = LABEL.exec(inBraces) ?? assert.fail(line);
    assert.ok(!Object.hasOwn(labels, label!), line);
    labels[label!] = value!.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
  }
  const value = number === '+Inf' ? Infinity : number === '-Inf' ? -Infinity : Number(number);
  assert.ok(!Number.isNaN(value) || number === 'NaN', line);
  return { name: name!, labels, value };
}

/** Of a histogram's parts the type stands at its name. */
function typeOf(types: Exposition['types'], name: string): string | undefined {
  return types.get(name) ?? types.get(name.replace(/_(?:bucket|sum|count)$/, ''));
}
