import assert from 'node:assert/strict';
import { loadApplication } from '../../src/spec/load.js';
import { lines, memoryHost, registry } from './support.js';

const FILES = {
  'shop/main.yaml': 'name: shop\negresses:\n  alerts: { file: alerts.jsonl }\n',
  'shop/streams.yml': 'ingresses:\n  payments: { file: p.jsonl }\n',
  'shop/rules-a.yaml': 'rules:\n  a: { from: payments, to: alerts }\n',
  'shop/rules-b.yaml': 'rules:\n  b: { from: a, to: alerts }\n',
  'shop/notes.txt': 'not: [yaml',
  'shop/.hidden.yaml': 'not: [yaml',
};
const loadFolder = (files: Readonly<Record<string, string>>) =>
  loadApplication({ path: 'shop' }, { host: memoryHost({ files }), registry });

describe('A folder', () => {
  it('is one application, merged by section', () => {
    const { application, diagnostics } = loadFolder(FILES);
    assert.deepEqual(lines(diagnostics), []);
    assert.equal(application?.name, 'shop');
    assert.equal(application.baseDir, '/app/shop');
    assert.deepEqual([...application.rules.keys()], ['a', 'b']);
  });

  it('refuses a name that two files define, naming both places', () => {
    const { diagnostics } = loadFolder({
      ...FILES,
      'shop/rules-b.yaml': 'rules:\n\n  a: { from: payments, to: alerts }\n',
    });
    assert.deepEqual(lines(diagnostics), ['TG121 3:3 rules.a is defined twice']);
    assert.equal(diagnostics[0]?.range?.file, 'shop/rules-b.yaml');
    assert.deepEqual(
      diagnostics[0].related?.map(({ range }) => `${range.file}:${range.line}`),
      ['shop/rules-a.yaml:2'],
    );
  });

  it('refuses two names of the application', () => {
    const { diagnostics } = loadFolder({ ...FILES, 'shop/rules-b.yaml': 'name: other\n' });
    assert.deepEqual(
      diagnostics.map((one) => [one.message, one.range?.file]),
      [['name is defined twice', 'shop/rules-b.yaml']],
    );
  });

  it('shows the errors of every file, each in its own', () => {
    const { diagnostics } = loadFolder({
      ...FILES,
      'shop/rules-a.yaml': 'rules:\n  a: { from: paymnts, to: alerts }\n',
      'shop/rules-b.yaml': 'rules: [\n',
    });
    assert.deepEqual(
      diagnostics.map((one) => [one.code, one.range?.file]),
      [
        ['TG120', 'shop/rules-a.yaml'],
        ['TG102', 'shop/rules-b.yaml'],
      ],
    );
  });

  it('knows the place of everything in its file', () => {
    const { positions } = loadFolder(FILES);
    assert.equal(positions?.locate(['rules', 'b', 'from']).file, 'shop/rules-b.yaml');
  });

  it('without a YAML file is refused', () => {
    assert.deepEqual(lines(loadFolder({ 'shop/notes.txt': '' }).diagnostics), [
      'TG100 the folder shop holds no .yaml or .yml file',
    ]);
  });
});

describe('A file', () => {
  const loadFile = (path: string, files: Readonly<Record<string, string>> = {}) =>
    loadApplication({ path }, { host: memoryHost({ files }), registry });

  it('that does not exist is refused', () => {
    assert.deepEqual(lines(loadFile('nowhere.yaml').diagnostics), [
      'TG100 nowhere.yaml cannot be read: there is no such file',
    ]);
  });

  it('that is empty is refused', () => {
    assert.deepEqual(lines(loadFile('a.yaml', { 'a.yaml': '# nothing\n' }).diagnostics), ['TG100 1:1 a.yaml is empty']);
  });

  it('that is no map is refused', () => {
    assert.deepEqual(lines(loadFile('a.yaml', { 'a.yaml': '- a\n' }).diagnostics), [
      'TG112 1:1 a.yaml is not an application: a map of sections such as rules: is expected',
    ]);
  });
});
