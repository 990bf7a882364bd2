/** What the builders of the sections share. */
import type { DiagnosticBag } from '../diagnostic-bag.js';
import type { SpecHost } from '../host.js';
import type { Positions } from '../positions.js';
import type { Registry } from '../registry.js';

export interface BuildContext {
  readonly registry: Registry;
  readonly positions: Positions;
  readonly diagnostics: DiagnosticBag;
  readonly host: SpecHost;
  /** Absolute. */
  readonly baseDir: string;
}
