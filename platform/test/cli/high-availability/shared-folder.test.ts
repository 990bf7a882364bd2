import { cpSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sharedFolder } from '../../../src/cli/high-availability/shared-folder.js';
import { describeHighAvailability } from '../../coordinator/election/high-availability-conformance.js';

describeHighAvailability('by a shared folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-shared-'));
  const [registry, aside, copy] = ['registry', 'aside', 'copy'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  return Promise.resolve({
    open: () => Promise.resolve(sharedFolder(folder)),
    cut: () => {
      renameSync(registry, aside);
      // No folder can be made there, and nothing be listed.
      writeFileSync(registry, '');
      return Promise.resolve();
    },
    mend: () => {
      rmSync(registry);
      renameSync(aside, registry);
      return Promise.resolve();
    },
    wipe: () => Promise.resolve(rmSync(registry, { recursive: true })),
    save: () => Promise.resolve(cpSync(registry, copy, { recursive: true })),
    restore: () => {
      rmSync(registry, { recursive: true });
      return Promise.resolve(cpSync(copy, registry, { recursive: true }));
    },
    close: () => Promise.resolve(rmSync(folder, { recursive: true, force: true })),
  });
});
