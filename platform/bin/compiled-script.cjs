/**
 * Runs a script of the bundle from the code that V8 compiled when the bundle was made (`SCRIPT.code`, beside it), because
 * compiling is the larger part of a start. V8 itself refuses code of another version, of other flags or of another source:
 * the script is then compiled as always.
 *
 * The script is a CommonJS module whose parameters are PARAMETERS; `scriptUrl` stands for `import.meta.url`.
 */
'use strict';
const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { pathToFileURL } = require('node:url');
const { Script } = require('node:vm');

const PREFIX = '(function (require, scriptUrl) {';

/** Where the code of a script lies. */
function codeFile(path) {
  return `${path}.code`;
}

/** The script, compiled but not run. */
function load(path) {
  const script = new Script(`${PREFIX}${readFileSync(path, 'latin1')}\n})`, {
    filename: path,
    columnOffset: -PREFIX.length,
    cachedData: read(codeFile(path)),
  });
  return {
    script,
    run: () => void script.runInThisContext()(createRequire(path), pathToFileURL(path).href),
  };
}

function read(path) {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

module.exports = { codeFile, load, run: (path) => load(path).run() };
