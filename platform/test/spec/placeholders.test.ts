import assert from 'node:assert/strict';
import { lines, load, withRule, type World } from './support.js';

const withEgress = (options: string, rule = 'from: payments\nto: alerts') =>
  withRule(rule).replace('{ file: alerts.jsonl }', () =>
    options.startsWith('{') ? `{ http: ${options} }` : `\n    http: ${options}`,
  );
const WORLD: World = {
  env: { HOST: 'example.com', PORT: '8443', COMPRESS: 'true', EMPTY: '' },
  files: { '/run/secrets/token': 's3cret-t0ken\n' },
};

function options(written: string) {
  const loaded = load(withEgress(written), WORLD);
  return { ...loaded, options: { ...loaded.application?.egresses.get('alerts')?.connector.options } };
}

describe('A placeholder', () => {
  const cases: readonly (readonly [name: string, written: string, url: string])[] = [
    ['is a variable of the environment', '{ url: "${HOST}" }', 'example.com'],
    [
      'may stand within a text, more than once',
      '{ url: "https://${HOST}/${HOST}" }',
      'https://example.com/example.com',
    ],
    ['may have a default', '{ url: "${OTHER:http://localhost:80}" }', 'http://localhost:80'],
    ['prefers a variable that is set to nothing over the default', '{ url: "x${EMPTY:y}" }', 'x'],
    ['may have an empty default', '{ url: "x${OTHER:}" }', 'x'],
    ['is the text itself after $$', '{ url: "$${HOST}" }', '${HOST}'],
    ['is replaced in a plain scalar too', '\n      url: x-${HOST}', 'x-example.com'],
    ['is not replaced again in what replaced it', '{ url: "${OTHER:$}{HOST}" }', '${HOST}'],
  ];
  for (const [name, written, url] of cases) {
    it(name, () => {
      const { diagnostics, options: read } = options(written);
      assert.deepEqual(lines(diagnostics), []);
      assert.equal(read['url'], url);
    });
  }

  it('takes the type of its slot', () => {
    const { options: read } = options('{ url: x, port: "${PORT}", compress: "${COMPRESS}" }');
    assert.deepEqual([read['port'], read['compress']], [8443, true]);
    assert.equal(
      load(`${withRule('from: payments\nto: alerts')}settings: { maxRecordSize: "${'${SIZE:2KiB}'}" }\n`).application
        ?.settings.maxRecordSize,
      2048,
    );
  });

  it('must fit its slot', () => {
    const { diagnostics } = options('{ url: x, port: "${HOST}" }');
    assert.deepEqual(lines(diagnostics), [
      'TG112 10:35 egresses.alerts.http.port is "${HOST}"; expected a whole number from 1 to 65535',
    ]);
  });

  it('is replaced in a template without expressions that takes it, and in no other', () => {
    const { diagnostics, options: read } = options('{ url: x, path: "${HOST}/a", title: "${HOST}" }');
    assert.deepEqual(lines(diagnostics), []);
    assert.deepEqual([read['path'], read['title']], ['example.com/a', '${HOST}']);
  });

  it('is left alone in expressions', () => {
    const { application } = load(withRule('from: payments\nwhere: name == "${HOST}"\nto: alerts'), WORLD);
    assert.equal(application?.rules.get('r')?.where[0]?.text, 'name == "${HOST}"');
  });

  it('can never change the structure', () => {
    const { application } = load(withEgress('{ url: "${EVIL}" }'), { env: { EVIL: 'x, port: 1 }\nname: evil' } });
    assert.equal(application?.egresses.get('alerts')?.connector.options['url'], 'x, port: 1 }\nname: evil');
  });

  it('within braces must be quoted, and the message says so', () => {
    const { diagnostics } = options('{ url: ${HOST} }');
    assert.deepEqual(
      diagnostics.map((one) => [one.code, one.help]),
      [['TG102', 'Quote a text that holds a placeholder: "${NAME}".']],
    );
  });

  const mistakes: readonly (readonly [name: string, written: string, says: string])[] = [
    [
      'without value',
      '{ url: "a ${HOTS}" }',
      'TG130 10:29 the environment variable HOTS is not set; did you mean "HOST"?',
    ],
    ['that is not closed', '{ url: "${HOST" }', 'TG130 10:27 "${" is not closed by "}"'],
    ['of no form', '{ url: "${a b}" }', 'TG130 10:27 ${a b} is no placeholder'],
    [
      'of a secret that cannot be read',
      '{ url: "${secret:/nowhere}" }',
      'TG130 10:27 the secret /nowhere cannot be read',
    ],
  ];
  for (const [name, written, says] of mistakes) {
    it(`is refused ${name}, once`, () => assert.deepEqual(lines(options(written).diagnostics), [says]));
  }
});

describe('A secret', () => {
  it('is read from its file, without the last line end, and remembered as secret', () => {
    const {
      options: read,
      secrets,
      diagnostics,
    } = options('{ url: x, headers: { authorization: "Bearer ${secret:/run/secrets/token}" } }');
    assert.deepEqual(lines(diagnostics), []);
    assert.deepEqual({ ...(read['headers'] as object) }, { authorization: 'Bearer s3cret-t0ken' });
    assert.deepEqual([...secrets], ['s3cret-t0ken']);
  });

  it('that is written out in a slot for secrets is remembered too', () => {
    assert.deepEqual([...options('{ url: x, token: hunter22 }').secrets], ['hunter22']);
  });

  it('is never quoted by a message', () => {
    const { diagnostics } = options('{ url: x, port: "${secret:/run/secrets/token}" }');
    assert.equal(JSON.stringify(diagnostics).includes('s3cret'), false);
    assert.equal(diagnostics.length, 1);
  });
});
