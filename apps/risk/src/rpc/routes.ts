import { risk } from '@clearway/contracts';
import { feedRoutes, invariantRoutes, mergedPosition } from '@clearway/platform-service';
import { routesOf, type ServiceRoutes } from '@clearway/platform-sharding';

/**
 * Which shard each call is for: accounts are spread by their id. What holds for every account (a default limit, a blacklisted
 * participant) is told to every shard; while one of them cannot be reached such a call fails and is made again.
 */
export const riskRoutes: readonly ServiceRoutes[] = [
  routesOf(risk.RiskServiceService, {
    getAccountRisk: { target: ({ account }) => ({ key: account }) },
    getLimits: { target: ({ account }) => ({ key: account }) },
  }),
  routesOf(risk.RiskAdminServiceService, {
    setLimits: { target: ({ account }) => (account === '' ? 'every' : { key: account }) },
    setBlacklist: { target: () => 'every' },
    listFunds: {
      target: () => 'every',
      merge: (answers) => ({
        position: mergedPosition(answers.map(({ position }) => position)),
        funds: answers.flatMap(({ funds }) => funds),
      }),
    },
  }),
  routesOf(risk.RiskStepServiceService, { executeSteps: { target: () => 'named' } }),
  invariantRoutes,
  feedRoutes('risk'),
];
