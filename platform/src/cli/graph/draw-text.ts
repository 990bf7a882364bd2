/** The graph for a terminal: each box with the arrows that leave it. */
import type { GraphView } from './graph-view.js';

export function drawText({ title, boxes, arrows }: GraphView): string {
  const names = new Map(boxes.map((box) => [box.id, box.name]));
  const width = Math.max(0, ...boxes.map((box) => box.name.length));
  const lines = boxes.flatMap((box) => {
    const leaving = arrows.filter((arrow) => arrow.from === box.id);
    return [
      `${box.name.padEnd(width)}  ${box.kind}${box.detail === box.kind ? '' : `: ${box.detail}`}`,
      ...(box.rows ?? []).map((row) => `  · ${row}`),
      ...leaving.map((arrow, index) => {
        const corner = index === leaving.length - 1 ? '└' : '├';
        return `  ${corner}─${arrow.label === '' ? '' : ` ${arrow.label} `}─▶ ${names.get(arrow.to) ?? arrow.to}`;
      }),
    ];
  });
  return [title, '', ...lines, ''].join('\n');
}
