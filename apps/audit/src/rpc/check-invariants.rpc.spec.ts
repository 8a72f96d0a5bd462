import { generateKeyPairSync } from 'node:crypto';
import { createCheckpoint, noteSigner, noteVerifier } from '@clearway/domain-audit';
import type { ReadModelTotals } from '../projections/read-model-totals';
import type { AuditView } from './audit-view';
import { auditInvariants } from './check-invariants.rpc';

const ORIGIN = 'clearway.example/audit/0';
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const log = { origin: ORIGIN, verifiers: [noteVerifier(ORIGIN, publicKey)] };
const rootHash = new Uint8Array(32).fill(7);

function signed(size: number, hash = rootHash, origin = ORIGIN): string {
  return createCheckpoint({ origin, size, rootHash: hash, extensions: [] }, [noteSigner(origin, privateKey)]);
}

const view: AuditView = {
  coverage: [
    { sourceShard: 'risk/0', nextEvent: 3 },
    { sourceShard: 'trading/0', nextEvent: 2 },
  ],
  treeSize: 5,
  rootHash,
  checkpoint: signed(5),
};
const risk = { shard: 'risk/0', rows: 3, firstEvent: 0, lastEvent: 2, eventSum: 3n };
const trading = { shard: 'trading/0', rows: 2, firstEvent: 0, lastEvent: 1, eventSum: 1n };
const totals: ReadModelTotals = { nextLeaf: 5, sources: [risk, trading] };

function broken(viewChange: Partial<AuditView>, totalsChange: Partial<ReadModelTotals> = {}): string[] {
  const results = auditInvariants({ ...view, ...viewChange }, { ...totals, ...totalsChange }, log);
  return results.filter(({ holds }) => !holds).map(({ name }) => name);
}

it.each<[string, Partial<AuditView>, Partial<ReadModelTotals>]>([
  ['everything fits', {}, {}],
  ['there is no checkpoint yet', { checkpoint: undefined }, {}],
  ['the checkpoint is older', { checkpoint: signed(4, new Uint8Array(32)) }, {}],
  [
    'the read model is ahead of the view',
    {},
    { nextLeaf: 6, sources: [{ ...risk, rows: 4, lastEvent: 3, eventSum: 6n }, trading] },
  ],
  [
    'there is nothing at all',
    { coverage: [], treeSize: 0, checkpoint: undefined },
    { nextLeaf: 0, sources: [] },
  ],
])('hold when %s', (_, viewChange, totalsChange) => {
  expect(broken(viewChange, totalsChange)).toEqual([]);
});

it.each<[string, string, Partial<AuditView>, Partial<ReadModelTotals>]>([
  ['coverage-contiguous', 'an event is doubled', {}, { sources: [{ ...risk, eventSum: 2n }, trading] }],
  ['coverage-contiguous', 'the first is missing', {}, { sources: [{ ...risk, firstEvent: 1 }, trading] }],
  ['coverage-contiguous', 'one in between is missing', {}, { sources: [{ ...risk, lastEvent: 3 }, trading] }],
  ['tree-size-equals-leaves', 'a leaf is missing', { treeSize: 4, checkpoint: undefined }, {}],
  ['read-model-complete', 'a row is missing', {}, { nextLeaf: 6 }],
  ['newest-checkpoint-verifies', 'it is not signed by the log', { checkpoint: signed(5, rootHash, 'o') }, {}],
  ['newest-checkpoint-verifies', 'it states more leaves', { checkpoint: signed(6) }, {}],
  ['newest-checkpoint-verifies', 'it has another root', { checkpoint: signed(5, new Uint8Array(32)) }, {}],
])('%s breaks when %s', (name, _, viewChange, totalsChange) => {
  expect(broken(viewChange, totalsChange)).toEqual([name]);
});

it('names a read model that stays behind', () => {
  const behind = auditInvariants(view, { nextLeaf: 3, sources: [risk] }, log);
  const details = behind.filter(({ holds }) => !holds).map(({ name, detail }) => `${name}: ${detail}`);
  expect(details).toEqual([
    'coverage-contiguous: trading/0: no rows of its 2 events',
    'read-model-complete: 2 leaves behind the tree',
  ]);
});

it('is broken when the tree no longer leads to the checkpoint that was published', () => {
  const names = (computed: Uint8Array) =>
    auditInvariants(view, totals, log, { size: 4, rootHash, computed })
      .filter(({ holds }) => !holds)
      .map(({ name }) => name);
  expect(names(rootHash)).toEqual([]);
  expect(names(new Uint8Array(32))).toEqual(['published-checkpoint-consistent']);
  expect(names(new Uint8Array(0))).toEqual(['published-checkpoint-consistent']);
});
