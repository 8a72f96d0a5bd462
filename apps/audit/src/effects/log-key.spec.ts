import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseVerifierKey } from '@clearway/domain-audit';
import { LogKeyError, loadLogKey } from './log-key';

const ORIGIN = 'clearway.example/audit/0';
let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'log-key-'));
  path = join(folder, 'audit.pem');
});

afterEach(() => rmSync(folder, { recursive: true }));

it('creates a key in development, for its owner alone, and keeps it', async () => {
  const first = await loadLogKey({ path, origin: ORIGIN, isDevelopment: true });
  const pem = readFileSync(path, 'utf8');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const second = await loadLogKey({ path, origin: ORIGIN, isDevelopment: false });
  expect(second.verifierKey).toBe(first.verifierKey);
  expect(readFileSync(path, 'utf8')).toBe(pem);
  expect(parseVerifierKey(first.verifierKey)).toMatchObject({ kind: 'verifier', verifier: { name: ORIGIN } });
});

it('never creates one outside development', async () => {
  const loading = loadLogKey({ path, origin: ORIGIN, isDevelopment: false });
  await expect(loading).rejects.toThrow(/is missing: .*CLEARWAY_DEVELOPMENT=true/);
});

const pemOf = (pair: { privateKey: { export(options: object): string | Buffer } }): string | Buffer =>
  pair.privateKey.export({ type: 'pkcs8', format: 'pem' });

it.each<[string, string | Buffer, number]>([
  ['no key', 'secret text', 0o600],
  ['a key of another kind', pemOf(generateKeyPairSync('x25519')), 0o600],
  ['one that others may read', pemOf(generateKeyPairSync('ed25519')), 0o644],
])('refuses %s and does not quote it', async (_, content, mode) => {
  writeFileSync(path, content);
  chmodSync(path, mode);
  const error = await loadLogKey({ path, origin: ORIGIN, isDevelopment: true }).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(LogKeyError);
  expect(String(error)).not.toContain('secret');
});

it('signs with the former key too while a new one is introduced', async () => {
  const pathBefore = join(folder, 'before.pem');
  const before = await loadLogKey({ path: pathBefore, origin: ORIGIN, isDevelopment: true });
  const both = await loadLogKey({ path, pathBefore, origin: ORIGIN, isDevelopment: true });
  expect(both.signers).toHaveLength(2);
  expect(both.verifiers).toHaveLength(2);
  expect(both.verifierKey).not.toBe(before.verifierKey);
  const same = loadLogKey({ path, pathBefore: path, origin: ORIGIN, isDevelopment: true });
  await expect(same).rejects.toThrow(/is the same key as/);
});
