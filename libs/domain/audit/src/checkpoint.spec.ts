import { generateKeyPairSync } from 'node:crypto';
import {
  createCheckpoint,
  formatCheckpoint,
  openCheckpoint,
  parseCheckpoint,
  readCheckpointUnverified,
} from './checkpoint';
import { leafHash } from './merkle-hash';
import { noteSigner, noteVerifier } from './note-key';
import { signNote } from './signed-note';

const ORIGIN = 'clearway.example/audit/0';
const rootHash = leafHash(Buffer.from('x'));
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const witnessKeys = generateKeyPairSync('ed25519');
const log = noteSigner(ORIGIN, privateKey);
const logKey = noteVerifier(ORIGIN, publicKey);
const witness = noteSigner('witness.example', witnessKeys.privateKey);
const head = { origin: ORIGIN, size: 20852163, rootHash, extensions: [] };
const ROOT_LINE = Buffer.from(rootHash).toString('base64');

it('reads the example of the specification', () => {
  const root = 'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=';
  const signature =
    'Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=';
  const origin = 'example.com/behind-the-sofa';
  const read = readCheckpointUnverified(`${origin}\n20852163\n${root}\n\n— ${origin} ${signature}\n`);
  const expected = {
    origin,
    size: 20852163,
    rootHash: new Uint8Array(Buffer.from(root, 'base64')),
    extensions: [],
  };
  expect(read).toEqual({ kind: 'checkpoint', checkpoint: expected });
});

it('round-trips with and without extension lines', () => {
  for (const extensions of [[], ['region eu-1', 'epoch 7']]) {
    const note = createCheckpoint({ ...head, extensions }, [log]);
    const opened = openCheckpoint(note, ORIGIN, [logKey]);
    expect(opened).toMatchObject({ kind: 'opened', checkpoint: { ...head, extensions } });
  }
  expect(formatCheckpoint({ ...head, size: 0 })).toBe(`${ORIGIN}\n0\n${ROOT_LINE}\n`);
});

it('keeps a witness signature that it cannot judge', () => {
  const note = createCheckpoint(head, [log, witness]);
  const opened = openCheckpoint(note, ORIGIN, [logKey]);
  expect(opened).toMatchObject({ verified: [{ name: ORIGIN }], unverified: [{ name: 'witness.example' }] });
});

it('refuses another origin, another key, a changed size', () => {
  const note = createCheckpoint(head, [log]);
  expect(openCheckpoint(note, 'other.example/log', [logKey])).toEqual({
    kind: 'otherOrigin',
    origin: ORIGIN,
  });
  const otherKey = noteVerifier(ORIGIN, witnessKeys.publicKey);
  expect(openCheckpoint(note, ORIGIN, [otherKey])).toEqual({ kind: 'noKnownSignature' });
  const changed = note.replace('20852163', '20852164');
  expect(openCheckpoint(changed, ORIGIN, [logKey])).toMatchObject({ kind: 'invalidSignature' });
});

it('a signed note that is no checkpoint is malformed', () => {
  const note = signNote('hello\n', [log]);
  expect(openCheckpoint(note, ORIGIN, [logKey])).toEqual({ kind: 'malformed', defect: 'TOO_FEW_LINES' });
});

it.each([
  ['TOO_FEW_LINES', `${ORIGIN}\n1\n`],
  ['TOO_FEW_LINES', `${ORIGIN}\n1\n${ROOT_LINE}`],
  ['EMPTY_LINE', `\n1\n${ROOT_LINE}\n`],
  ['EMPTY_LINE', `${ORIGIN}\n1\n${ROOT_LINE}\n\n`],
  ['BAD_SIZE', `${ORIGIN}\n01\n${ROOT_LINE}\n`],
  ['BAD_SIZE', `${ORIGIN}\n-1\n${ROOT_LINE}\n`],
  ['BAD_SIZE', `${ORIGIN}\n1e3\n${ROOT_LINE}\n`],
  ['BAD_SIZE', `${ORIGIN}\n9007199254740993\n${ROOT_LINE}\n`],
  ['BAD_ROOT_HASH', `${ORIGIN}\n1\n${ROOT_LINE.slice(0, -1)}\n`],
  ['BAD_ROOT_HASH', `${ORIGIN}\n1\nAAAA\n`],
])('%s: %j', (defect, text) => {
  expect(parseCheckpoint(text)).toEqual({ kind: 'malformed', defect });
});

it.each([
  [{ ...head, origin: '' }],
  [{ ...head, origin: 'a\nb' }],
  [{ ...head, size: -1 }],
  [{ ...head, size: 1.5 }],
  [{ ...head, rootHash: new Uint8Array(31) }],
  [{ ...head, extensions: [''] }],
  [{ ...head, extensions: ['a\nb'] }],
])('writing %j is a bug', (checkpoint) => {
  expect(() => formatCheckpoint(checkpoint)).toThrow(RangeError);
});
