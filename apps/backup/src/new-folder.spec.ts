import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeNewFolder } from './new-folder';

describe('a new folder', () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'clearway-new-'));
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  it('is taken back with the parents it was made with, and nothing above them', async () => {
    const takeBack = await makeNewFolder(join(home, 'a', 'b'));
    await writeFile(join(home, 'a', 'b', 'file'), 'x');
    await takeBack();
    expect(await readdir(home)).toEqual([]);
  });

  it('leaves a parent that has something else in it by now', async () => {
    const takeBack = await makeNewFolder(join(home, 'a', 'b'));
    await writeFile(join(home, 'a', 'else'), 'x');
    await takeBack();
    expect(await readdir(join(home, 'a'))).toEqual(['else']);
  });

  it('is refused where one is, which stays as it was', async () => {
    await mkdir(join(home, 'there'));
    await expect(makeNewFolder(join(home, 'there'))).rejects.toThrow('is there already');
    expect(existsSync(join(home, 'there'))).toBe(true);
  });
});
