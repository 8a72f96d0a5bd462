import { type EdgeName, LINKS, SERVICES } from '@clearway/testing';

/** Every way that has a proxy: between services, to Postgres, and from clients to trading. */
export const EDGES: readonly EdgeName[] = [
  ...LINKS,
  ...SERVICES.map((service): EdgeName => `${service}>postgres`),
  'client>trading',
];
