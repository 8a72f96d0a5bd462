import * as containers from './container-rules';
import * as identities from './identity-rules';
import { network } from './network-rules';
import type { Rule } from './rule';
import { addresses, budgets, services, spread, updates } from './service-rules';
import { redis, shards } from './sharding-rules';

/** Every rule by its name. */
export const RULES: Readonly<Record<string, Rule>> = {
  ...containers,
  addresses,
  budgets,
  services,
  spread,
  updates,
  ...identities,
  network,
  redis,
  shards,
};
