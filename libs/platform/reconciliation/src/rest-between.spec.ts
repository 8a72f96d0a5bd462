import { type Moment, unrestBetween } from './rest-between';
import type { Position } from './system-state';

function moment(positions: Partial<Record<'trading' | 'risk' | 'clearing', Partial<Position>>> = {}): Moment {
  const at = (service: 'trading' | 'risk' | 'clearing'): { ok: true; value: { position: Position } } => ({
    ok: true,
    value: {
      position: { shard: `${service}/0`, nextEvent: 5, liveSagas: 0, parkedSagas: 0, ...positions[service] },
    },
  });
  const coverage = new Map(['trading/0', 'risk/0', 'clearing/0'].map((shard) => [shard, 5]));
  return {
    trading: at('trading'),
    risk: at('risk'),
    clearing: at('clearing'),
    audit: { ok: true, value: { coverage } },
  };
}

describe('unrestBetween', () => {
  it('finds a system at rest when two readings agree', () => {
    expect(unrestBetween(moment(), moment())).toEqual([]);
  });

  it('names a journal that moved on', () => {
    const earlier = moment({ risk: { nextEvent: 4 } });
    expect(unrestBetween(earlier, moment())).toEqual(['risk/0 moved from event 4 to 5']);
  });

  it('names sagas under way', () => {
    const later = moment({ trading: { liveSagas: 3, parkedSagas: 1 } });
    expect(unrestBetween(moment(), later)).toEqual(['trading/0 has 2 sagas under way']);
  });

  it('does not wait for parked sagas', () => {
    const later = moment({ clearing: { liveSagas: 2, parkedSagas: 2 } });
    expect(unrestBetween(moment(), later)).toEqual([]);
  });

  it('waits for audit to take in every event', () => {
    const both = moment({ clearing: { nextEvent: 7 } });
    expect(unrestBetween(both, both)).toEqual(['audit has 5 of 7 events of clearing/0']);
  });

  it('does not wait for a service that does not answer', () => {
    const later: Moment = {
      ...moment(),
      risk: { ok: false, why: 'UNAVAILABLE' },
      audit: { ok: false, why: 'UNAVAILABLE' },
    };
    expect(unrestBetween(moment(), later)).toEqual([]);
  });
});
