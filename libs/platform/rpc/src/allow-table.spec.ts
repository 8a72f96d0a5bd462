import { common } from '@clearway/contracts';
import { type AllowPattern, type AllowTable, allowRule } from './allow-table';
import { requireOwnAccount } from './own-account';
import type { PeerIdentity } from './peer-identity';
import { auditService } from './rpc-harness';
import { rpcService } from './rpc-service';

const peer = (kind: PeerIdentity['kind'], name: string): PeerIdentity => ({
  kind,
  name,
  commonName: name,
  spiffeId: `spiffe://clearway/${kind}/${name}`,
});

const TRADING = peer('service', 'trading');
const OLGA = peer('operator', 'olga');
const ALICE = peer('participant', 'alice');

describe('allow-table', () => {
  it.each<[AllowPattern[], PeerIdentity, boolean]>([
    [[], OLGA, false],
    [['*'], ALICE, true],
    [['svc/trading'], TRADING, true],
    [['svc/trading'], peer('participant', 'trading'), false],
    [['svc/trading'], peer('service', 'trading-two'), false],
    [['operator/*'], OLGA, true],
    [['operator/*'], ALICE, false],
    [['participant/*', 'operator/*'], TRADING, false],
    [['svc/*'], TRADING, true],
  ])('%j, %j: %s', (patterns, identity, allowed) => {
    expect(allowRule(patterns)(identity)).toBe(allowed);
  });

  it('does not compile without an entry per method', () => {
    const complete: AllowTable<typeof common.InvariantServiceService> = { CheckInvariants: ['operator/*'] };
    // @ts-expect-error CheckInvariants is missing
    const incomplete: AllowTable<typeof common.InvariantServiceService> = {};
    // @ts-expect-error a pattern names a kind that does not exist
    const unknown: AllowPattern = 'admin/*';
    expect([complete, incomplete, unknown]).toHaveLength(3);
    expect(() =>
      rpcService({
        definition: common.InvariantServiceService,
        handlers: {} as never,
        allow: incomplete,
      }),
    ).toThrow('lacks /clearway.common.v1.InvariantService/CheckInvariants');
    expect(auditService().name).toBe('clearway.audit.v1.AuditService');
  });

  it('lets participants touch their own accounts only', () => {
    expect(() => requireOwnAccount(ALICE, 'alice.main')).not.toThrow();
    expect(() => requireOwnAccount(OLGA, 'alice.main')).not.toThrow();
    expect(() => requireOwnAccount(TRADING, 'alice.main')).not.toThrow();
    for (const account of ['bob.main', 'alice', 'alicea', 'alice2.main', '.alice', '']) {
      expect(() => requireOwnAccount(ALICE, account)).toThrow(
        expect.objectContaining({ reason: 'NOT_YOUR_ACCOUNT' }),
      );
    }
  });
});
