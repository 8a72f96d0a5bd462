import { PHASE_TRANSITIONS } from './phase';
import { ENGINE_WORLDS, EngineTwin } from './testing/engine-twin';

const CALLS = 8_000;

describe('an engine of all parts and its naive twin', () => {
  const happened = new Set<string>();

  it.each(ENGINE_WORLDS)('agree on every answer and on the state after every 100 calls: $name', (world) => {
    const twins = new EngineTwin(world);
    twins.run(CALLS);
    for (const what of twins.happened.keys()) happened.add(what);
  });

  it('have seen every order type, time in force, phase and outcome', () => {
    const orders = ['LIMIT', 'MARKET'].flatMap((type) =>
      ['GTC', 'DAY', 'GTD', 'IOC', 'FOK', 'AT_AUCTION'].map((time) => `${type} ${time}`),
    );
    const stops = ['STOP_LOSS', 'STOP_LIMIT', 'TRAILING_STOP'].flatMap((type) =>
      ['GTC', 'DAY', 'GTD', 'IOC'].map((time) => `${type} ${time}`),
    );
    const phases = Object.entries(PHASE_TRANSITIONS).flatMap(([from, all]) =>
      all.map((to) => `${from} to ${to}`),
    );
    const calls = ['cancel', 'replace', 'mass cancel', 'expire', 'refused'];
    const outcomes = [
      'takes from',
      'buys of',
      'is released',
      'expires',
      'loses to prevention',
      'indicates',
      'indicates nothing',
    ];
    const expected = [...orders, ...stops, ...phases, ...calls, ...outcomes];
    expect([...happened].sort()).toEqual(expected.sort());
  });
});
