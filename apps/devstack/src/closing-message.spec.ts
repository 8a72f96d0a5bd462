import { createColors } from 'picocolors';
import { bufCommand, type ClosingFacts, closingMessage, grpcurlCommands } from './closing-message';

function facts(dir: string): ClosingFacts {
  return {
    stack: {
      services: { trading: '127.0.0.1:7001', risk: '127.0.0.1:7002' },
      tls: {
        ca: `${dir}/ca.crt`,
        operator: { cert: '', key: '' },
        participants: { alice: { cert: `${dir}/a.crt`, key: `${dir}/a.key`, accounts: ['alice.main'] } },
      },
      postgres: 'postgres://postgres:secret@127.0.0.1:15432/postgres',
    },
    stackFile: '/w/.clearway/stack.json',
    elapsedMs: 4_321,
    simulates: true,
    clOrdId: 'hello-1',
  };
}

describe('closingMessage', () => {
  it('shows the time, the addresses and every command whole on a line of its own', () => {
    const lines = closingMessage(facts('/w'), createColors(false)).split('\n');
    expect(lines.join('\n')).toContain('ready after 4.3 s.  trading 127.0.0.1:7001 · risk 127.0.0.1:7002');
    for (const command of [...grpcurlCommands(facts('/w')), bufCommand(facts('/w'))])
      expect(lines).toContain(`  ${command}`);
  });

  it('holds no password', () => {
    expect(closingMessage(facts('/w'), createColors(false))).not.toContain('secret');
  });

  it('quotes paths that a shell would tear apart', () => {
    expect(grpcurlCommands(facts("/it's mine"))[0]).toBe(
      "grpcurl -cacert '/it'\\''s mine/ca.crt' -cert '/it'\\''s mine/a.crt' -key '/it'\\''s mine/a.key' 127.0.0.1:7001 list",
    );
  });
});
