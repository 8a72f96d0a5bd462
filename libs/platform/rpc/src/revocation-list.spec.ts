import { parseRevocations, RevocationList } from './revocation-list';

const FINGERPRINT = 'AB:'.repeat(32).slice(0, -1);

describe('the revocation list', () => {
  it('reads identities, serials and fingerprints in any spelling, and comments', () => {
    const text = `# left the firm\nspiffe://clearway/operator/mallory\n serial:00:0A:bC # lost\n\nsha256:${FINGERPRINT}\n`;
    expect([...parseRevocations(text)]).toEqual([
      'spiffe://clearway/operator/mallory',
      'serial:abc',
      `sha256:${'ab'.repeat(32)}`,
    ]);
  });

  it.each(['mallory', 'serial:', 'serial:xyz', 'sha256:abcd', 'spiffe://clearway/a b'])(
    'refuses the line %j',
    (line) => {
      expect(() => parseRevocations(`\n${line}`)).toThrow(/^line 2 /);
    },
  );

  it('revokes nothing without a file', () => {
    const log = { info: jest.fn(), warn: jest.fn(), error: jest.fn() };
    const list = new RevocationList(undefined, log);
    list.start(10);
    expect(
      list.revokes({ spiffeId: 'spiffe://clearway/svc/risk', serialNumber: '1', fingerprint256: '' }),
    ).toBe(false);
    list.close();
  });
});
