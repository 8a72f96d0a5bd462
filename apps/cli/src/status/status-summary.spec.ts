import { RpcError } from '@clearway/platform-rpc';
import { coloursOf } from '../output/colours';
import { CallFailed } from '../stack/call-failed';
import { SERVICES } from '../stack/stack';
import type { ServiceStatus, StackStatus } from './read-status';
import { statusText } from './status.view';
import { exitStatusOf, summarise } from './status-summary';

const PLAIN = coloursOf(false);

function sound(service: ServiceStatus['service'], nextEvent = 10): ServiceStatus {
  const position = { shard: `${service}/0`, nextEvent, liveSagas: 0, parkedSagas: 0 };
  const isHost = service === 'trading' || service === 'clearing';
  return {
    service,
    address: `127.0.0.1:${service.length}`,
    health: { value: 'serving' },
    invariants: { value: { position, results: [{ name: 'sums', holds: true, detail: '' }] } },
    sagas: isHost ? { value: { ...position, liveSagas: 3 } } : undefined,
  };
}

function stack(...changed: readonly ServiceStatus[]): StackStatus {
  const services = SERVICES.map((name) => changed.find(({ service }) => service === name) ?? sound(name));
  const shards = ['trading', 'risk', 'clearing'].map((name) => ({ shard: `${name}/0`, nextEvent: 10 }));
  return { services, coverage: { value: { shards, treeSize: 30 } } };
}

function unreachable(service: ServiceStatus['service']): ServiceStatus {
  const error = new RpcError('NOT_READY', 'connection refused');
  const failure = new CallFailed(service, '127.0.0.1:1', 'Check', error);
  return { ...sound(service), health: { failure }, invariants: { failure }, sagas: undefined };
}

function shown(status: StackStatus): string {
  const summary = summarise(status);
  return `\n${statusText(summary, PLAIN)}\nexit status ${exitStatusOf(summary)}\n`;
}

describe('status', () => {
  it('is one line a service when all is well', () =>
    expect(shown(stack())).toMatchInlineSnapshot(`
"
SERVICE   ADDRESS      HEALTH   SHARD       EVENTS  SAGAS  PARKED  INVARIANTS  AUDITED
trading   127.0.0.1:7  serving  trading/0       10      3       0  1 hold      all
risk      127.0.0.1:4  serving  risk/0          10                 1 hold      all
clearing  127.0.0.1:8  serving  clearing/0      10      3       0  1 hold      all
audit     127.0.0.1:5  serving  audit/0         10                 1 hold

Audit tree: 30 leaves.
exit status 0
"
`));

  it('names what is broken, parked, unaudited and unreachable', () => {
    const position = { shard: 'trading/0', nextEvent: 14, liveSagas: 2, parkedSagas: 1 };
    const results = [
      { name: 'sums', holds: true, detail: '' },
      { name: 'fills', holds: false, detail: 'order 7 has one too many' },
    ];
    const trading = {
      ...sound('trading'),
      invariants: { value: { position, results } },
      sagas: { value: position },
    };
    expect(shown(stack(trading, unreachable('risk')))).toMatchInlineSnapshot(`
"
SERVICE   ADDRESS      HEALTH       SHARD       EVENTS  SAGAS  PARKED  INVARIANTS     AUDITED
trading   127.0.0.1:7  serving      trading/0       14      2       1  1 of 2 broken  4 to come
risk      127.0.0.1:4  unreachable
clearing  127.0.0.1:8  serving      clearing/0      10      3       0  1 hold         all
audit     127.0.0.1:5  serving      audit/0         10                 1 hold

Audit tree: 30 leaves.

BROKEN trading fills: order 7 has one too many

! risk at 127.0.0.1:1 gave no answer: connection refused

“clearway sagas --parked” shows what waits for you.
exit status 1
"
`);
  });

  it('is “not reachable” only when nothing is', () => {
    const nothing = {
      ...stack(...SERVICES.map(unreachable)),
      coverage: unreachable('audit').health as never,
    };
    expect(exitStatusOf(summarise(nothing))).toBe(3);
  });
});
