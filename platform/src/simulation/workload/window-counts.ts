/** How many events each open window of a key has: END, COUNT, END, COUNT, ..., a plain value as state is. */
export type WindowCounts = number[];

export function countIn(windows: WindowCounts, end: number): void {
  const at = indexOf(windows, end);
  if (at < 0) windows.push(end, 1);
  else windows[at + 1]!++;
}

/** Takes a window out. @returns its count; undefined when it was not open */
export function close(windows: WindowCounts, end: number): number | undefined {
  const at = indexOf(windows, end);
  return at < 0 ? undefined : windows.splice(at, 2)[1];
}

function indexOf(windows: WindowCounts, end: number): number {
  for (let at = 0; at < windows.length; at += 2) if (windows[at] === end) return at;
  return -1;
}
