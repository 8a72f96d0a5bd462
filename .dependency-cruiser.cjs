/**
 * The arrows of the tree (docs/ARCHITECTURE.md): kernel ← domain; kernel ← contracts; kernel, contracts ← platform; all of
 * these ← apps; testing only in tests. `tools/architecture.spec.ts` plants a violation of each rule and expects its name.
 */
/** Specs, and the fixture programs they run. */
const SPEC = '(\\.spec\\.ts$|/fixtures/|\\.fixture\\.ts$)';
const KERNEL = '^libs/kernel/';
const DOMAIN = '^libs/domain/([^/]+)/';
const PROJECT = '^((?:apps|libs/domain|libs/platform)/[^/]+|libs/[^/]+)/';

/** Domain packages that may import another one of their layer, and which. */
const DOMAIN_FRIENDS = {
  trading: 'matching|saga',
  risk: 'saga',
  clearing: 'saga',
  'market-data': 'matching',
};

const domainFriends = Object.entries(DOMAIN_FRIENDS).map(([name, friends]) => ({
  name: `domain-${name}-neighbours`,
  comment: `domain/${name} knows no other domain than ${friends}; services meet in contracts alone.`,
  severity: 'error',
  from: { path: `^libs/domain/${name}/` },
  to: { path: '^libs/domain/', pathNot: `^libs/domain/(${name}|${friends})/` },
}));

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'A cycle has no first file to read.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolvable',
      comment: 'An import must lead somewhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'kernel-imports-nothing',
      comment: 'The kernel is the bottom: no I/O, no npm, no other package.',
      severity: 'error',
      from: { path: KERNEL, pathNot: SPEC },
      to: { pathNot: KERNEL },
    },
    {
      name: 'domain-imports-kernel-only',
      comment: 'A domain decides without I/O: it knows the kernel, itself and the friends of its layer.',
      severity: 'error',
      from: { path: '^libs/domain/', pathNot: SPEC },
      to: { pathNot: ['^libs/domain/', KERNEL], dependencyTypesNot: ['core'] },
    },
    {
      name: 'domain-without-node',
      comment: 'No clock, file or socket in a domain; audit alone may hash with node:crypto.',
      severity: 'error',
      from: { path: '^libs/domain/', pathNot: [SPEC, '^libs/domain/audit/'] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'domain-audit-hashes-only',
      comment: 'audit may use node:crypto and nothing else of Node.',
      severity: 'error',
      from: { path: '^libs/domain/audit/', pathNot: SPEC },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    ...domainFriends,
    {
      name: 'domain-neighbours',
      comment: 'The other domains know none of their layer.',
      severity: 'error',
      from: { path: DOMAIN, pathNot: `^libs/domain/(${Object.keys(DOMAIN_FRIENDS).join('|')})/` },
      to: { path: '^libs/domain/', pathNot: '^libs/domain/$1/' },
    },
    {
      name: 'contracts-import-kernel-only',
      comment: 'Contracts know the kernel alone; what services agree upon leans on no service.',
      severity: 'error',
      from: { path: '^libs/contracts/', pathNot: SPEC },
      to: { path: '^(libs|apps)/', pathNot: ['^libs/contracts/', KERNEL] },
    },
    {
      name: 'platform-imports-downwards',
      comment:
        'Platform knows kernel, contracts and platform; the runtimes of sagas and market data know their domain.',
      severity: 'error',
      from: {
        path: '^libs/platform/',
        pathNot: [SPEC, '^libs/platform/(saga|market-data|market-data-reader)/'],
      },
      to: {
        path: '^(libs|apps)/',
        pathNot: ['^libs/platform/', '^libs/contracts/', KERNEL, '^libs/testing/'],
      },
    },
    {
      name: 'platform-saga-imports-downwards',
      comment: 'The saga runtime knows kernel, contracts, platform and domain/saga.',
      severity: 'error',
      from: { path: '^libs/platform/saga/', pathNot: SPEC },
      to: {
        path: '^(libs|apps)/',
        pathNot: ['^libs/platform/', '^libs/contracts/', KERNEL, '^libs/domain/saga/', '^libs/testing/'],
      },
    },
    {
      name: 'platform-market-data-imports-downwards',
      comment:
        'The publisher and the reader of market data know kernel, contracts, platform and domain/market-data.',
      severity: 'error',
      from: { path: '^libs/platform/market-data(-reader)?/', pathNot: SPEC },
      to: {
        path: '^(libs|apps)/',
        pathNot: [
          '^libs/platform/',
          '^libs/contracts/',
          KERNEL,
          '^libs/domain/market-data/',
          '^libs/testing/',
        ],
      },
    },
    {
      name: 'apps-are-not-imported',
      comment: 'What runs is not imported, by a library or by another app.',
      severity: 'error',
      from: { path: PROJECT },
      to: { path: '^apps/', pathNot: '^$1/' },
    },
    {
      name: 'testing-only-in-tests',
      comment: 'libs/testing serves specs, apps/e2e, apps/hostile, apps/chaos and apps/production-trial.',
      severity: 'error',
      from: { pathNot: [SPEC, '^apps/(e2e|hostile|chaos|production-trial)/', '^libs/testing/'] },
      to: { path: '^libs/testing/' },
    },
    {
      name: 'no-deep-imports',
      comment: 'Another package is entered by its src/index.ts only.',
      severity: 'error',
      from: { path: PROJECT },
      to: { path: '^(libs|apps)/', pathNot: ['^$1/', '/src/index\\.ts$'] },
    },
    {
      name: 'no-relative-imports-between-packages',
      comment: 'Another package is named, not reached by a path, so that its package.json stays true.',
      severity: 'error',
      from: { path: PROJECT },
      to: {
        path: '^(libs|apps)/',
        pathNot: '^$1/',
        dependencyTypes: ['local'],
        dependencyTypesNot: ['aliased-workspace'],
      },
    },
    {
      name: 'no-unlisted-dependencies',
      comment: "Every package used stands in the project's own package.json.",
      severity: 'error',
      from: { path: '^(libs|apps)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], pathNot: '/node_modules/@types/' },
    },
    {
      name: 'no-dev-dependencies-in-code',
      comment: 'What runs must not lean on what only tests install.',
      severity: 'error',
      from: { path: '^(libs|apps)/', pathNot: [SPEC, '^apps/(e2e|hostile|chaos)/', '^libs/testing/'] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|\\.nx|\\.clearway)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['clearway-source', 'require', 'node', 'types', 'default'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
