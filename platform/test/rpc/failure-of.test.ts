import assert from 'node:assert/strict';
import { ConnectorError } from '@tidegate/connectors/api';
import { TidegateError } from '../../src/common/errors.js';
import { failureOf } from '../../src/rpc/failure-of.js';

describe('the failure that an error is told as', () => {
  const io = Object.assign(new Error('bad disk'), { code: 'EIO' });
  const cases: [what: string, error: unknown, code: string, retriable: boolean | 'as asked'][] = [
    ['an operating error that lasts', new TidegateError('TG420', 'too old'), 'TG420', false],
    ['one that may pass', new TidegateError('TG431', 'lost', { retriable: true }), 'TG431', true],
    ['a connector that may succeed', new ConnectorError('no-space', 'full', { retriable: true }), 'no-space', true],
    ['one that will not', new ConnectorError('corrupt', 'torn'), 'corrupt', false],
    ['an error of Node', io, 'EIO', 'as asked'],
    ['a bug', new Error('undefined is no function'), 'TG400', 'as asked'],
    ['what is no error', 'thrown text', 'TG400', 'as asked'],
  ];
  for (const [what, error, code, retriable] of cases) {
    it(`${what}: ${code}, retriable ${retriable}`, () => {
      for (const asked of [true, false]) {
        assert.deepEqual(failureOf(error, { retriable: asked }), {
          code,
          message: error instanceof Error ? error.message : error,
          retriable: retriable === 'as asked' ? asked : retriable,
        });
      }
    });
  }
});
