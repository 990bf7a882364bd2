import assert from 'node:assert/strict';
import { call } from '../command-line.js';

/** Two warnings: an input that cannot be read again, and a rule whose alerts go nowhere. No test is run to its end. */
const WARNED = `name: app
ingresses:
  payments: { stdin: {} }
rules:
  quiet: { from: payments }
  loud: { from: payments, to: alerts }
egresses:
  alerts: { stdout: {} }
tests:
  nothing gives nothing: { steps: [{ end: true }], expect: { alerts: [] } }
`;

describe('diagnostics of a command that uses an application', () => {
  it('are one line when they are warnings', async () => {
    const { exitCode, err } = await call(['test', 'app.yaml'], { 'app.yaml': WARNED });
    assert.deepEqual([exitCode, err], [0, '2 warnings: tidegate validate app.yaml shows them\n']);
  });

  it('name the one warning as one', async () => {
    const one = WARNED.replace('  quiet: { from: payments }\n', '');
    const { err } = await call(['test'], { 'application.yaml': one });
    assert.equal(err, '1 warning: tidegate validate application.yaml shows it\n');
  });

  for (const command of ['run', 'test']) {
    it(`are whole for ${command} when there is an error`, async () => {
      const wrong = WARNED.replace('to: alerts', 'to: alrts');
      const { exitCode, err } = await call([command, 'app.yaml'], { 'app.yaml': wrong });
      assert.equal(exitCode, 1);
      assert.match(err, /^error\[TG120\]: unknown egress "alrts"[^]*app\.yaml:6:/m);
      assert.match(err, /^warning\[TG150\]: /m);
    });
  }
});
