/**
 * A coordinator that runs one application alone, and ends with it.
 *
 * Invariants
 * - How the job has ended is in the registry before anybody is told, and that it is told is noted before the process ends.
 *   One that is killed in between says it when it is started again, and runs nothing.
 */
import { randomUUID } from 'node:crypto';
import { reportText } from '../diagnostics/report.js';
import { EXIT, usesColour, type Io } from '../io.js';
import { systemClock } from '../runtime/system-clock.js';
import type { Coordinator } from './coordinator.js';
import { exitOf } from './job-command.js';
import { planSubmission } from './plan-submission.js';
import { readApplication } from './read-application.js';

const HAD_ENDED =
  'the job had ended, and its coordinator was ended before it could say so: nothing was run now. Start it again to begin anew.\n';

/** @returns the exit code: the job's, if it has ended before `stop` */
export async function runApplication(
  path: string,
  coordinator: Coordinator,
  stop: AbortSignal,
  io: Io,
): Promise<number> {
  const { files, baseDir, sources } = readApplication(path, io);
  const { plan, diagnostics } = planSubmission({ files, baseDir }, coordinator.jobsPlace, io.env);
  if (plan === undefined) {
    io.err(reportText(diagnostics, 'text', { sources, secrets: new Set(), colour: usesColour(io, 'err') }));
    return EXIT.failed;
  }
  const { name } = plan.graph;
  const over = untilOver(name, coordinator, stop);
  const former = coordinator.dispatcher.job(name);
  if (former?.end !== undefined && !former.isTold) io.err(HAD_ENDED);
  else {
    const submission = { files, baseDir, name, hash: plan.hash, id: randomUUID(), submittedAt: systemClock.now() };
    const answer = await coordinator.submit(submission, true);
    if (answer.kind === 'conflict' || answer.kind === 'unavailable') {
      io.err(`error[TG451]: ${answer.message}\n`);
      return EXIT.failed;
    }
  }
  await over();
  const { end, isOver } = coordinator.dispatcher.job(name)!;
  if (end === undefined || !isOver) return EXIT.failed;
  coordinator.failpoint('application.ended');
  await coordinator.tell(name);
  return exitOf(end, io);
}

/** @returns resolves when the job will not run any more here, or this process is to end */
function untilOver(name: string, coordinator: Coordinator, stop: AbortSignal): () => Promise<void> {
  const isOver = (): boolean => coordinator.dispatcher.job(name)?.isOver === true;
  let done: () => void = () => undefined;
  coordinator.observe = ({ job }) => {
    if (job === name && isOver()) done();
  };
  return () =>
    new Promise((resolve) => {
      done = resolve;
      stop.addEventListener('abort', () => resolve());
      if (stop.aborted || isOver()) resolve();
    });
}
