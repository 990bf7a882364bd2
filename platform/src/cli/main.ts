/** The `tidegate` command: finds the command, loads nothing else, and sets the exit code. */
import { runCommand } from './dispatch.js';
import type { Io } from './io.js';

const io: Io = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  env: process.env,
  cwd: process.cwd(),
  outIsTerminal: process.stdout.isTTY,
  errIsTerminal: process.stderr.isTTY,
};

// A reader that has seen enough (`tidegate list | head`) is no error; a job that prints its alerts hears of it itself.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

void runCommand(process.argv.slice(2), io).then((code) => {
  process.exitCode = code;
});
