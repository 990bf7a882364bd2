/**
 * `${NAME}`, `${NAME:default}`, `${secret:/path}`, and `$${` for the text itself: replaced in scalars after parsing, so
 * a value can never change the structure of the file.
 *
 * Invariants
 * - What comes from a secret is remembered as such; messages quote the placeholder, never the value.
 */
import type { DiagnosticBag } from '../diagnostic-bag.js';
import type { SpecHost } from '../host.js';
import { nearestName } from '../../common/nearest-name.js';
import type { ScalarNode } from '../text/node.js';
import { sourceOffsets } from '../text/scalar-offsets.js';

export interface Replaced {
  readonly text: string;
  /** Whether anything was replaced. */
  readonly changed: boolean;
  readonly secret: boolean;
}

const PLACEHOLDER = /\$\$\{|\$\{([^}]*)(\}?)/g;
const FORM = /^(?:secret:(?<path>.+)|(?<name>[A-Za-z_]\w*)(?::(?<fallback>.*))?)$/s;

export class Placeholders {
  private readonly known = new Map<ScalarNode, Replaced | undefined>();
  private readonly secretValues = new Set<string>();

  constructor(
    private readonly host: SpecHost,
    private readonly diagnostics: DiagnosticBag,
  ) {}

  /** Every text that came from a secret. */
  get secrets(): ReadonlySet<string> {
    return this.secretValues;
  }

  /** Undefined when a placeholder cannot be replaced, which was then reported. */
  replace(node: ScalarNode): Replaced | undefined {
    if (node.written !== undefined) return { text: node.text, changed: typeof node.value === 'string', secret: false };
    if (!node.text.includes('${')) return { text: node.text, changed: false, secret: false };
    if (!this.known.has(node)) this.known.set(node, this.compute(node));
    return this.known.get(node);
  }

  /** The scalar with what stands for its placeholders; unreadable where one cannot be replaced, which was then reported. */
  replaced(node: ScalarNode): ScalarNode {
    const { text, changed } = this.replace(node) ?? {};
    if (text === undefined) return { ...node, unreadable: true };
    return changed === true && node.written === undefined ? { ...node, value: text, text, written: node.text } : node;
  }

  private compute(node: ScalarNode): Replaced | undefined {
    let secret = false;
    let failed = false;
    const text = node.text.replace(
      PLACEHOLDER,
      (written: string, inner: string | undefined, brace: string, at: number) => {
        if (written === '$${') return '${';
        const value = this.valueOf(node, at, written, inner ?? '', brace === '}');
        failed ||= value === undefined;
        secret ||= inner?.startsWith('secret:') === true;
        return value ?? '';
      },
    );
    return failed ? undefined : { text, changed: true, secret };
  }

  private valueOf(node: ScalarNode, at: number, written: string, inner: string, closed: boolean): string | undefined {
    const fail = (message: string, help: string, suggestion?: string) => {
      const range = node.source.range(...sourceOffsets(node, at, at + written.length));
      this.diagnostics.error('TG130', message, { range, help, ...(suggestion === undefined ? {} : { suggestion }) });
      return undefined;
    };
    const form = FORM.exec(inner)?.groups;
    if (!closed) return fail('"${" is not closed by "}"', 'For the text itself write "$${".');
    if (form === undefined)
      return fail(
        `${written} is no placeholder`,
        'Write ${NAME}, ${NAME:default} or ${secret:/path}; for the text itself "$${".',
      );
    const { path, name, fallback } = form;
    if (path !== undefined) {
      try {
        const value = new TextDecoder().decode(this.host.readFile(path)).replace(/\r?\n$/, '');
        if (value !== '') this.secretValues.add(value);
        return value;
      } catch {
        return fail(`the secret ${path} cannot be read`, 'Check the path and the permissions of the file.');
      }
    }
    const value = Object.hasOwn(this.host.env, name ?? '') ? this.host.env[name ?? ''] : undefined;
    if (value !== undefined) return value;
    if (fallback !== undefined) return fallback;
    const help = `Set it, or write a default: \${${name}:default}.`;
    return fail(
      `the environment variable ${name} is not set`,
      help,
      nearestName(name ?? '', Object.keys(this.host.env)),
    );
  }
}
