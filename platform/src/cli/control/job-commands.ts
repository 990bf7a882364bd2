/** What a run does when other processes of its user ask it: see control-message.ts. */
import type { JobStart } from '../../coordinator/job-options.js';
import type { StreamGraph } from '../../job/stream-graph.js';
import type { EmbeddedJob } from '../../taskmanager/embedded-job.js';
import type { Answer } from '../../taskmanager/job-master-service.js';
import { deleteSavepoint } from '../storage/delete-savepoint.js';
import { placeOf } from '../storage/checkpoint-storage.js';
import { savepointFolder } from '../storage/savepoint-folder.js';
import type { ControlAnswer, ControlRequest } from './control-message.js';
import type { Handler } from './control-server.js';

/** @param job that runs by this plan, and began at `start` */
export function commandsOf(job: EmbeddedJob, { settings }: StreamGraph, start: JobStart): Handler {
  const { stateDir } = settings;
  const told = async (asked: Promise<Answer>): Promise<ControlAnswer> => {
    const answer = await asked;
    return 'folder' in answer ? { folder: placeOf(settings, answer.folder) } : answer;
  };
  return async (request: ControlRequest) => {
    switch (request.command) {
      case 'savepoint':
        return told(job.savepoint());
      case 'stop':
        return told(job.stop({ drain: request.drain, savepoint: true }));
      case 'ask-address':
        return { address: await job.askAddress(request.question) };
      case 'delete':
        // Until the job's log names it, only the run itself knows that it needs it.
        if (start.from === 'savepoint' && start.folder === savepointFolder(String(request.savepoint), stateDir, '/'))
          return { reason: `the run has begun with savepoint ${request.savepoint}; delete it when the run has ended` };
        return { folder: await deleteSavepoint(request.savepoint, stateDir) };
    }
  };
}
