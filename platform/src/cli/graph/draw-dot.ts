/** The graph in the DOT language of Graphviz. */
import type { Box, GraphView } from './graph-view.js';

const SHAPES: Record<Box['kind'], string> = {
  ingress: 'cds',
  filter: 'box',
  pattern: 'box',
  suppress: 'box',
  functions: 'component',
  egress: 'note',
};

export function drawDot({ title, boxes, arrows }: GraphView): string {
  const lines = [
    `digraph ${quote(title)} {`,
    '  rankdir=LR;',
    ...boxes.map(
      (box) =>
        `  ${quote(box.id)} [shape=${SHAPES[box.kind]}, label=${quote([box.name, box.detail, ...(box.rows ?? [])].join('\n'))}];`,
    ),
    ...arrows.map(
      ({ from, to, label }) => `  ${quote(from)} -> ${quote(to)}${label === '' ? '' : ` [label=${quote(label)}]`};`,
    ),
    '}',
    '',
  ];
  return lines.join('\n');
}

function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
