import { groupOfServerHello, TLS_GROUPS } from '@clearway/platform-rpc';
import { type Cluster, LINKS, until } from '@clearway/testing';
import { order, place, SIDE_SELL, startMarket } from './market';

jest.setTimeout(60_000);

describe('key exchange between the services as real processes', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await startMarket({ participants: ['alice', 'bob'], proxied: LINKS });
    await place(cluster.as('alice'), order('alice'));
    await place(cluster.as('bob'), order('bob', { side: SIDE_SELL }));
  });

  afterAll(async () => cluster?.close());

  it.each(LINKS)('is X25519MLKEM768 on each connection of %s, as its ServerHello says', async (name) => {
    const { greetings } = cluster.link(name);
    await until(`a connection of ${name}`, () => greetings.length > 0);
    const groups = new Set(greetings.map(groupOfServerHello));
    expect([...groups]).toEqual([TLS_GROUPS.X25519MLKEM768]);
  });
});
