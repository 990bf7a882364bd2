/** What the application file may name: connectors and formats. Only the composition root knows concrete ones. */
import type { FormatFactory, SinkFactory, SourceFactory } from '@tidegate/connectors/api';

export interface Registry {
  readonly sources: ReadonlyMap<string, SourceFactory>;
  readonly sinks: ReadonlyMap<string, SinkFactory>;
  readonly formats: ReadonlyMap<string, FormatFactory>;
}
