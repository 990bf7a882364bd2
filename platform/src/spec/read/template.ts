/** Text with `{{ expressions }}`, split where the expressions stand. */
import type { ExpressionText } from '@tidegate/connectors/api';
import { parseTemplate } from '../../expression/index.js';
import type { DiagnosticBag } from '../diagnostic-bag.js';
import type { Path } from '../positions.js';
import type { ScalarNode } from '../text/node.js';
import { sourceOffsets } from '../text/scalar-offsets.js';

export function readTemplate(
  node: ScalarNode,
  path: Path,
  diagnostics: DiagnosticBag,
): readonly (string | ExpressionText)[] {
  const { parts, problems } = parseTemplate(node.text);
  for (const { code, message, start, end, suggestion, hint } of problems) {
    diagnostics.error(code, message, {
      range: node.source.range(...sourceOffsets(node, start, end)),
      ...(suggestion === undefined ? {} : { suggestion }),
      ...(hint === undefined ? {} : { help: hint }),
    });
  }
  return parts.map((part) =>
    typeof part === 'string' ? part : { text: part.text, path, offset: part.start, quoted: false },
  );
}
