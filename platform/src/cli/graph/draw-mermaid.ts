/** The graph as a Mermaid flowchart, as Markdown pages show it. */
import type { Box, GraphView } from './graph-view.js';

const BRACKETS: Record<Box['kind'], readonly [string, string]> = {
  ingress: ['[/', '/]'],
  filter: ['[', ']'],
  pattern: ['[[', ']]'],
  suppress: ['([', '])'],
  functions: ['{{', '}}'],
  egress: ['[(', ')]'],
};

export function drawMermaid({ boxes, arrows }: GraphView): string {
  /** Mermaid's identifiers take few characters, so boxes are numbered. */
  const ids = new Map(boxes.map((box, index) => [box.id, `n${index}`]));
  const lines = [
    'flowchart LR',
    ...boxes.map((box) => {
      const [open, close] = BRACKETS[box.kind];
      return `  ${ids.get(box.id)}${open}"${[box.name, box.detail, ...(box.rows ?? [])].map(escape).join('<br/>')}"${close}`;
    }),
    ...arrows.map(({ from, to, label }) => {
      const arrow = label === '' ? '-->' : `-->|"${escape(label)}"|`;
      return `  ${ids.get(from)} ${arrow} ${ids.get(to)}`;
    }),
    '',
  ];
  return lines.join('\n');
}

/** Inside quotes Mermaid reads entities. */
function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
