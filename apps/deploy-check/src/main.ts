import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { runCommand, UsageError } from '@clearway/platform-command';
import { OVERLAYS } from './checkout';
import { findKustomize, render } from './kustomize';
import { goldenFile, readGolden } from './manifest';
import { RULES } from './rules';

const USAGE = `Usage: npm run deploy:render    writes deploy/kubernetes/golden from the overlays; needs kubectl or kustomize
       npm run deploy:check     judges deploy/kubernetes/golden by every rule
`;

function renderAll(): number {
  const kustomize = findKustomize(process.env.PATH ?? '');
  if (kustomize === undefined) {
    throw new Error('deploy:render needs kubectl or kustomize on PATH');
  }
  for (const overlay of OVERLAYS) {
    const file = goldenFile(overlay);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, render(kustomize, overlay));
    process.stdout.write(`${file} by ${kustomize.version}\n`);
  }
  return 0;
}

function check(): number {
  const problems = OVERLAYS.flatMap((overlay) =>
    Object.entries(RULES).flatMap(([name, rule]) =>
      rule(readGolden(overlay), overlay).map((problem) => `${overlay}: ${name}: ${problem}`),
    ),
  );
  for (const problem of problems) process.stdout.write(`${problem}\n`);
  process.stdout.write(
    `${Object.keys(RULES).length} rules, ${OVERLAYS.length} overlays, ${problems.length} problems\n`,
  );
  return problems.length === 0 ? 0 : 1;
}

runCommand({
  name: 'deploy',
  usage: USAGE,
  run: ({ args: [command] }) => {
    if (command === 'render') return renderAll();
    if (command === 'check') return check();
    throw new UsageError('render or check?');
  },
});
