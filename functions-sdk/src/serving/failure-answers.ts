/**
 * What an error of a function becomes in an answer: a status and a problem document. Every failure is told to whoever
 * watches.
 */
import { stackOf, textOf } from '../function/error-text.js';
import { FunctionError } from '../function/function-error.js';
import { ProtocolError } from '../wire/protocol-error.js';
import type { InvocationFailure } from '../wire/shared-request.js';
import { toProblem } from './problem.js';

export interface FailureOptions {
  /** Whether failures show the stack of the error. Default: only if NODE_ENV is `development`. */
  readonly showStacks?: boolean;
  /** Is told of every failure. Default: a line on the standard error output, with the stack of what a handler threw. */
  readonly onError?: (error: FunctionError) => void;
}

export interface FailureAnswer {
  readonly status: number;
  /** A problem document, JSON. */
  readonly body: string;
  readonly retryAfterMs: number | undefined;
}

export class FailureAnswers {
  readonly #showStacks: boolean;
  readonly #onError: (error: FunctionError) => void;

  constructor(options: FailureOptions) {
    this.#showStacks = options.showStacks ?? process.env['NODE_ENV'] === 'development';
    this.#onError = options.onError ?? logError;
  }

  of(error: unknown): FailureAnswer {
    const failure = toFunctionError(error);
    this.#tell(failure);
    const body = JSON.stringify(toProblem(failure, this.#showStacks));
    return { status: failure.status, body, retryAfterMs: failure.retryAfterMs };
  }

  /** Of one batch among several. */
  shared(error: unknown): InvocationFailure {
    const { status, body } = this.of(error);
    return { kind: 'failure', status, problem: body };
  }

  /** An observer that fails must not keep the answer back. */
  #tell(failure: FunctionError): void {
    try {
      this.#onError(failure);
    } catch (error) {
      logError(failure);
      logError(toFunctionError(error));
    }
  }
}

function toFunctionError(error: unknown): FunctionError {
  if (error instanceof FunctionError) return error;
  if (error instanceof ProtocolError)
    return new FunctionError('malformed-request', error.message, {}, { cause: error });
  return new FunctionError('handler-failed', textOf(error), {}, { cause: error });
}

function logError(error: FunctionError): void {
  const { target, invocation } = error.place;
  const where =
    target === undefined ? '' : ` ${target.type} ${JSON.stringify(target.id)}, message ${invocation ?? '-'}:`;
  const stack = error.code === 'handler-failed' ? stackOf(error.cause) : undefined;
  const said = `[${error.code}]${where} ${error.message.replace(/[\r\n]+/g, ' ')}`;
  process.stderr.write(stack === undefined ? `${said}\n` : `${said}\n${stack}\n`);
}
