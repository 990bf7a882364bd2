/** Which topics an ingress reads: those it names, or those whose names follow its pattern. */
import type { Admin } from 'kafkajs';
import type { RE2JS } from 're2js';
import { ConnectorError } from '../api/index.js';
import { onDemand } from '../loading/on-demand.js';
import type { KafkaSourceOptions } from './source-options.js';

/** Kafka's own topics begin like this (consumer offsets, the state of transactions). */
const INTERNAL = '__';
/** Loaded when there is a pattern: it is large. */
const re2js = onDemand<typeof import('re2js')>('re2js');

export class TopicSelection {
  readonly #named: readonly string[];
  readonly #pattern: RE2JS | undefined;

  /** Throws a ConnectorError where the pattern is none. @param subject for messages */
  constructor(topics: KafkaSourceOptions['topics'], subject: string) {
    this.#named = typeof topics === 'string' ? [topics] : 'pattern' in topics ? [] : topics;
    this.#pattern = typeof topics === 'object' && 'pattern' in topics ? compiled(topics.pattern, subject) : undefined;
  }

  /** As the pattern was written; undefined where topics are named. */
  get pattern(): string | undefined {
    return this.#pattern?.pattern();
  }

  /** Those that are named, whether they are there or not; or those that are there. */
  async names(admin: Admin): Promise<readonly string[]> {
    const pattern = this.#pattern;
    if (pattern === undefined) return this.#named;
    const topics = await admin.listTopics();
    return topics.filter((topic) => !topic.startsWith(INTERNAL) && pattern.matches(topic)).sort();
  }
}

function compiled(pattern: string, subject: string): RE2JS {
  try {
    return re2js().RE2JS.compile(pattern);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConnectorError('invalid-option', `${subject}: topics.pattern: ${reason}`, { cause });
  }
}
