import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireDiskSpace } from './disk-space';
import { ensurePasswords } from './secrets';
import { removeStackFile, type StackDescription, writeStackFile } from './stack-file';
import { explain, StartupError, saysDiskFull } from './startup-error';

const STACK: StackDescription = {
  services: { trading: '127.0.0.1:7001' },
  tls: {
    ca: '/ca.crt',
    operator: { cert: '/o.crt', key: '/o.key' },
    participants: { alice: { cert: '/a.crt', key: '/a.key', accounts: ['alice.main'] } },
  },
  postgres: 'postgres://x',
};

describe('files of the state folder', () => {
  let dir: string;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'devstack-state-'));
  });

  afterEach(async () => rm(dir, { recursive: true, force: true }));

  async function modeOf(file: string): Promise<string> {
    return ((await stat(file)).mode & 0o777).toString(8);
  }

  it('writes stack.json whole and private, and takes it away', async () => {
    const file = join(dir, 'stack.json');
    await writeStackFile(file, STACK);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(STACK);
    expect(await modeOf(file)).toBe('600');
    expect(await readdir(dir)).toEqual(['stack.json']);
    await removeStackFile(file);
    await removeStackFile(file);
    expect(await readdir(dir)).toEqual([]);
  });

  it('keeps passwords, gives new services theirs, and makes a damaged file anew', async () => {
    const first = await ensurePasswords(dir, ['risk']);
    const second = await ensurePasswords(dir, ['risk', 'audit']);
    expect(second.get('risk')).toEqual(first.get('risk'));
    expect(second.get('audit')?.owner).not.toBe(second.get('audit')?.app);
    expect(await modeOf(join(dir, 'database-passwords.json'))).toBe('600');
    await writeFile(join(dir, 'database-passwords.json'), '{"risk":');
    expect((await ensurePasswords(dir, ['risk'])).get('risk')).not.toEqual(first.get('risk'));
  });

  it('refuses a disk with too little space', async () => {
    await requireDiskSpace(dir, 1);
    await expect(requireDiskSpace(dir, 2 ** 50)).rejects.toThrow(`The disk that holds ${dir} is full`);
  });
});

describe('explain', () => {
  it.each([
    [new StartupError('Say this.'), 'Say this.'],
    [Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' }), 'The disk that holds /s is full'],
    [Object.assign(new Error('EACCES: /s/x'), { code: 'EACCES' }), 'Start as the user that owns these files'],
    [new TypeError('a bug'), 'TypeError: a bug\n    at'],
  ])('%s', (error, text) => expect(explain(error, '/s')).toContain(text));

  it.each([
    ['could not extend file "base/1": No space left on device', true],
    ['Error: ENOSPC: no space left on device, write', true],
    ['disk is fine', false],
  ])('%s → %s', (line, full) => expect(saysDiskFull(line)).toBe(full));
});
