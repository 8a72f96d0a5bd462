import { join } from 'node:path';
import { risk } from '@clearway/contracts';
import { checkRiskInvariants, riskMachine } from '@clearway/domain-risk';
import { type RpcService, rpcService } from '@clearway/platform-rpc';
import { feedService, invariantService, type ServiceSettings } from '@clearway/platform-service';
import { riskEventCodec } from './codec/risk-event.codec';
import { readModelMigrations } from './migrations/read-models';
import { projectReadModels, RISK_EVENT_TYPES } from './projections/read-models.projection';
import type { RiskCore, RiskDefinition } from './risk-core';
import * as allow from './rpc/allow';
import { executeSteps } from './rpc/execute-steps.rpc';
import { getAccountRisk } from './rpc/get-account-risk.rpc';
import { getLimits } from './rpc/get-limits.rpc';
import { listFunds } from './rpc/list-funds.rpc';
import { riskRoutes } from './rpc/routes';
import { setBlacklist } from './rpc/set-blacklist.rpc';
import { setLimits } from './rpc/set-limits.rpc';

/** Puts risk together. Nothing runs yet: `runService` starts it, in the order in which it is listed here. */
export function wireRisk(settings: ServiceSettings): RiskDefinition {
  return {
    // 1 who it is, and how it was set up
    name: 'risk',
    settings,
    // 2 the pure machine, and how its events stand in the journal
    machine: riskMachine,
    codec: riskEventCodec,
    // 3 read models: their tables, and what follows the journal into them
    migrations: readModelMigrations,
    readModels: [{ name: 'risk', types: RISK_EVENT_TYPES, apply: projectReadModels }],
    // 4 calls in, behind mutual TLS and the allow-tables
    rpcServices,
    // 5 which shard a call is for
    routes: riskRoutes,
    // 6 snapshots, stored by a worker thread
    snapshotWorkerFile: join(__dirname, 'snapshot.worker.js'),
  };
}

function rpcServices(core: RiskCore): RpcService[] {
  return [
    rpcService({
      definition: risk.RiskServiceService,
      allow: allow.RISK_SERVICE,
      handlers: { getAccountRisk: getAccountRisk(core), getLimits: getLimits(core) },
    }),
    rpcService({
      definition: risk.RiskAdminServiceService,
      allow: allow.RISK_ADMIN_SERVICE,
      handlers: { setLimits: setLimits(core), setBlacklist: setBlacklist(core), listFunds: listFunds(core) },
    }),
    rpcService({
      definition: risk.RiskStepServiceService,
      allow: allow.RISK_STEP_SERVICE,
      handlers: { executeSteps: executeSteps(core) },
    }),
    invariantService(core, checkRiskInvariants, allow.INVARIANT_SERVICE),
    feedService(core, allow.FEED_SERVICE),
  ];
}
