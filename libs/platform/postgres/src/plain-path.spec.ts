import { requirePlainPath } from './plain-path';
import { restoreCluster } from './restore-cluster';

const PLAIN = ['/backups/clearway', '/mnt/disk 2/a+b@c=d:e,f~g-h_i.j', './backup'];
const ODD = ["/it's", '/"', '/$HOME', '/`id`', '/100%', '/a;b', '/a\nb', '/a\\b', ''];

it.each(PLAIN)('takes %j', (path) => expect(() => requirePlainPath(path)).not.toThrow());

it.each(ODD)('refuses %j, naming it', (path) => {
  const refusal = expect.objectContaining({
    code: 'DATA_DIR_FORBIDDEN',
    message: expect.stringContaining(JSON.stringify(path)),
  });
  expect(() => requirePlainPath(path)).toThrow(refusal);
});

it.each(ODD.slice(0, -1))('restores nothing from %j', async (backupDir) => {
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined };
  const target = { kind: 'end' } as const;
  const restored = restoreCluster({ backupDir, baseDir: backupDir, dataDir: '/proc/none', target, log });
  await expect(restored).rejects.toMatchObject({ message: expect.stringContaining('a shell would read') });
});
