/**
 * Points at which the crash test lets the process die as by SIGKILL: `TIDEGATE_FAIL=name:count` (at the count-th pass of
 * any of the process's threads), several of them separated by commas; with `name:count:stop` it stands still there, until
 * somebody continues it. Without the variable a failpoint costs one call.
 */
export type Failpoint = (name: string) => void;
export type FailSignal = 'SIGKILL' | 'SIGSTOP';

/**
 * @param setting the variable's text; throws when it is not understood, so that a test cannot pass by a typo
 * @param passes one cell for each of the setting's points, which all threads of the process share
 */
export function failpoints(
  setting: string | undefined,
  passes: Int32Array,
  end: (signal: FailSignal) => void,
): Failpoint {
  if (setting === undefined || setting === '') return () => undefined;
  const points = new Map<string, { readonly cell: number; readonly count: number; readonly signal: FailSignal }>();
  for (const [cell, part] of setting.split(',').entries()) {
    const [, name, count, stop] = /^([\w.-]+):([1-9]\d*)(:stop)?$/.exec(part) ?? [];
    if (name === undefined)
      throw new Error(`TIDEGATE_FAIL: ${JSON.stringify(part)} is not NAME:COUNT or NAME:COUNT:stop`);
    if (cell >= passes.length) throw new Error(`TIDEGATE_FAIL: no more than ${passes.length} points`);
    points.set(name, { cell, count: Number(count), signal: stop === undefined ? 'SIGKILL' : 'SIGSTOP' });
  }
  return (name) => {
    const point = points.get(name);
    if (point !== undefined && Atomics.add(passes, point.cell, 1) + 1 === point.count) end(point.signal);
  };
}

/** Those that the process was started with, for all of its threads. @param passes as above */
export function processFailpoints(passes: Int32Array): Failpoint {
  return failpoints(process.env['TIDEGATE_FAIL'], passes, (signal) => process.kill(process.pid, signal));
}
