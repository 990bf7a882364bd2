/** Why events of a stream from before a change cannot stand in one match with those from after it. */
import type { GraphIndex } from '../../job/graph-index.js';
import type { SourceNode, TimeDescriptor } from '../../job/stream-graph.js';
import { unreadable } from './schema-evolution.js';

export interface StreamBreak {
  readonly kind: 'time' | 'schema';
  /** In a few words. */
  readonly reason: string;
}

export class StreamBreaks {
  readonly #found = new Map<string, StreamBreak | undefined>();

  /** @param ids of streams that both plans have (`ingresses.x`, `rules.y`), after to before */
  constructor(
    private readonly before: GraphIndex,
    private readonly after: GraphIndex,
    private readonly ids: ReadonlyMap<string, string>,
  ) {}

  /** Of a stream of the plan after; undefined when its events are as they were, or it is new. */
  of(stream: string): StreamBreak | undefined {
    if (this.#found.has(stream)) return this.#found.get(stream);
    const former = this.ids.get(stream);
    const isRule = stream.startsWith('rules.');
    const found =
      former === undefined ? undefined : isRule ? this.#ofRule(stream, former) : this.#ofSource(stream, former);
    this.#found.set(stream, found);
    return found;
  }

  #ofSource(stream: string, former: string): StreamBreak | undefined {
    const before = this.before.node(former) as SourceNode;
    const after = this.after.node(stream) as SourceNode;
    if (timeMeaning(before.time) !== timeMeaning(after.time))
      return { kind: 'time', reason: `the time of "${after.name}" is another` };
    const wrong = unreadable(before.schema, after.schema);
    return wrong === undefined ? undefined : { kind: 'schema', reason: `"${after.name}" has another schema: ${wrong}` };
  }

  /** An alert has the time of its events, and so it changes with theirs. */
  #ofRule(stream: string, former: string): StreamBreak | undefined {
    const before = this.before.rule(ruleIn(former));
    const after = this.after.rule(ruleIn(stream));
    if (before === undefined || after === undefined) return undefined;
    const ofTime = after.node.inputs.map(({ from }) => this.of(from)).find((one) => one?.kind === 'time');
    if (ofTime !== undefined) return ofTime;
    const wrong = unreadable(before.rule.fields, after.rule.fields);
    if (wrong === undefined) return undefined;
    return { kind: 'schema', reason: `the alerts of "${after.rule.name}" have another form: ${wrong}` };
  }
}

/** What a record's timestamp is; how late one may be is not part of it. */
export function timeMeaning({ kind, field, format, zone }: TimeDescriptor): string {
  return JSON.stringify([kind, field ?? null, format ?? null, zone ?? null]);
}

function ruleIn(stream: string): string {
  return stream.slice('rules.'.length);
}
